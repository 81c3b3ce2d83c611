import { usageOf } from '../../api/task';
import { ProblemNotice } from '../../components/Notice';
import { UsageView } from '../../components/UsageView';
import { askAgainMs } from '../../model/usage';
import type { Usage } from '../../model/wireUsage';
import type { KnownTask } from '../../model/state';
import { refOf } from '../../model/taskAct';
import type { Attempt } from '../../model/wire';
import { useFetched } from '../../store/hooks';
import type { ICouture } from '../../tokens';
import { useRef } from 'react';

export interface TaskUsageProps {
  readonly task: KnownTask;
  readonly attempt: Attempt;
  readonly couture: ICouture;
  readonly now: number;
}

/** What the chosen attempt used; asked for anew while it runs. */
export function TaskUsage({ task, attempt, couture, now }: TaskUsageProps): JSX.Element {
  const { session, trans } = couture;
  const ref = { ...refOf(task), tryNumber: attempt.try_number };
  const group = JSON.stringify(ref);
  const known = useRef<{ group: string; usage: Usage } | null>(null);
  const samples = known.current?.group === group ? known.current.usage.samples : [];
  const round = attempt.ended_at ?? Math.floor(now / askAgainMs(samples));
  const fetched = useFetched(
    JSON.stringify([group, attempt.attempt_id, round]),
    () => usageOf(session.api, ref),
    group
  );
  known.current = fetched.value && { group, usage: fetched.value };
  return fetched.load.status === 'failed' && fetched.value === null ? (
    <ProblemNotice problem={fetched.load.problem} trans={trans} onRetry={fetched.retry} />
  ) : (
    <UsageView tryNumber={attempt.try_number} usage={fetched.value} trans={trans} />
  );
}
