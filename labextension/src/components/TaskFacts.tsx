import type { ReactNode } from 'react';
import { formatExact } from '../model/exactTime';
import { elapsedSeconds, formatDuration } from '../model/format';
import { attemptStateLabel, taskStateLabel, type Translate } from '../model/labels';
import type { KnownTask } from '../model/state';
import type { Attempt, Rendered, Run } from '../model/wire';
import type { NodeFacts } from '../model/wireTask';
import { Values } from './DagDetails';
import { Notice } from './Notice';

export interface TaskFactsProps {
  readonly node: NodeFacts | undefined;
  readonly run: Run | null;
  readonly task: KnownTask | undefined;
  readonly attempt: Attempt | undefined;
  readonly now: number;
  readonly trans: Translate;
}

type Row = readonly [string, ReactNode];

function runRows(run: Run, trans: Translate): readonly Row[] {
  return [
    [trans.__('Run'), run.run_id],
    [trans.__('Execution Date'), <Exact key="date" at={run.logical_date} />],
    [
      trans.__('Data interval'),
      <>
        <Exact at={run.data_interval_start} /> – <Exact at={run.data_interval_end} />
      </>
    ],
    [trans.__('Version'), <code key="version">{run.version}</code>]
  ];
}

function taskRows(task: KnownTask, trans: Translate, now: number): readonly Row[] {
  return [
    [trans.__('State'), taskStateLabel(task.state, trans)],
    ...(task.map_index < 0 ? [] : [[trans.__('Mapped instance'), String(task.map_index)] as const]),
    [trans.__('Try'), trans.__('%1 of %2', task.try_number, task.max_tries)],
    [trans.__('Queued'), <Exact key="queued" at={task.queued_at} />],
    [trans.__('Started'), <Exact key="started" at={task.started_at} />],
    [trans.__('Ended'), <Exact key="ended" at={task.ended_at} />],
    [trans.__('Duration'), formatDuration(elapsedSeconds(task.started_at, task.ended_at, now))],
    ...(task.next_retry_at
      ? [[trans.__('Next try'), <Exact key="next" at={task.next_retry_at} />] as const]
      : [])
  ];
}

function attemptRows(attempt: Attempt, trans: Translate): readonly Row[] {
  return [
    [trans.__('Attempt'), <code key="id">{attempt.attempt_id}</code>],
    [trans.__('Attempt state'), attemptStateLabel(attempt.state, trans)],
    [trans.__('Dispatched'), <Exact key="dispatched" at={attempt.dispatched_at} />],
    [trans.__('Host'), attempt.host ?? '–'],
    [trans.__('Process'), attempt.pid === null ? '–' : String(attempt.pid)],
    [trans.__('Exit code'), attempt.exit_code === null ? '–' : String(attempt.exit_code)]
  ];
}

function nodeRows(node: NodeFacts, trans: Translate): readonly Row[] {
  const yes = (is: boolean): string => (is ? trans.__('yes') : trans.__('no'));
  return [
    [trans.__('Operator'), node.operator],
    ...(node.missing ? [[trans.__('Lacks'), node.missing.provider] as const] : []),
    [trans.__('Trigger rule'), node.trigger_rule],
    [trans.__('Retries'), String(node.retries)],
    ...(node.owner ? [[trans.__('Owner'), node.owner] as const] : []),
    ...(node.pool
      ? [[trans.__('Pool'), trans.__('%1, %2 slots', node.pool, node.pool_slots ?? 1)] as const]
      : []),
    ...(node.queue ? [[trans.__('Queue'), node.queue] as const] : []),
    ...(node.priority_weight === undefined
      ? []
      : [[trans.__('Priority weight'), String(node.priority_weight)] as const]),
    ...(node.timeout_seconds
      ? [[trans.__('Time limit'), formatDuration(node.timeout_seconds)] as const]
      : []),
    ...(node.depends_on_past === undefined
      ? []
      : [[trans.__('Depends on past'), yes(node.depends_on_past)] as const]),
    ...(node.description ? [[trans.__('Description'), node.description] as const] : [])
  ];
}

/** An instant to the microsecond, with its offset. */
function Exact({ at }: { readonly at: string | null }): JSX.Element {
  return <span className="couture-number">{formatExact(at)}</span>;
}

/** What the file, the run and the attempt say about a task instance. */
export function TaskFacts(props: TaskFactsProps): JSX.Element {
  const { node, run, task, attempt, now, trans } = props;
  const rows: readonly Row[] = [
    ...(task ? taskRows(task, trans, now) : []),
    ...(run ? runRows(run, trans) : []),
    ...(attempt ? attemptRows(attempt, trans) : []),
    ...(node ? nodeRows(node, trans) : [])
  ];
  return (
    <dl className="couture-Facts" data-couture="task-facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export interface RenderedFieldsProps {
  /** Null: not known, as without a run. */
  readonly rendered: Rendered | null;
  readonly trans: Translate;
}

/** The task's templated fields after substitution, its parameters and the run's conf. */
export function RenderedFields({ rendered, trans }: RenderedFieldsProps): JSX.Element {
  if (!rendered) {
    return (
      <Notice title={trans.__('Nothing rendered yet')}>
        {trans.__('Templates are filled in when the task starts.')}
      </Notice>
    );
  }
  const parts = [
    [trans.__('Fields'), rendered.fields],
    [trans.__('Parameters'), rendered.params],
    [trans.__('Configuration of the run'), rendered.conf]
  ] as const;
  return (
    <div className="couture-Rendered" data-couture="rendered">
      {parts.map(([name, part]) => (
        <section key={name}>
          <h3>{name}</h3>
          <Values values={part} />
        </section>
      ))}
    </div>
  );
}
