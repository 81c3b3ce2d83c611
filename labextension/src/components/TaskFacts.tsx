import type { ReactNode } from 'react';
import { elapsedSeconds, formatDuration, formatUtc } from '../model/format';
import { attemptStateLabel, taskStateLabel, type Translate } from '../model/labels';
import type { KnownTask } from '../model/state';
import type { Attempt, GraphNode, Rendered } from '../model/wire';
import { Values } from './DagDetails';
import { Notice } from './Notice';

export interface TaskFactsProps {
  readonly node: GraphNode | undefined;
  readonly task: KnownTask | undefined;
  readonly attempt: Attempt | undefined;
  readonly now: number;
  readonly trans: Translate;
}

type Row = readonly [string, ReactNode];

function taskRows(task: KnownTask, trans: Translate, now: number): readonly Row[] {
  return [
    [trans.__('State'), taskStateLabel(task.state, trans)],
    [trans.__('Run'), task.run_id],
    [trans.__('Try'), trans.__('%1 of %2', task.try_number, task.max_tries)],
    [trans.__('Queued'), formatUtc(task.queued_at)],
    [trans.__('Started'), formatUtc(task.started_at)],
    [trans.__('Ended'), formatUtc(task.ended_at)],
    [trans.__('Duration'), formatDuration(elapsedSeconds(task.started_at, task.ended_at, now))],
    ...(task.next_retry_at ? [[trans.__('Next try'), formatUtc(task.next_retry_at)] as const] : [])
  ];
}

function attemptRows(attempt: Attempt, trans: Translate): readonly Row[] {
  return [
    [trans.__('Attempt'), <code key="id">{attempt.attempt_id}</code>],
    [trans.__('Attempt state'), attemptStateLabel(attempt.state, trans)],
    [trans.__('Dispatched'), formatUtc(attempt.dispatched_at)],
    [trans.__('Host'), attempt.host ?? '–'],
    [trans.__('Process'), attempt.pid === null ? '–' : String(attempt.pid)],
    [trans.__('Exit code'), attempt.exit_code === null ? '–' : String(attempt.exit_code)]
  ];
}

function nodeRows(node: GraphNode, trans: Translate): readonly Row[] {
  return [
    [trans.__('Operator'), node.operator],
    ...(node.missing ? [[trans.__('Lacks'), node.missing.provider] as const] : []),
    [trans.__('Trigger rule'), node.trigger_rule],
    [trans.__('Retries'), String(node.retries)],
    ...(node.description ? [[trans.__('Description'), node.description] as const] : [])
  ];
}

export function TaskFacts({ node, task, attempt, now, trans }: TaskFactsProps): JSX.Element {
  const rows: readonly Row[] = [
    ...(task ? taskRows(task, trans, now) : []),
    ...(node ? nodeRows(node, trans) : []),
    ...(attempt ? attemptRows(attempt, trans) : [])
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
