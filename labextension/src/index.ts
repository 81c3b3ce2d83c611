import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { browsePlugin } from './plugins/browse';
import { corePlugin } from './plugins/core';
import { dagCommandsPlugin } from './plugins/dagCommands';
import { dagViewerPlugin } from './plugins/dagViewer';
import { graphCommandsPlugin } from './plugins/graphCommands';
import { fileBrowserPlugin } from './plugins/fileBrowser';
import { launcherPlugin } from './plugins/launcher';
import { notifierPlugin } from './plugins/notifier';
import { outputsPlugin } from './plugins/outputs';
import { overviewPlugin } from './plugins/overview';
import { palettePlugin } from './plugins/palette';
import { runCommandsPlugin } from './plugins/runCommands';
import { runningPlugin } from './plugins/running';
import { sidebarPlugin } from './plugins/sidebar';
import { statusPlugin } from './plugins/status';
import { taskCommandsPlugin } from './plugins/taskCommands';
import { viewsPlugin } from './plugins/views';

const plugins: readonly JupyterFrontEndPlugin<unknown>[] = [
  corePlugin,
  dagCommandsPlugin,
  runCommandsPlugin,
  sidebarPlugin,
  dagViewerPlugin,
  graphCommandsPlugin,
  browsePlugin,
  fileBrowserPlugin,
  launcherPlugin,
  notifierPlugin,
  outputsPlugin,
  overviewPlugin,
  palettePlugin,
  runningPlugin,
  statusPlugin,
  taskCommandsPlugin,
  viewsPlugin
];

export { ICouture } from './tokens';
export default plugins;
