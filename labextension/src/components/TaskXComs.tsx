import { deleteIcon } from '@jupyterlab/ui-components';
import { formatBytes, formatUtc } from '../model/format';
import type { Translate } from '../model/labels';
import type { Json } from '../model/wire';
import type { XCom } from '../model/wireTask';
import { IconButton } from './IconButton';
import { Notice } from './Notice';
import { Pager } from './Pager';

export interface TaskXComsProps {
  /** Null: still being fetched. */
  readonly xcoms: readonly XCom[] | null;
  /** How many there are; those shown are from `offset` on. */
  readonly total: number;
  readonly offset: number;
  readonly pageSize: number;
  readonly mayRemove: boolean;
  readonly trans: Translate;
  readonly onRemove: (key: string) => void;
  readonly onOffset: (offset: number) => void;
}

function previewText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1);
}

/** The values that a task handed on, by key. */
export function TaskXComs(props: TaskXComsProps): JSX.Element {
  const { xcoms, total, pageSize, mayRemove, trans, onRemove } = props;
  if (xcoms === null) {
    return <Notice kind="loading" title={trans.__('Loading the values…')} />;
  }
  if (total === 0) {
    return (
      <Notice title={trans.__('No values')}>
        {trans.__('What the task returns, or pushes as an XCom, is listed here.')}
      </Notice>
    );
  }
  return (
    <>
      <div className="couture-Table" data-couture="xcoms">
        <table aria-label={trans.__('XCom')}>
          <thead>
            <tr>
              <th scope="col">{trans.__('Key')}</th>
              <th scope="col">{trans.__('Value')}</th>
              <th scope="col">{trans.__('Type')}</th>
              <th scope="col">{trans.__('Size')}</th>
              <th scope="col">{trans.__('Pushed')}</th>
              {mayRemove && (
                <th scope="col">
                  <span className="couture-hidden">{trans.__('Delete')}</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {xcoms.map(xcom => (
              <tr key={xcom.key} data-key={xcom.key}>
                <th scope="row">{xcom.key}</th>
                <td>
                  <pre className="couture-Table-value" tabIndex={0}>
                    {previewText(xcom.preview)}
                  </pre>
                </td>
                <td>
                  {xcom.type}
                  {xcom.is_file && <span className="couture-faint"> {trans.__('in a file')}</span>}
                </td>
                <td className="couture-number">{formatBytes(xcom.size_bytes)}</td>
                <td className="couture-number">{formatUtc(xcom.pushed_at)}</td>
                {mayRemove && (
                  <td className="couture-Table-tools">
                    <IconButton
                      icon={deleteIcon}
                      hook="xcom-remove"
                      label={trans.__('Delete %1', xcom.key)}
                      onClick={() => onRemove(xcom.key)}
                    />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {total > pageSize && (
        <Pager
          offset={props.offset}
          shown={xcoms.length}
          total={total}
          pageSize={pageSize}
          trans={trans}
          onOffset={props.onOffset}
        />
      )}
    </>
  );
}
