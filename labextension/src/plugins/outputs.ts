/** The drive of what tasks leave behind, so that an executed notebook opens like any other document. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Drive } from '@jupyterlab/services';

/** The name the server puts before the path of an output, as in `CoutureOutputs:etl/run/report.ipynb`. */
const DRIVE_NAME = 'CoutureOutputs';
const ENDPOINT = 'couture/outputs/api/contents';

export const outputsPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyter-couture/labextension:outputs',
  description: 'Lets the lab open executed notebooks and other outputs of tasks.',
  autoStart: true,
  activate: (app: JupyterFrontEnd): void => {
    const { contents, serverSettings } = app.serviceManager;
    contents.addDrive(new Drive({ name: DRIVE_NAME, apiEndpoint: ENDPOINT, serverSettings }));
  }
};
