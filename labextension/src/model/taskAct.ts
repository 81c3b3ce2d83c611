/** What one can do to a task instance: the choices of each action and what is asked of the server for them. */
import type { Translate } from './labels';
import type { JsonObject, TaskInstance } from './wire';

/** A task instance by name; `mapIndex` -1: not mapped. */
export interface TaskRef {
  readonly dagId: string;
  readonly runId: string;
  readonly taskId: string;
  readonly mapIndex: number;
}

export function refOf(task: TaskInstance): TaskRef {
  return {
    dagId: task.dag_id,
    runId: task.run_id,
    taskId: task.task_id,
    mapIndex: task.map_index
  };
}

export const ACT_KINDS = ['run', 'clear', 'success', 'failed'] as const;
export type ActKind = (typeof ACT_KINDS)[number];

/** Airflow's toggles, named as the server names them; `all_instances` is of mapped tasks. */
export type ActFlag =
  | 'past'
  | 'future'
  | 'upstream'
  | 'downstream'
  | 'recursive'
  | 'only_failed'
  | 'latest_version'
  | 'all_instances'
  | 'ignore_all_dependencies'
  | 'ignore_task_state'
  | 'ignore_task_dependencies';

export interface TaskAct {
  readonly kind: ActKind;
  readonly flags: ReadonlySet<ActFlag>;
}

const REACH: readonly ActFlag[] = ['past', 'future', 'upstream', 'downstream'];

const FLAGS: Readonly<Record<ActKind, readonly ActFlag[]>> = {
  run: ['ignore_all_dependencies', 'ignore_task_state', 'ignore_task_dependencies'],
  clear: [...REACH, 'recursive', 'only_failed', 'latest_version'],
  success: REACH,
  failed: REACH
};

/** The toggles that an action on this instance has. */
export function flagsOf(kind: ActKind, ref: TaskRef): readonly ActFlag[] {
  return ref.mapIndex >= 0 && kind !== 'run' ? ['all_instances', ...FLAGS[kind]] : FLAGS[kind];
}

/** How an action begins: what comes after a task is cleared with it, as it was made from its result. */
export function newAct(kind: ActKind): TaskAct {
  return { kind, flags: new Set<ActFlag>(kind === 'clear' ? ['downstream'] : []) };
}

export function withFlag(act: TaskAct, flag: ActFlag, isOn: boolean): TaskAct {
  const flags = new Set(act.flags);
  if (isOn) {
    flags.add(flag);
  } else {
    flags.delete(flag);
  }
  return { ...act, flags };
}

/** The end of the route of an action; one that can be looked at first answers GET there, too. */
export function actRoute(kind: ActKind): 'run' | 'clear' | 'mark' {
  return kind === 'success' || kind === 'failed' ? 'mark' : kind;
}

/** Whether the server says beforehand what would be touched. Running touches the instance alone. */
export function hasPreview(kind: ActKind): boolean {
  return kind !== 'run';
}

function wish(act: TaskAct, ref: TaskRef): Record<string, boolean | number | string> {
  const isOne = ref.mapIndex >= 0 && !act.flags.has('all_instances');
  const flags = [...act.flags].filter(flag => flag !== 'all_instances');
  return {
    ...(isOne ? { map_index: ref.mapIndex } : {}),
    ...(act.kind === 'success' || act.kind === 'failed' ? { state: act.kind } : {}),
    ...Object.fromEntries(flags.map(flag => [flag, true]))
  };
}

/** The query of the look beforehand. The version a run goes on with does not change what is touched. */
export function previewQuery(
  act: TaskAct,
  ref: TaskRef
): Record<string, boolean | number | string> {
  const { latest_version: _version, ...query } = wish(act, ref);
  return query;
}

/** The body of the order; `token` holds it to what the look beforehand showed. */
export function actBody(act: TaskAct, ref: TaskRef, token: string | null): JsonObject {
  return { ...wish(act, ref), ...(token === null ? {} : { expect: token }) };
}

/** What the action is called, in Airflow's words. */
export function actLabel(kind: ActKind, trans: Translate): string {
  const labels: Readonly<Record<ActKind, string>> = {
    run: trans.__('Run'),
    clear: trans.__('Clear'),
    success: trans.__('Mark Success'),
    failed: trans.__('Mark Failed')
  };
  return labels[kind];
}

/** What is asked about, over the question. */
export function actTitle(kind: ActKind, ref: TaskRef, trans: Translate): string {
  const name = ref.mapIndex < 0 ? ref.taskId : `${ref.taskId}[${ref.mapIndex}]`;
  return trans.__('%1 %2', actLabel(kind, trans), name);
}

/** The words on the button that does it. */
export function confirmLabel(kind: ActKind, total: number, trans: Translate): string {
  switch (kind) {
    case 'run':
      return trans.__('Run task instance');
    case 'clear':
      return trans._n('Clear %1 task instance', 'Clear %1 task instances', total, total);
    case 'success':
      return trans._n(
        'Mark %1 task instance success',
        'Mark %1 task instances success',
        total,
        total
      );
    case 'failed':
      return trans._n(
        'Mark %1 task instance failed',
        'Mark %1 task instances failed',
        total,
        total
      );
  }
}

/** What was done, once the engine has done it. */
export function doneLabel(kind: ActKind, touched: number, trans: Translate): string {
  switch (kind) {
    case 'run':
      return trans.__('The task instance is on its way');
    case 'clear':
      return trans._n('%1 task instance cleared', '%1 task instances cleared', touched, touched);
    case 'success':
      return trans._n(
        '%1 task instance marked success',
        '%1 task instances marked success',
        touched,
        touched
      );
    case 'failed':
      return trans._n(
        '%1 task instance marked failed',
        '%1 task instances marked failed',
        touched,
        touched
      );
  }
}

/** What the action does, for who has not used it before. */
export function actHint(kind: ActKind, trans: Translate): string {
  switch (kind) {
    case 'run':
      return trans.__('Starts this task instance now, if nothing stands in its way.');
    case 'clear':
      return trans.__(
        'Lets task instances run again, with all their retries. One that runs is stopped first.'
      );
    case 'success':
      return trans.__('Says that task instances succeeded, without running them.');
    case 'failed':
      return trans.__('Says that task instances failed. One that runs is stopped.');
  }
}

export interface FlagText {
  readonly label: string;
  readonly hint: string;
}

export function flagText(flag: ActFlag, trans: Translate): FlagText {
  const texts: Readonly<Record<ActFlag, FlagText>> = {
    past: { label: trans.__('Past'), hint: trans.__('also in the runs before') },
    future: { label: trans.__('Future'), hint: trans.__('also in the runs after') },
    upstream: { label: trans.__('Upstream'), hint: trans.__('also the tasks before it') },
    downstream: { label: trans.__('Downstream'), hint: trans.__('also the tasks after it') },
    recursive: {
      label: trans.__('Recursive'),
      hint: trans.__('also the runs of other DAGs that it started')
    },
    only_failed: {
      label: trans.__('Only Failed'),
      hint: trans.__('leave alone what did not fail')
    },
    latest_version: {
      label: trans.__('Latest Version'),
      hint: trans.__('go on with the DAG as its file is now')
    },
    all_instances: {
      label: trans.__('All Mapped Instances'),
      hint: trans.__('not this one alone')
    },
    ignore_all_dependencies: {
      label: trans.__('Ignore All Deps'),
      hint: trans.__('whatever stands in its way, also pools and limits')
    },
    ignore_task_state: {
      label: trans.__('Ignore Task State'),
      hint: trans.__('even if it has ended already')
    },
    ignore_task_dependencies: {
      label: trans.__('Ignore Task Deps'),
      hint: trans.__('even if tasks before it have not ended well')
    }
  };
  return texts[flag];
}
