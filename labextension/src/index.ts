import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { corePlugin } from './plugins/core';
import { dagCommandsPlugin } from './plugins/dagCommands';
import { dagViewerPlugin } from './plugins/dagViewer';
import { graphCommandsPlugin } from './plugins/graphCommands';
import { launcherPlugin } from './plugins/launcher';
import { outputsPlugin } from './plugins/outputs';
import { overviewPlugin } from './plugins/overview';
import { palettePlugin } from './plugins/palette';
import { runCommandsPlugin } from './plugins/runCommands';
import { sidebarPlugin } from './plugins/sidebar';
import { statusPlugin } from './plugins/status';
import { taskCommandsPlugin } from './plugins/taskCommands';

const plugins: readonly JupyterFrontEndPlugin<unknown>[] = [
  corePlugin,
  dagCommandsPlugin,
  runCommandsPlugin,
  sidebarPlugin,
  dagViewerPlugin,
  graphCommandsPlugin,
  launcherPlugin,
  outputsPlugin,
  overviewPlugin,
  palettePlugin,
  statusPlugin,
  taskCommandsPlugin
];

export { ICouture } from './tokens';
export default plugins;
