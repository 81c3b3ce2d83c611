import type { ReactNode } from 'react';
import { ignoreUnknown } from '../model/assertNever';
import { formatDuration, formatUtc } from '../model/format';
import type { Translate } from '../model/labels';
import type { DagDetail, Dialect, Json } from '../model/wire';

export interface DagDetailsProps {
  readonly detail: DagDetail;
  /** What stands over the attributes: the statistics. */
  readonly children?: ReactNode;
  /** What the author says about it, set as Markdown; absent where that cannot be, then it is shown as it is. */
  readonly doc?: ReactNode;
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

type Row = readonly [string, ReactNode];

/** A heading and what belongs under it. */
export function DetailGroup(props: {
  readonly title: string;
  readonly rows: readonly Row[];
}): JSX.Element {
  return (
    <section className="couture-DetailGroup">
      <h2>{props.title}</h2>
      <dl className="couture-Facts">
        {props.rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function list(values: readonly string[]): ReactNode {
  return values.length === 0 ? (
    '–'
  ) : (
    <ul>
      {values.map(value => (
        <li key={value}>{value}</li>
      ))}
    </ul>
  );
}

/** Links that a page may open: nothing that runs. */
function isWebAddress(link: Json): link is string {
  return typeof link === 'string' && /^(?:https?|mailto):/i.test(link);
}

function ownerLinks(detail: DagDetail): ReactNode {
  const links = Object.entries(detail.owner_links);
  return links.length === 0 ? (
    '–'
  ) : (
    <ul>
      {links.map(([owner, link]) => (
        <li key={owner}>
          {isWebAddress(link) ? (
            <a href={link} target="_blank" rel="noreferrer">
              {owner}
            </a>
          ) : (
            `${owner}: ${shown(link)}`
          )}
        </li>
      ))}
    </ul>
  );
}

/** Every attribute of a DAG, in groups. */
export function DagDetails(props: DagDetailsProps): JSX.Element {
  const { detail, children, trans, onOpenFile } = props;
  const yes = (value: boolean): string => (value ? trans.__('yes') : trans.__('no'));
  const seconds = (value: number | null): string => (value === null ? '–' : formatDuration(value));
  return (
    <div
      className="couture-DagDetails"
      data-couture="dag-details"
      tabIndex={0}
      role="region"
      aria-label={trans.__('Details of the DAG')}
    >
      {detail.warnings.length > 0 && (
        <section className="couture-DetailGroup" data-couture="dag-warnings">
          <h2>{trans.__('What the file says without effect')}</h2>
          <ul className="couture-Warnings">
            {detail.warnings.map(warning => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </section>
      )}
      <div className="couture-Details-grid">
        {children}
        <DetailGroup
          title={trans.__('About')}
          rows={[
            [trans.__('DAG id'), detail.dag_id],
            [trans.__('Shown name'), detail.display_name],
            [trans.__('Description'), detail.description || '–'],
            [trans.__('Owner'), detail.owner || '–'],
            [trans.__('Links of owners'), ownerLinks(detail)],
            [trans.__('Tags'), detail.tags.length > 0 ? detail.tags.join(', ') : '–'],
            [trans.__('Documentation'), detail.doc ? (props.doc ?? <pre>{detail.doc}</pre>) : '–']
          ]}
        />
        <DetailGroup
          title={trans.__('When it runs')}
          rows={[
            [trans.__('State'), detail.is_paused ? trans.__('off') : trans.__('on')],
            [trans.__('Schedule'), scheduleText(detail, trans)],
            [trans.__('Time zone'), detail.timezone],
            [trans.__('Start date'), formatUtc(detail.start_date)],
            [trans.__('End date'), formatUtc(detail.end_date)],
            [trans.__('Next run'), formatUtc(detail.next_run_at)],
            [trans.__('Catch up'), yes(detail.catchup)],
            [trans.__('Waits for assets'), list(detail.assets)]
          ]}
        />
        <DetailGroup
          title={trans.__('Limits')}
          rows={[
            [trans.__('Active runs at most'), String(detail.max_active_runs)],
            [trans.__('Active tasks at most'), String(detail.max_active_tasks)],
            [trans.__('A run may take'), seconds(detail.run_timeout_seconds)],
            [trans.__('Deadline (SLA)'), seconds(detail.sla_seconds)],
            [trans.__('Ends at the first failure'), yes(detail.is_fail_fast)],
            [
              trans.__('Turns off after failed runs'),
              detail.max_failed_runs > 0 ? String(detail.max_failed_runs) : '–'
            ],
            [trans.__('Callbacks'), list(detail.callbacks)]
          ]}
        />
        <DetailGroup
          title={trans.__('Code')}
          rows={[
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
            [trans.__('Written for'), dialectText(detail.dialect, trans)],
            [trans.__('Tasks'), String(detail.task_count)],
            [trans.__('Version'), <code key="version">{detail.version}</code>],
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
          ]}
        />
        <DetailGroup
          title={trans.__('Parameters')}
          rows={[
            [trans.__('Parameters'), <Values key="params" values={detail.params} />],
            [trans.__('Default arguments'), <Values key="defaults" values={detail.default_args} />]
          ]}
        />
      </div>
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
