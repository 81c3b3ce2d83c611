import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { corePlugin } from './plugins/core';
import { dagCommandsPlugin } from './plugins/dagCommands';
import { sidebarPlugin } from './plugins/sidebar';

const plugins: readonly JupyterFrontEndPlugin<unknown>[] = [
  corePlugin,
  dagCommandsPlugin,
  sidebarPlugin
];

export default plugins;
