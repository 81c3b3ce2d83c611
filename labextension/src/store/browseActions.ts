/** Carries out an action on selected rows and says for each what came of it. */
import { actOnRuns, clearInstance, command, markInstance, type InstanceName } from '../api/browse';
import { problemOf } from '../api/errors';
import type { CoutureApi } from '../api/rest';
import {
  subjectLabel,
  type BrowseAction,
  type Outcome,
  type TaskAction
} from '../model/browse/actions';
import type { Subject } from '../model/browse/page';
import type { Translate } from '../model/labels';
import type { CommandReply } from '../model/wireBrowse';

const ASK_MS = 400;
const ASKED = 40;

type RunSubject = Extract<Subject, { type: 'run' }>;
type TaskSubject = Extract<Subject, { type: 'task' }>;

export interface Progress {
  readonly done: number;
  readonly total: number;
}

export interface ActOptions {
  readonly trans: Translate;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

export async function act(
  api: CoutureApi,
  action: BrowseAction,
  subjects: readonly Subject[],
  options: ActOptions
): Promise<readonly Outcome[]> {
  if (action.type === 'run') {
    const runs = subjects.filter((each): each is RunSubject => each.type === 'run');
    return actTogether(api, action, runs, options);
  }
  const tasks = subjects.filter((each): each is TaskSubject => each.type === 'task');
  return actOneByOne(api, action.id, tasks, options);
}

async function actTogether(
  api: CoutureApi,
  action: Extract<BrowseAction, { type: 'run' }>,
  runs: readonly RunSubject[],
  { trans, signal }: ActOptions
): Promise<readonly Outcome[]> {
  const names = runs.map(({ dagId, runId }) => ({ dag_id: dagId, run_id: runId }));
  const reply = await settled(api, await actOnRuns(api, action.id, names), signal);
  return runs.map(run => {
    const notes = reply.notes.filter(note => note.includes(run.runId));
    const isRefused = notes.length > 0 || !reply.is_done;
    const text = isRefused ? [...notes, ...(reply.is_done ? [] : reply.notes)] : [trans.__('done')];
    return { label: subjectLabel(run), isDone: !isRefused, text: text.join(' ') };
  });
}

async function actOneByOne(
  api: CoutureApi,
  action: TaskAction,
  tasks: readonly TaskSubject[],
  { trans, signal, onProgress }: ActOptions
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const task of tasks) {
    const label = subjectLabel(task);
    if (signal.aborted) {
      outcomes.push({ label, isDone: false, text: trans.__('not done: stopped before it') });
      continue;
    }
    try {
      const { is_done: isDone, notes } = await settled(api, await order(api, action, task), signal);
      const text = notes.length > 0 ? notes.join(' ') : trans.__('done');
      outcomes.push({ label, isDone: isDone && notes.length === 0, text });
    } catch (error) {
      outcomes.push({ label, isDone: false, text: problemOf(error).message });
    }
    onProgress({ done: outcomes.length, total: tasks.length });
  }
  return outcomes;
}

function order(api: CoutureApi, action: TaskAction, name: InstanceName): Promise<CommandReply> {
  switch (action) {
    case 'clear':
      return clearInstance(api, name);
    case 'mark_success':
      return markInstance(api, name, 'success');
    case 'mark_failed':
      return markInstance(api, name, 'failed');
  }
}

/** Asks until the engine has come to a command, for a while. */
async function settled(
  api: CoutureApi,
  given: CommandReply,
  signal: AbortSignal
): Promise<CommandReply> {
  let reply = given;
  for (let asked = 0; !reply.is_done && asked < ASKED && !signal.aborted; asked += 1) {
    await new Promise(resolve => window.setTimeout(resolve, ASK_MS));
    reply = await command(api, given.number);
  }
  return reply;
}
