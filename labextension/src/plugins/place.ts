/** Where our pages go: into the main area of the lab; pages of Notebook 7 show one document, so from there to the lab. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PageConfig } from '@jupyterlab/coreutils';
import type { Widget } from '@lumino/widgets';

const NOTEBOOK_7 = 'Jupyter Notebook';

/** Shows a page in front of the others. */
export function showInMain(app: JupyterFrontEnd, widget: Widget): void {
  if (app.name === NOTEBOOK_7) {
    widget.dispose();
    window.open(`${PageConfig.getBaseUrl()}lab`, '_blank', 'noopener');
    return;
  }
  if (!widget.isAttached) {
    app.shell.add(widget, 'main');
  }
  app.shell.activateById(widget.id);
}
