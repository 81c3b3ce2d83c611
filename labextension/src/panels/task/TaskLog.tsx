import { useSyncExternalStore } from 'react';
import type { AttemptRef } from '../../api/rest';
import { LogView, type LogViewProps } from '../../components/LogView';
import { Notice } from '../../components/Notice';
import { isTerminal } from '../../model/labels';
import type { KnownTask } from '../../model/state';
import { refOf } from '../../model/taskAct';
import { useLog } from '../../store/hooks';
import type { LogFollower } from '../../store/logFollower';
import type { Live } from '../tabs/types';

type Reader = Pick<LogViewProps, 'isWrapped' | 'onWrap' | 'onCopy'>;

export interface TaskLogProps extends Reader {
  readonly task: KnownTask | undefined;
  readonly tryNumber: number;
  readonly couture: Live;
}

/** The log of one attempt, followed while it is written. */
export function TaskLog({ task, tryNumber, couture, ...reader }: TaskLogProps): JSX.Element {
  const { session, trans } = couture;
  const attempt: AttemptRef | null = task && tryNumber > 0 ? { ...refOf(task), tryNumber } : null;
  // Starting anew when the attempt starts spares the wait for a log that did not exist before.
  const isNewest = tryNumber === task?.try_number;
  const key = attempt && JSON.stringify([attempt, isNewest ? task?.started_at : null]);
  const follower = useLog(session.api, key, attempt);
  if (!task) {
    return (
      <Notice title={trans.__('No run is shown')}>
        {trans.__('Trigger the DAG, or choose a run, to see what this task does.')}
      </Notice>
    );
  }
  if (!attempt && isTerminal(task.state)) {
    return (
      <Notice title={trans.__('No log')}>
        {trans.__('The task ended without having been started, so it has written nothing.')}
      </Notice>
    );
  }
  if (!attempt || !follower) {
    return (
      <Notice title={trans.__('No log yet')}>
        {trans.__('The task has not started. Its log appears here as it is written.')}
      </Notice>
    );
  }
  return (
    <FollowedLog key={key} {...reader} follower={follower} attempt={attempt} couture={couture} />
  );
}

interface FollowedLogProps extends Reader {
  readonly follower: LogFollower;
  readonly attempt: AttemptRef;
  readonly couture: Live;
}

function FollowedLog(props: FollowedLogProps): JSX.Element {
  const { follower, attempt, couture, ...reader } = props;
  const { session, trans } = couture;
  const state = useSyncExternalStore(follower.subscribe, follower.getState);
  return (
    <LogView
      {...reader}
      state={state}
      downloadUrl={session.api.logDownloadUrl(attempt)}
      trans={trans}
      onEarlier={() => void follower.earlier()}
      onFollow={() => follower.follow()}
      onRetry={() => follower.retry()}
    />
  );
}
