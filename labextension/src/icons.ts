import { LabIcon } from '@jupyterlab/ui-components';

/** Three tasks and their dependencies, sewn together. */
export const coutureIcon = new LabIcon({
  name: 'couture:dag',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="none" stroke="#616161" stroke-width="1.8">
    <path d="M8.6 6.5h2.6c2.6 0 1.6 5.5 4.2 5.5M8.6 17.5h2.6c2.6 0 1.6-5.5 4.2-5.5" fill="none"/>
  </g>
  <g class="jp-icon3" fill="#616161">
    <rect x="2" y="3.5" width="7" height="6" rx="1.6"/>
    <rect x="2" y="14.5" width="7" height="6" rx="1.6"/>
    <rect x="15" y="9" width="7" height="6" rx="1.6"/>
  </g>
</svg>`
});
