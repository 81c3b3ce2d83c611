/** Carries out an action on selected rows and says for each what came of it. */
import { actOnRuns } from '../api/browse';
import { problemOf } from '../api/errors';
import type { CoutureApi } from '../api/rest';
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
import type { OrderReply, Touched } from '../model/wireOrders';
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

/** What an action would touch besides the rows themselves, and how much in all; `names` stands for all of it. */
export interface Look {
  readonly names: ReadonlySet<string>;
  readonly others: readonly Touched[];
}

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

function tasksOf(subjects: readonly Subject[]): readonly TaskSubject[] {
  return subjects.filter((each): each is TaskSubject => each.type === 'task');
}

/** What would be touched. Null: the rows themselves, which are runs or variables. Throws if the server does not say. */
export async function lookAt(
  api: Api,
  action: BrowseAction,
  subjects: readonly Subject[]
): Promise<Look | null> {
  if (action.type !== 'task') {
    return null;
  }
  const rest = [...tasksOf(subjects)];
  const rows = new Set(rest.map(row => nameOf(row.runId, row.dagId, row.taskId, row.mapIndex)));
  const found = new Map<string, Touched>();
  const work = async (): Promise<void> => {
    for (let row = rest.shift(); row; row = rest.shift()) {
      const { touched } = await previewAct(api, row, actOf(action.id));
      touched.forEach(one => found.set(touchedName(one), one));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const others = [...found].flatMap(([name, one]) => (rows.has(name) ? [] : [one]));
  return { names: new Set(found.keys()), others };
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
    const runs = subjects.filter((each): each is RunSubject => each.type === 'run');
    return actTogether(api, action, runs, options);
  }
  if (action.type === 'variable') {
    const variables = subjects.filter((each): each is VariableSubject => each.type === 'variable');
    return oneByOne(variables, options, async (label, { key, revision }) => {
      await removeVariable(api, key, revision, options.trans);
      return { label, isDone: true, text: options.trans.__('done') };
    });
  }
  return oneByOne(tasksOf(subjects), options, (label, task) =>
    actOnTask(api, action.id, label, task, look, options)
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

async function actOnTask(
  api: Api,
  action: TaskAction,
  label: string,
  task: TaskSubject,
  look: Look | null,
  { trans, signal }: ActOptions
): Promise<Outcome> {
  // What was done for the rows before changes what is left to do for this one: it may be less, never more.
  const { token, touched } = await previewAct(api, task, actOf(action));
  const fresh = touched.find(one => !look?.names.has(touchedName(one)));
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
