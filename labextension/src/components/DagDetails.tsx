import type { ReactNode } from 'react';
import { ignoreUnknown } from '../model/assertNever';
import { formatUtc } from '../model/format';
import type { Translate } from '../model/labels';
import type { DagDetail, Dialect, Json } from '../model/wire';

export interface DagDetailsProps {
  readonly detail: DagDetail;
  readonly trans: Translate;
  readonly onOpenFile: (file: string, line: number | null) => void;
}

function shown(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1);
}

function scheduleText(detail: DagDetail, trans: Translate): string {
  const schedule = detail.schedule ?? trans.__('None');
  return detail.schedule_label && detail.schedule_label !== schedule
    ? `${schedule} (${detail.schedule_label})`
    : schedule;
}

function dialectText(dialect: Dialect, trans: Translate): string {
  switch (dialect) {
    case 'native':
      return trans.__('Jupyter Couture');
    case 'airflow-1.10':
      return trans.__('Airflow 1.10');
    case 'airflow-2':
      return trans.__('Airflow 2');
    case 'airflow-3':
      return trans.__('Airflow 3');
    default:
      ignoreUnknown(dialect);
      return dialect;
  }
}

/** Every attribute of a DAG. */
export function DagDetails({ detail, trans, onOpenFile }: DagDetailsProps): JSX.Element {
  const rows: readonly (readonly [string, ReactNode])[] = [
    [trans.__('DAG id'), detail.dag_id],
    [trans.__('Description'), detail.description || '–'],
    [trans.__('Documentation'), detail.doc ? <pre>{detail.doc}</pre> : '–'],
    [trans.__('Owner'), detail.owner],
    [trans.__('Tags'), detail.tags.length > 0 ? detail.tags.join(', ') : '–'],
    [trans.__('Schedule'), scheduleText(detail, trans)],
    [trans.__('Time zone'), detail.timezone],
    [trans.__('Start date'), formatUtc(detail.start_date)],
    [trans.__('End date'), formatUtc(detail.end_date)],
    [trans.__('Next run'), formatUtc(detail.next_run_at)],
    [trans.__('Catch up'), detail.catchup ? trans.__('yes') : trans.__('no')],
    [trans.__('Active runs at most'), String(detail.max_active_runs)],
    [trans.__('Active tasks at most'), String(detail.max_active_tasks)],
    [trans.__('Tasks'), String(detail.task_count)],
    [
      trans.__('File'),
      <button
        key="file"
        type="button"
        className="couture-LinkButton"
        onClick={() => onOpenFile(detail.file, null)}
      >
        {detail.file}
      </button>
    ],
    [trans.__('Dialect'), dialectText(detail.dialect, trans)],
    [
      trans.__('Warnings'),
      detail.warnings.length > 0 ? (
        <ul key="warnings" className="couture-Warnings">
          {detail.warnings.map(warning => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      ) : (
        '–'
      )
    ],
    [trans.__('Version'), <code key="version">{detail.version}</code>],
    [trans.__('Parameters'), <Values key="params" values={detail.params} />],
    [trans.__('Default arguments'), <Values key="defaults" values={detail.default_args} />],
    [
      trans.__('Versions'),
      <ul key="versions">
        {detail.versions.map(({ version, created_at }) => (
          <li key={version}>
            <code>{version.slice(0, 12)}</code> {formatUtc(created_at)}
          </li>
        ))}
      </ul>
    ]
  ];
  return (
    <div className="couture-DagDetails" data-couture="dag-details">
      <dl className="couture-Facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

export function Values({
  values
}: {
  readonly values: { readonly [key: string]: Json };
}): JSX.Element {
  const entries = Object.entries(values);
  if (entries.length === 0) {
    return <>–</>;
  }
  return (
    <dl className="couture-Values">
      {entries.map(([key, value]) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>
            <pre>{shown(value)}</pre>
          </dd>
        </div>
      ))}
    </dl>
  );
}
