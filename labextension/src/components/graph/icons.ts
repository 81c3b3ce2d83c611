/** Icons of the graph that the lab does not have. */
import { LabIcon } from '@jupyterlab/ui-components';

function icon(name: string, shape: string): LabIcon {
  return new LabIcon({
    name: `couture:${name}`,
    svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><path class="jp-icon3" fill="#616161" d="${shape}"/></svg>`
  });
}

/** A box that opens into a larger one. */
export const zoomIntoIcon = icon(
  'zoom-into',
  'M4 4h16v16H4zM6 6v12h12V6zM8 8h4.500v2h-1.100l4.600 4.600V13.500h2V18h-4.500v-2h1.100L10 11.400V12.500H8z'
);

/** The longest way through a run. */
export const criticalPathIcon = icon(
  'critical-path',
  'M3 14.500a2.500 2.500 0 1 1 4.800 1h2.700l2.400-6.800a2.500 2.500 0 1 1 1.900.6L12.300 16.200v1.300H7.300A2.500 2.500 0 0 1 3 14.500zM17 15a2.500 2.500 0 1 1 0 5 2.500 2.500 0 0 1 0-5z'
);

export const foldAllIcon = icon(
  'fold-all',
  'M11 3h2v4h3l-4 4-4-4h3zM4 11.500h16v1H4zM12 13l4 4h-3v4h-2v-4H8z'
);

export const unfoldAllIcon = icon(
  'unfold-all',
  'M12 2l4 4h-3v4.500h-2V6H8zM4 11.500h16v1H4zM11 13.500h2V18h3l-4 4-4-4h3z'
);
