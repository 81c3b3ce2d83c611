/** The picture of each view of a DAG, in menus and in the links of a row. */
import { LabIcon, codeIcon, historyIcon, listIcon, treeViewIcon } from '@jupyterlab/ui-components';
import { coutureIcon } from '../icons';
import type { DagTab } from '../model/dagTabs';
import { infoIcon } from './icons';

function drawn(name: string, path: string): LabIcon {
  return new LabIcon({
    name: `couture:${name}`,
    svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="#616161" d="${path}"/></svg>`
  });
}

const durationIcon = drawn(
  'duration',
  'M4 13h3.500v7H4zM10.250 4h3.500v16h-3.500zM16.500 9H20v11h-3.500z'
);

const triesIcon = drawn('tries', 'M7 7h10v3l4-4-4-4v3H5v6h2zM17 17H7v-3l-4 4 4 4v-3h12v-6h-2z');

const landingIcon = drawn('landing', 'M5 3h2v1h11l-2.500 4L18 12H7v9H5zM10 17h9v2h-9z');

const ganttIcon = drawn('gantt', 'M3 4h8v4H3zM8 10h9v4H8zM14 16h7v4h-7z');

const whyIcon = drawn(
  'why',
  'M11 16h2v2h-2zM12 5a4 4 0 0 0-4 4h2a2 2 0 1 1 3.200 1.600C12 11.500 11 12.300 11 14h2c0-1 .600-1.400 1.400-2A4 4 0 0 0 12 5z'
);

const TAB_ICONS: Readonly<Record<DagTab, LabIcon>> = {
  graph: coutureIcon,
  tree: treeViewIcon,
  duration: durationIcon,
  tries: triesIcon,
  landing: landingIcon,
  gantt: ganttIcon,
  details: infoIcon,
  code: codeIcon,
  runs: historyIcon,
  audit: listIcon,
  why: whyIcon
};

export function tabIcon(tab: DagTab): LabIcon {
  return TAB_ICONS[tab];
}
