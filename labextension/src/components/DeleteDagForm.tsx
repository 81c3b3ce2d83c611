import { useId, useState } from 'react';
import { totalRuns, type Translate } from '../model/labels';
import type { DagRow } from '../model/wire';
import { DialogFooter } from './DialogFooter';

export interface DeleteDagFormProps {
  readonly row: DagRow;
  readonly versions: number;
  readonly trans: Translate;
  /** Resolves to what the server says against it, null if it is done. */
  readonly onDelete: () => Promise<string | null>;
  readonly onCancel: () => void;
}

/** What is lost with a DAG. One that has runs is deleted only by who types its name. */
export function DeleteDagForm(props: DeleteDagFormProps): JSX.Element {
  const { row, versions, trans, onDelete, onCancel } = props;
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const id = useId();
  const runs = totalRuns(row.run_counts);
  const open = (row.run_counts.running ?? 0) + (row.run_counts.queued ?? 0);
  const isMeant = runs === 0 || typed.trim() === row.dag_id;
  const send = async (): Promise<void> => {
    setBusy(true);
    setRefusal(await onDelete());
    setBusy(false);
  };
  return (
    <div
      className="couture-Form"
      data-couture="delete-dag-form"
      onKeyDown={event => {
        if (event.key === 'Enter' && event.ctrlKey && isMeant && !isBusy) {
          event.stopPropagation();
          void send();
        }
      }}
    >
      <p>
        {trans.__('Everything that is known of %1 is removed. This cannot be undone.', row.dag_id)}
      </p>
      <ul className="couture-Losses" data-couture="losses">
        <li>
          {trans._n('%1 run', '%1 runs', runs)}
          {runs > 0 && trans.__(', with all tasks, values and logs')}
          {open > 0 && trans._n('; %1 of them is stopped', '; %1 of them are stopped', open)}
        </li>
        <li>{trans._n('%1 version of its code', '%1 versions of its code', versions)}</li>
        <li>{trans.__('its backfills and missed deadlines')}</li>
      </ul>
      <p>
        {trans.__(
          'The file %1 stays. The DAG comes back, without its history, when it is read again. Remove the file to be rid of it.',
          row.file
        )}
      </p>
      {runs > 0 && (
        <div>
          <label htmlFor={id}>{trans.__('To delete it, type its name: %1', row.dag_id)}</label>
          <input
            id={id}
            className="couture-Input"
            data-couture="typed-name"
            autoComplete="off"
            value={typed}
            onChange={event => setTyped(event.target.value)}
          />
        </div>
      )}
      {refusal && (
        <p className="couture-FieldError" role="alert">
          {refusal}
        </p>
      )}
      <DialogFooter
        reason={isMeant ? null : trans.__('Type the name of the DAG.')}
        isBusy={isBusy}
        trans={trans}
        onCancel={onCancel}
        buttons={[
          {
            hook: 'send-delete-dag',
            label: trans.__('Delete DAG'),
            isDanger: true,
            run: () => void send()
          }
        ]}
      />
    </div>
  );
}
