/** Links to a DAG: `dag/etl?tab=tree&run=manual__1&task=load`, as they stand behind `?couture=` in the lab's address. */
import { isDagTab, type DagTab } from './dagTabs';

const PREFIX = 'dag/';

/** What a link says beside the DAG. */
export interface DagPlace {
  readonly tab?: DagTab;
  readonly runId?: string;
  readonly taskId?: string;
  readonly mapIndex?: number;
}

export function linkToDag(dagId: string, place: DagPlace): string {
  const values = new URLSearchParams();
  const add = (name: string, value: string | number | undefined): void => {
    if (value !== undefined) {
      values.set(name, String(value));
    }
  };
  add('tab', place.tab);
  add('run', place.runId);
  add('task', place.taskId);
  add('map_index', place.mapIndex);
  const text = values.toString();
  return `${PREFIX}${encodeURIComponent(dagId)}${text === '' ? '' : `?${text}`}`;
}

/** The DAG and the place in it that a link names; null if it is no link to a DAG. */
export function readDagLink(link: string): (DagPlace & { readonly dagId: string }) | null {
  const [place = '', ...rest] = link.split('?');
  const dagId = place.startsWith(PREFIX) ? decoded(place.slice(PREFIX.length)) : '';
  if (dagId === '') {
    return null;
  }
  const values = new URLSearchParams(rest.join('?'));
  const [tab, runId, taskId] = ['tab', 'run', 'task'].map(name => values.get(name) ?? undefined);
  const index = Number(values.get('map_index') ?? Number.NaN);
  return {
    dagId,
    ...(isDagTab(tab) ? { tab } : {}),
    ...(runId ? { runId } : {}),
    ...(taskId ? { taskId } : {}),
    ...(taskId && Number.isInteger(index) && index >= 0 ? { mapIndex: index } : {})
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
