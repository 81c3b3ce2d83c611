import type { Asset, AssetEvent, AssetEventPage, AssetPage, AssetTask } from '../wireBrowse';
import { exactly, number, place, text, time, type Cell } from './cells';
import { definePage, textFilter, type Row } from './page';

/** Tasks that update an asset, or DAGs that wait for it. */
function users(tasks: readonly AssetTask[]): Cell {
  return {
    type: 'places',
    links: tasks.map(({ dag_id: dagId, task_id: taskId }) => ({
      text: taskId === null ? dagId : `${dagId}.${taskId}`,
      place: taskId === null ? { dagId } : { dagId, taskId }
    }))
  };
}

function assetRow(asset: Asset): Row {
  return {
    key: asset.uri,
    subject: null,
    cells: {
      uri: { type: 'page', text: asset.uri, page: 'asset-events', filters: { uri: asset.uri } },
      name: text(asset.name),
      group: text(asset.group),
      producers: users(asset.producers),
      consumers: users(asset.consumers),
      events: number(asset.event_count),
      last: time(asset.last_event_at),
      extra: { type: 'json', value: asset.extra }
    }
  };
}

export const assetsPage = definePage<AssetPage>({
  id: 'assets',
  empty: trans =>
    trans.__(
      'No DAG names an asset yet: none lists one among its inlets, outlets or in its schedule.'
    ),
  route: 'assets',
  order: 'uri',
  columns: [
    { id: 'uri', label: trans => trans.__('URI'), sort: 'uri' },
    { id: 'name', label: trans => trans.__('Name'), sort: 'name' },
    { id: 'group', label: trans => trans.__('Group'), sort: 'group' },
    { id: 'producers', label: trans => trans.__('Producers') },
    { id: 'consumers', label: trans => trans.__('Consumers') },
    { id: 'events', label: trans => trans.__('Updates') },
    { id: 'last', label: trans => trans.__('Last Update') },
    { id: 'extra', label: trans => trans.__('Extra'), isExtra: true }
  ],
  filters: [
    textFilter('search', trans => trans.__('URI contains')),
    textFilter('dag_id', trans => trans.__('Dag Id'))
  ],
  rows: reply => reply.assets.map(assetRow)
});

function eventRow(event: AssetEvent): Row {
  const { source_dag_id: dagId, source_run_id: runId, source_task_id: taskId } = event;
  const run = dagId && runId ? { dagId, tab: 'graph' as const, runId } : null;
  return {
    key: String(event.number),
    subject: null,
    cells: {
      number: number(event.number),
      uri: text(event.uri),
      at: exactly(event.at),
      dag_id: place(dagId, dagId ? { dagId } : null),
      task_id: place(taskId, run && taskId ? { ...run, taskId } : null),
      run_id: place(runId, run),
      extra: { type: 'json', value: event.extra }
    }
  };
}

export const assetEventsPage = definePage<AssetEventPage>({
  id: 'asset-events',
  empty: trans => trans.__('No asset was updated yet.'),
  route: 'assets/events',
  order: '-number',
  columns: [
    { id: 'number', label: trans => trans.__('Id'), sort: 'number' },
    { id: 'uri', label: trans => trans.__('URI') },
    { id: 'at', label: trans => trans.__('Timestamp') },
    { id: 'dag_id', label: trans => trans.__('Dag Id') },
    { id: 'task_id', label: trans => trans.__('Task Id') },
    { id: 'run_id', label: trans => trans.__('Run Id') },
    { id: 'extra', label: trans => trans.__('Extra') }
  ],
  filters: [
    textFilter('uri', trans => trans.__('URI')),
    textFilter('dag_id', trans => trans.__('Dag Id'))
  ],
  rows: reply => reply.events.map(eventRow)
});
