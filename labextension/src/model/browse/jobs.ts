import type { Translate } from '../labels';
import type { Job, JobKind, JobPage, JobState } from '../wireBrowse';
import { code, number, place, text, time, type Condition } from './cells';
import { definePage, textFilter, type Row } from './page';

const KINDS: readonly JobKind[] = ['scheduler', 'executor', 'worker', 'task'];
const STATES: readonly JobState[] = ['starting', 'running', 'silent'];

function kindLabel(kind: JobKind, trans: Translate): string {
  const labels: Readonly<Record<JobKind, string>> = {
    scheduler: trans.__('scheduler'),
    executor: trans.__('executor'),
    worker: trans.__('worker'),
    task: trans.__('task')
  };
  return labels[kind];
}

function stateLabel(state: JobState, trans: Translate): string {
  const labels: Readonly<Record<JobState, string>> = {
    starting: trans.__('starting'),
    running: trans.__('running'),
    silent: trans.__('no sign of life')
  };
  return labels[state];
}

/** The colour of the task state that says the same. */
const COLOUR = { starting: 'queued', running: 'running', silent: 'failed' } as const;

function why(state: JobState, trans: Translate): string | null {
  switch (state) {
    case 'starting':
      return trans.__('No worker has taken it yet.');
    case 'silent':
      return trans.__('There was no sign of life for longer than there should be.');
    case 'running':
      return null;
  }
}

function conditionOf(state: JobState): Condition {
  return {
    type: 'condition',
    id: state,
    like: COLOUR[state],
    label: trans => stateLabel(state, trans),
    why: trans => why(state, trans)
  };
}

function rowOf(job: Job): Row {
  const { dag_id: dagId, run_id: runId, task_id: taskId, map_index: mapIndex } = job;
  const run = dagId && runId ? { dagId, tab: 'graph' as const, runId } : null;
  const index = mapIndex !== null && mapIndex >= 0 ? { mapIndex } : {};
  return {
    key: JSON.stringify([job.kind, job.name]),
    subject: null,
    cells: {
      kind: text(job.kind),
      state: conditionOf(job.state),
      host: text(job.host),
      pid: number(job.pid),
      heartbeat: time(job.heartbeat_at),
      started: time(job.started_at),
      slots: text(job.slots === null ? '' : `${job.running ?? 0} / ${job.slots}`),
      running: number(job.running),
      dag_id: place(dagId, dagId ? { dagId } : null),
      task_id: place(taskId, run && taskId ? { ...run, taskId, ...index } : null),
      run_id: place(runId, run),
      try: number(job.try_number),
      name: code(job.name)
    }
  };
}

export const jobsPage = definePage<JobPage>({
  id: 'jobs',
  empty: trans => trans.__('No scheduler leads and no task runs.'),
  route: 'jobs',
  order: '',
  columns: [
    { id: 'kind', label: trans => trans.__('Job Type') },
    { id: 'state', label: trans => trans.__('State') },
    { id: 'host', label: trans => trans.__('Hostname') },
    { id: 'pid', label: trans => trans.__('Pid') },
    { id: 'heartbeat', label: trans => trans.__('Latest Heartbeat') },
    { id: 'started', label: trans => trans.__('Start Date') },
    { id: 'slots', label: trans => trans.__('Slots') },
    { id: 'running', label: trans => trans.__('Running Tasks') },
    { id: 'dag_id', label: trans => trans.__('Dag Id') },
    { id: 'task_id', label: trans => trans.__('Task Id') },
    { id: 'try', label: trans => trans.__('Try') },
    { id: 'run_id', label: trans => trans.__('Run Id'), isExtra: true },
    { id: 'name', label: trans => trans.__('Name'), isExtra: true }
  ],
  filters: [
    {
      kind: 'choice',
      name: 'kind',
      label: trans => trans.__('Job Type'),
      isMany: false,
      choices: KINDS.map(value => ({ value, label: trans => kindLabel(value, trans) }))
    },
    {
      kind: 'choice',
      name: 'state',
      label: trans => trans.__('State'),
      isMany: false,
      choices: STATES.map(value => ({ value, label: trans => stateLabel(value, trans) }))
    },
    textFilter('host', trans => trans.__('Hostname contains')),
    textFilter('dag_id', trans => trans.__('Dag Id'))
  ],
  rows: reply => reply.jobs.map(rowOf)
});
