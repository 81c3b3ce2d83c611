/** Icons the lab does not have. */
import { LabIcon } from '@jupyterlab/ui-components';

export const minusIcon = new LabIcon({
  name: 'couture:minus',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="#616161" d="M5 11h14v2H5z"/></svg>`
});

export const directionIcon = new LabIcon({
  name: 'couture:direction',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="#616161" d="M3 5h6v5H3zM15 5h6v5h-6zM9.5 6.7h3.2V5.2l2 2.3-2 2.3V8.300h-3.200zM3 15h6v5H3zM5.200 10.500h1.600v2.200h1.500L6 14.800l-2.300-2.100h1.500z"/></svg>`
});

export const wrapIcon = new LabIcon({
  name: 'couture:wrap',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="#616161" d="M4 5h16v2H4zM4 17h6v2H4zM4 11h13.200c1.500 0 2.800 1.200 2.800 3s-1.300 3-2.800 3H15v1.800L11.800 16 15 13.200V15h2.200c.6 0 .9-.4.9-1s-.3-1-.9-1H4z"/></svg>`
});

export const tailIcon = new LabIcon({
  name: 'couture:tail',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="#616161" d="M11 4h2v9.200l3.600-3.600L18 11l-6 6-6-6 1.400-1.400 3.600 3.600zM5 18.500h14v2H5z"/></svg>`
});

export const fitIcon = new LabIcon({
  name: 'couture:fit',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="#616161" d="M4 4h6v2H6v4H4zM14 4h6v6h-2V6h-4zM4 14h2v4h4v2H4zM18 14h2v6h-6v-2h4z"/></svg>`
});

export const switchOnIcon = new LabIcon({
  name: 'couture:switch-on',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="#616161" d="M7 6h10a6 6 0 0 1 0 12H7A6 6 0 0 1 7 6zm10 2.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7z"/></svg>`
});

export const switchOffIcon = new LabIcon({
  name: 'couture:switch-off',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="#616161" d="M7 6h10a6 6 0 0 1 0 12H7A6 6 0 0 1 7 6zm0 2a4 4 0 0 0 0 8h10a4 4 0 0 0 0-8zm0 1.500a2.500 2.500 0 1 1 0 5 2.500 2.500 0 0 1 0-5z"/></svg>`
});

/** The lab's own information icon is a question mark. */
export const infoIcon = new LabIcon({
  name: 'couture:info',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="#616161" d="M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 1.800a8.200 8.200 0 1 1 0 16.400 8.200 8.200 0 0 1 0-16.400zM11 7h2v2h-2zM11 10.500h2V17h-2z"/></svg>`
});

export const expandIcon = new LabIcon({
  name: 'couture:expand',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="#616161" d="M11 4h2v16h-2zM4 11h16v2H4z"/></svg>`
});

export const collapseIcon = new LabIcon({
  name: 'couture:collapse',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="#616161" d="M4 6h16v2H4zM4 11h10v2H4zM4 16h6v2H4z"/></svg>`
});
