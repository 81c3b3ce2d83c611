import { HTMLSelect } from '@jupyterlab/ui-components';
import { useId, useState } from 'react';
import type { Translate } from '../../model/labels';
import { parseFile } from '../../model/variableDraft';
import type { IfExists, ImportReport } from '../../model/wireVariables';
import { DialogFooter } from '../DialogFooter';

export interface ImportFormProps {
  readonly trans: Translate;
  /** `text` is the file's; resolves to what came of it, or to what the server says against all of it. */
  readonly onImport: (
    text: string,
    ifExists: IfExists
  ) => Promise<{ readonly report: ImportReport } | { readonly refusal: string }>;
  readonly onClose: () => void;
}

/** What one request takes, with room for what stands around the file. */
const LARGEST_BYTES = 1024 * 1024 - 200;
const NAMED = 12;

type File_ = { readonly name: string; readonly text: string };

/** Many variables out of a file: what it holds is said before, what came of each afterwards. */
export function ImportForm({ trans, onImport, onClose }: ImportFormProps): JSX.Element {
  const [file, setFile] = useState<File_ | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [ifExists, setIfExists] = useState<IfExists>('skip');
  const [report, setReport] = useState<ImportReport | null>(null);
  const [isBusy, setBusy] = useState(false);
  const id = useId();
  const parsed = file && parseFile(file.text, trans);
  const trouble = problem ?? (parsed && 'problem' in parsed ? parsed.problem : null);
  const names = parsed && 'variables' in parsed ? Object.keys(parsed.variables) : [];
  const read = async (chosen: File): Promise<void> => {
    setFile(null);
    setProblem(
      chosen.size > LARGEST_BYTES
        ? trans.__(
            'The file is larger than 1 MiB. On the command line "jupyter couture variables import FILE" takes it.'
          )
        : null
    );
    if (chosen.size <= LARGEST_BYTES) {
      setFile({ name: chosen.name, text: await chosen.text() });
    }
  };
  const send = async (): Promise<void> => {
    if (file) {
      setBusy(true);
      const answer = await onImport(file.text, ifExists);
      setBusy(false);
      if ('report' in answer) {
        setReport(answer.report);
      } else {
        setProblem(answer.refusal);
      }
    }
  };
  if (report) {
    return <Report report={report} trans={trans} onClose={onClose} />;
  }
  return (
    <div className="couture-Form" data-couture="import-form">
      <p className="couture-faint">
        {trans.__(
          'A JSON object of keys and values, as Export and "jupyter couture variables export" write it; Airflow\'s exports, too. A value may be any JSON, or {"value": …, "description": …}.'
        )}
      </p>
      <div>
        <label htmlFor={`${id}-file`}>{trans.__('File')}</label>
        <input
          id={`${id}-file`}
          type="file"
          accept=".json,application/json"
          data-couture="import-file"
          aria-describedby={`${id}-found`}
          onClick={event => {
            // A file that was mended has the name it had: the browser would not tell.
            event.currentTarget.value = '';
            setFile(null);
            setProblem(null);
          }}
          onChange={event => {
            const [chosen] = event.target.files ?? [];
            if (chosen) {
              void read(chosen);
            }
          }}
        />
      </div>
      <div id={`${id}-found`} aria-live="polite" data-couture="import-found">
        {trouble && <p className="couture-FieldError">{trouble}</p>}
        {names.length > 0 && !trouble && (
          <p>
            {trans._n('%1 variable: %2', '%1 variables: %2', names.length, listed(names, trans))}
          </p>
        )}
      </div>
      <div>
        <label htmlFor={`${id}-exists`}>{trans.__('Keys that are there already')}</label>
        <HTMLSelect
          id={`${id}-exists`}
          className="couture-Select"
          data-couture="if-exists"
          value={ifExists}
          onChange={event => setIfExists(event.target.value as IfExists)}
        >
          <option value="skip">{trans.__('leave as they are')}</option>
          <option value="overwrite">{trans.__('take the value of the file')}</option>
          <option value="fail">{trans.__('count as failures')}</option>
        </HTMLSelect>
      </div>
      <DialogFooter
        reason={names.length > 0 && !trouble ? null : trans.__('Choose a file.')}
        isBusy={isBusy}
        trans={trans}
        onCancel={onClose}
        buttons={[
          {
            hook: 'send-import',
            label: trans.__('Import'),
            isMain: true,
            run: () => void send()
          }
        ]}
      />
    </div>
  );
}

interface ReportProps {
  readonly report: ImportReport;
  readonly trans: Translate;
  readonly onClose: () => void;
}

function Report({ report, trans, onClose }: ReportProps): JSX.Element {
  const { created, updated, skipped, failed } = report;
  const lists: readonly (readonly [string, readonly string[]])[] = [
    [trans.__('Created'), created],
    [trans.__('Updated'), updated],
    [trans.__('Left as they are'), skipped]
  ];
  return (
    <div className="couture-Form" data-couture="import-report" role="status">
      {lists.map(
        ([label, names]) =>
          names.length > 0 && (
            <p key={label}>
              <strong>{trans.__('%1: %2', label, names.length)}</strong> {listed(names, trans)}
            </p>
          )
      )}
      {failed.length > 0 && (
        <div>
          <strong className="couture-FieldError">{trans.__('Failed: %1', failed.length)}</strong>
          <ul className="couture-Losses">
            {failed.map(({ name, message }) => (
              <li key={name}>
                <code>{name}</code> {message}
              </li>
            ))}
          </ul>
        </div>
      )}
      <div className="couture-DialogFooter">
        <button
          type="button"
          className="jp-Dialog-button jp-mod-accept jp-mod-styled"
          data-couture="close-report"
          autoFocus
          onClick={onClose}
        >
          <span className="jp-Dialog-buttonLabel">{trans.__('Close')}</span>
        </button>
      </div>
    </div>
  );
}

function listed(names: readonly string[], trans: Translate): string {
  const shown = names.slice(0, NAMED).join(', ');
  return names.length > NAMED ? trans.__('%1 and %2 more', shown, names.length - NAMED) : shown;
}
