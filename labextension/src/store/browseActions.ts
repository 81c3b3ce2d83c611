/** Carries out an action on selected rows and says for each what came of it. */
import { actOnRuns } from '../api/browse';
import { problemOf } from '../api/errors';
import type { CoutureApi } from '../api/rest';
import { actOnRun, previewRunAction } from '../api/orders';
import { giveAct, previewAct } from '../api/task';
import { removeVariable } from '../api/variables';
import {
  subjectLabel,
  type BrowseAction,
  type Outcome,
  type TaskAction
} from '../model/browse/actions';
import type { Subject } from '../model/browse/page';
import type { Translate } from '../model/labels';
import type { ActKind, TaskAct } from '../model/taskAct';
import type { OrderReply, Preview, RunAction, Touched } from '../model/wireOrders';
import { DIALOG_PATIENCE_MS, outcomeOf } from './orders';

const AT_ONCE = 4;

type Api = Pick<CoutureApi, 'get' | 'send' | 'tagged'>;
type RunSubject = Extract<Subject, { type: 'run' }>;
type TaskSubject = Extract<Subject, { type: 'task' }>;
type VariableSubject = Extract<Subject, { type: 'variable' }>;

export interface Progress {
  readonly done: number;
  readonly total: number;
}

export interface ActOptions {
  readonly trans: Translate;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/**
 * What an action would touch: of tasks all of it as `names`, and the `others` that are not among the rows; of runs the
 * tasks of each, by what the run is called.
 */
export type Look =
  | {
      readonly type: 'tasks';
      readonly names: ReadonlySet<string>;
      readonly others: readonly Touched[];
    }
  | { readonly type: 'runs'; readonly previews: ReadonlyMap<string, Preview> };

const CLEAR_RUN: RunAction = { kind: 'clear', onlyFailed: false, latestVersion: false };

const KINDS: Readonly<Record<TaskAction, ActKind>> = {
  clear: 'clear',
  mark_success: 'success',
  mark_failed: 'failed'
};

/** The row alone: what comes after it is not touched. */
function actOf(action: TaskAction): TaskAct {
  return { kind: KINDS[action], flags: new Set() };
}

function nameOf(run: string, dag: string, task: string, index: number): string {
  return JSON.stringify([dag, run, task, index]);
}

function touchedName(one: Touched): string {
  return nameOf(one.run_id, one.dag_id, one.task_id, one.map_index);
}

function runsOf(subjects: readonly Subject[]): readonly RunSubject[] {
  return subjects.filter((each): each is RunSubject => each.type === 'run');
}

function tasksOf(subjects: readonly Subject[]): readonly TaskSubject[] {
  return subjects.filter((each): each is TaskSubject => each.type === 'task');
}

/** Does something with each, a few at a time. */
async function withEach<S>(all: readonly S[], look: (one: S) => Promise<void>): Promise<void> {
  const rest = [...all];
  const work = async (): Promise<void> => {
    for (let one = rest.shift(); one; one = rest.shift()) {
      await look(one);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function lookAtRuns(api: Api, runs: readonly RunSubject[]): Promise<Look> {
  const found = new Map<string, Preview>();
  await withEach(runs, async run => {
    found.set(subjectLabel(run), await previewRunAction(api, run.dagId, run.runId, CLEAR_RUN));
  });
  const inOrder = runs.flatMap(run => {
    const preview = found.get(subjectLabel(run));
    return preview ? [[subjectLabel(run), preview] as const] : [];
  });
  return { type: 'runs', previews: new Map(inOrder) };
}

/** What would be touched. Null: the rows themselves, which are runs or variables. Throws if the server does not say. */
export async function lookAt(
  api: Api,
  action: BrowseAction,
  subjects: readonly Subject[]
): Promise<Look | null> {
  if (action.type === 'run' && action.id === 'clear') {
    return lookAtRuns(api, runsOf(subjects));
  }
  if (action.type !== 'task') {
    return null;
  }
  const tasks = tasksOf(subjects);
  const rows = new Set(tasks.map(row => nameOf(row.runId, row.dagId, row.taskId, row.mapIndex)));
  const found = new Map<string, Touched>();
  await withEach(tasks, async row => {
    const { touched } = await previewAct(api, row, actOf(action.id));
    touched.forEach(one => found.set(touchedName(one), one));
  });
  const others = [...found].flatMap(([name, one]) => (rows.has(name) ? [] : [one]));
  return { type: 'tasks', names: new Set(found.keys()), others };
}

/** `look` is what was agreed to: nothing else is touched. */
export async function act(
  api: Api,
  action: BrowseAction,
  subjects: readonly Subject[],
  look: Look | null,
  options: ActOptions
): Promise<readonly Outcome[]> {
  if (action.type === 'run') {
    const runs = runsOf(subjects);
    return look?.type === 'runs'
      ? oneByOne(runs, options, (label, run) => clearRun(api, label, run, look.previews, options))
      : actTogether(api, action, runs, options);
  }
  if (action.type === 'variable') {
    const variables = subjects.filter((each): each is VariableSubject => each.type === 'variable');
    return oneByOne(variables, options, async (label, { key, revision }) => {
      await removeVariable(api, key, revision, options.trans);
      return { label, isDone: true, text: options.trans.__('done') };
    });
  }
  return oneByOne(tasksOf(subjects), options, (label, task) =>
    actOnTask(api, action.id, label, task, look?.type === 'tasks' ? look.names : null, options)
  );
}

async function actTogether(
  api: Api,
  action: Extract<BrowseAction, { type: 'run' }>,
  runs: readonly RunSubject[],
  { trans, signal }: ActOptions
): Promise<readonly Outcome[]> {
  const names = runs.map(({ dagId, runId }) => ({ dag_id: dagId, run_id: runId }));
  const given = await actOnRuns(api, action.id, names);
  const reply = await outcomeOf(api, given, DIALOG_PATIENCE_MS, signal);
  return runs.map(run => {
    const own = reply.runs.find(one => one.dag_id === run.dagId && one.run_id === run.runId);
    const isTold = reply.is_done && reply.runs.length > 0;
    const notes = isTold ? (own?.notes ?? []) : reply.notes;
    return outcome(subjectLabel(run), { ...reply, touched: own?.touched ?? 0, notes }, trans);
  });
}

async function oneByOne<S extends Subject>(
  subjects: readonly S[],
  { trans, signal, onProgress }: ActOptions,
  carryOut: (label: string, subject: S) => Promise<Outcome>
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const subject of subjects) {
    const label = subjectLabel(subject);
    if (signal.aborted) {
      outcomes.push({ label, isDone: false, text: trans.__('not done: stopped before it') });
      continue;
    }
    try {
      outcomes.push(await carryOut(label, subject));
    } catch (error) {
      outcomes.push({ label, isDone: false, text: problemOf(error).message });
    }
    onProgress({ done: outcomes.length, total: subjects.length });
  }
  return outcomes;
}

/** The server refuses it where it would touch anything but what was seen. */
async function clearRun(
  api: Api,
  label: string,
  { dagId, runId }: RunSubject,
  previews: ReadonlyMap<string, Preview>,
  { trans, signal }: ActOptions
): Promise<Outcome> {
  const seen = previews.get(label);
  if (!seen || seen.total === 0) {
    return { label, isDone: true, text: trans.__('nothing to do') };
  }
  const given = await actOnRun(api, dagId, runId, CLEAR_RUN, seen.token);
  return outcome(label, await outcomeOf(api, given, DIALOG_PATIENCE_MS, signal), trans);
}

async function actOnTask(
  api: Api,
  action: TaskAction,
  label: string,
  task: TaskSubject,
  agreed: ReadonlySet<string> | null,
  { trans, signal }: ActOptions
): Promise<Outcome> {
  // What was done for the rows before changes what is left to do for this one: it may be less, never more.
  const { token, touched } = await previewAct(api, task, actOf(action));
  const fresh = touched.find(one => !agreed?.has(touchedName(one)));
  if (fresh) {
    const text = trans.__('not done: it would now touch %1, too. Look again.', fresh.task_id);
    return { label, isDone: false, text };
  }
  const given = await giveAct(api, task, actOf(action), token);
  return outcome(label, await outcomeOf(api, given, DIALOG_PATIENCE_MS, signal), trans);
}

function outcome(
  label: string,
  { is_done: isDone, touched, notes }: Pick<OrderReply, 'is_done' | 'touched' | 'notes'>,
  trans: Translate
): Outcome {
  if (!isDone || notes.length > 0) {
    return { label, isDone: false, text: notes.join(' ') };
  }
  return { label, isDone: true, text: touched > 0 ? trans.__('done') : trans.__('nothing to do') };
}
