import { downloadIcon } from '@jupyterlab/ui-components';
import type { ReactNode } from 'react';
import { elapsedSeconds, formatBytes, formatDuration, formatUtc } from '../model/format';
import { ATTEMPT_COLOUR, attemptStateLabel, type Translate } from '../model/labels';
import type { Attempt } from '../model/wire';
import { Notice } from './Notice';
import { StateMark } from './StateMark';

export interface TaskAttemptsProps {
  /** Null: still being fetched. */
  readonly attempts: readonly Attempt[] | null;
  readonly shownTry: number;
  readonly now: number;
  readonly trans: Translate;
  readonly mayReadLogs: boolean;
  readonly downloadUrl: (tryNumber: number) => string;
  /** What the shown attempt used, under the table. */
  readonly usage: ReactNode;
  readonly onLog: (tryNumber: number) => void;
  readonly onTry: (tryNumber: number) => void;
}

/** Every attempt at the task: when, where, how it ended, its log. */
export function TaskAttempts(props: TaskAttemptsProps): JSX.Element {
  const { attempts, shownTry, now, trans } = props;
  if (attempts === null) {
    return <Notice kind="loading" title={trans.__('Loading the attempts…')} />;
  }
  if (attempts.length === 0) {
    return (
      <Notice title={trans.__('No attempt yet')}>
        {trans.__('Each start of the task is listed here, with its own log.')}
      </Notice>
    );
  }
  return (
    <>
      <div className="couture-Table" data-couture="attempts">
        <table aria-label={trans.__('Attempts')}>
          <thead>
            <tr>
              <th scope="col">{trans.__('Attempt')}</th>
              <th scope="col">{trans.__('State')}</th>
              {props.mayReadLogs && <th scope="col">{trans.__('Log')}</th>}
              <th scope="col">{trans.__('Started')}</th>
              <th scope="col">{trans.__('Queued for')}</th>
              <th scope="col">{trans.__('Duration')}</th>
              <th scope="col">{trans.__('CPU time')}</th>
              <th scope="col">{trans.__('Peak memory')}</th>
              <th scope="col">{trans.__('Host and process')}</th>
              <th scope="col">{trans.__('End')}</th>
            </tr>
          </thead>
          <tbody>
            {[...attempts].reverse().map(attempt => (
              <AttemptRow
                key={attempt.attempt_id}
                attempt={attempt}
                isShown={attempt.try_number === shownTry}
                now={now}
                trans={trans}
                mayReadLogs={props.mayReadLogs}
                downloadUrl={props.downloadUrl(attempt.try_number)}
                onLog={() => props.onLog(attempt.try_number)}
                onTry={() => props.onTry(attempt.try_number)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {props.usage}
    </>
  );
}

interface AttemptRowProps {
  readonly attempt: Attempt;
  readonly isShown: boolean;
  readonly now: number;
  readonly trans: Translate;
  readonly mayReadLogs: boolean;
  readonly downloadUrl: string;
  readonly onLog: () => void;
  readonly onTry: () => void;
}

function AttemptRow(props: AttemptRowProps): JSX.Element {
  const { attempt, isShown, now, trans, downloadUrl, onLog } = props;
  const { try_number: number, state, error } = attempt;
  const colour = ATTEMPT_COLOUR[state];
  const isOver = attempt.ended_at !== null; // until then the lines below the table tell it live
  const queued = elapsedSeconds(attempt.dispatched_at, attempt.started_at ?? attempt.ended_at, now);
  return (
    <tr data-try={number} data-state={state} aria-current={isShown || undefined}>
      <th scope="row" className="couture-number">
        {isShown ? (
          number
        ) : (
          <button
            type="button"
            className="couture-LinkButton"
            data-couture="attempt-show"
            aria-label={trans.__('Show attempt %1', number)}
            onClick={props.onTry}
          >
            {number}
          </button>
        )}
      </th>
      <td>
        <span className="couture-StateText couture-state" data-state={colour}>
          <StateMark state={colour} /> {attemptStateLabel(state, trans)}
        </span>
      </td>
      {props.mayReadLogs && (
        <td className="couture-Table-tools">
          <button
            type="button"
            className="couture-LinkButton"
            data-couture="attempt-log"
            aria-label={trans.__('Show the log of attempt %1', number)}
            onClick={onLog}
          >
            {formatBytes(attempt.log_size)}
          </button>
          <a
            className="couture-Button"
            data-kind="icon"
            data-couture="attempt-download"
            href={downloadUrl}
            download=""
            title={trans.__('Download the log of attempt %1', number)}
            aria-label={trans.__('Download the log of attempt %1', number)}
          >
            <downloadIcon.react tag="span" className="couture-Button-icon" />
          </a>
        </td>
      )}
      <td className="couture-number">{formatUtc(attempt.started_at)}</td>
      <td className="couture-number">{formatDuration(queued)}</td>
      <td className="couture-number">
        {formatDuration(elapsedSeconds(attempt.started_at, attempt.ended_at, now))}
      </td>
      <td className="couture-number">{formatDuration(isOver ? attempt.cpu_seconds : null)}</td>
      <td className="couture-number">
        {isOver && attempt.peak_memory_bytes !== null
          ? formatBytes(attempt.peak_memory_bytes)
          : '–'}
      </td>
      <td>
        {attempt.host ?? '–'}
        {attempt.pid !== null && (
          <span className="couture-faint couture-number">
            {' '}
            {trans.__('process %1', attempt.pid)}
          </span>
        )}
      </td>
      <td title={error ? `${error.type}: ${error.message}` : undefined}>
        {error
          ? error.type
          : attempt.exit_code === null
            ? '–'
            : trans.__('exit code %1', attempt.exit_code)}
        {error && attempt.exit_code !== null && (
          <span className="couture-faint"> {trans.__('exit code %1', attempt.exit_code)}</span>
        )}
      </td>
    </tr>
  );
}
