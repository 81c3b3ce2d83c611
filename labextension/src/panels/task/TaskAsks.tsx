import { useState } from 'react';
import { problemOf } from '../../api/errors';
import { decide, question } from '../../api/task';
import { ProblemNotice } from '../../components/Notice';
import { TaskQuestion } from '../../components/TaskQuestion';
import type { KnownTask } from '../../model/state';
import { refOf } from '../../model/taskAct';
import type { JsonObject } from '../../model/wire';
import { useCouture, useFetched, useMay } from '../../store/hooks';
import type { Live } from '../tabs/types';

export interface TaskAsksProps {
  readonly task: KnownTask;
  readonly couture: Live;
}

/** The question of a task that waits for a person; it goes when the task goes on. */
export function TaskAsks({ task, couture }: TaskAsksProps): JSX.Element | null {
  const { session, trans } = couture;
  const may = useMay(session);
  const user = useCouture(session, state => state.me?.name ?? null);
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const ref = refOf(task);
  const key = JSON.stringify([ref, task.try_number]);
  const asked = useFetched(key, () => question(session.api, ref));
  const answer = async (options: readonly string[], params: JsonObject): Promise<void> => {
    setIsBusy(true);
    setProblem(null);
    try {
      // Stays busy: the task goes on in a moment, and the question with it.
      await decide(session.api, ref, options, params);
    } catch (error) {
      setIsBusy(false);
      setProblem(problemOf(error).message);
    }
  };
  if (!asked.value) {
    // Answered by somebody else between its event and our question: the next event says so.
    return asked.load.status === 'failed' && asked.load.problem.kind !== 'conflict' ? (
      <ProblemNotice problem={asked.load.problem} trans={trans} onRetry={asked.retry} />
    ) : null;
  }
  return (
    <TaskQuestion
      key={key}
      asked={asked.value}
      user={user}
      mayAnswer={may('tasks.edit')}
      isBusy={isBusy}
      problem={problem}
      trans={trans}
      onAnswer={(options, params) => void answer(options, params)}
    />
  );
}
