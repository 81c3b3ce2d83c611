/**
 * Notes in the audit log which of our pages a person opens: one entry for a page that is looked at for a moment.
 *
 * Coming back to a page is opening it again; flicking through tabs is not.
 */
import {
  ILabShell,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import type { Widget } from '@lumino/widgets';
import { path } from '../api/rest';
import { PAGE_EVENT } from '../model/browse/pageIds';
import type { DagTab } from '../model/dagTabs';
import { BrowsePanel } from '../panels/BrowsePanel';
import { DagDocument } from '../panels/DagDocument';
import { DagListPanel } from '../panels/DagListPanel';
import { ICouture } from '../tokens';
import { OVERVIEW_ID } from './overview';

const LOOKED_MS = 1000;

const TAB_EVENT: Readonly<Record<DagTab, string>> = {
  graph: 'graph',
  tree: 'tree',
  duration: 'duration',
  tries: 'tries',
  landing: 'landing_times',
  gantt: 'gantt',
  details: 'dag_details',
  code: 'code',
  runs: 'dag_runs',
  audit: 'audit_log',
  why: 'why'
};

interface View {
  readonly route: string;
  readonly body: { readonly page: string; readonly run_id?: string };
}

function viewOf(content: Widget | null): View | null {
  if (content instanceof DagDocument) {
    const { tab, choice } = content.view.getState();
    const run = choice.kind === 'run' ? { run_id: choice.runId } : {};
    return { route: path('dags', content.dagId, 'views'), body: { page: TAB_EVENT[tab], ...run } };
  }
  if (content instanceof BrowsePanel) {
    return { route: 'views', body: { page: PAGE_EVENT[content.page] } };
  }
  if (content?.parent?.id === OVERVIEW_ID) {
    return { route: 'views', body: { page: 'overview' } };
  }
  return content instanceof DagListPanel ? { route: 'views', body: { page: 'dags' } } : null;
}

export const viewsPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyter-couture/labextension:views',
  description: 'Notes in the audit log which pages are opened.',
  autoStart: true,
  requires: [ICouture],
  optional: [ILabShell],
  activate: (_app: JupyterFrontEnd, couture: ICouture, labShell: ILabShell | null): void => {
    const { session } = couture;
    let content: Widget | null = null;
    let noted = '';
    let timer = 0;
    let stop = (): void => undefined;

    const note = (): void => {
      const view = viewOf(content);
      const key = JSON.stringify(view);
      if (key === noted) {
        return;
      }
      noted = key;
      if (view) {
        // Who cannot be noted may still read: the page itself says if the server is away.
        session.api.send('POST', view.route, view.body).catch(() => undefined);
      }
    };
    const look = (): void => {
      window.clearTimeout(timer);
      timer = window.setTimeout(note, LOOKED_MS);
    };
    labShell?.currentChanged.connect((_, { newValue }) => {
      stop();
      content = newValue instanceof MainAreaWidget ? newValue.content : null;
      stop = content instanceof DagDocument ? content.view.subscribe(look) : () => undefined;
      look();
    });
  }
};
