import { useState } from 'react';
import type { Translate } from '../model/labels';
import type { ImportError } from '../model/wire';

export interface ImportErrorsProps {
  readonly errors: readonly ImportError[];
  readonly trans: Translate;
  /** Null where nothing can open files. */
  readonly onOpen: ((file: string, line: number | null) => void) | null;
}

const FEW = 3;

function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/** DAG files that could not be read, each with the line to look at. */
export function ImportErrors({ errors, trans, onOpen }: ImportErrorsProps): JSX.Element | null {
  const [showsAll, setShowsAll] = useState(false);
  if (errors.length === 0) {
    return null;
  }
  const shown = showsAll ? errors : errors.slice(0, FEW);
  return (
    <section
      className="couture-ImportErrors"
      data-couture="import-errors"
      role="alert"
      aria-label={trans.__('Import errors')}
    >
      <h3>{trans._n('%1 DAG file has an error', '%1 DAG files have errors', errors.length)}</h3>
      <ul>
        {shown.map(error => (
          <li key={`${error.file}:${error.line}:${error.message}`}>
            <button
              type="button"
              className="couture-LinkButton"
              disabled={onOpen === null}
              title={onOpen ? trans.__('Open %1', error.file) : error.file}
              onClick={() => onOpen?.(error.file, error.line)}
            >
              {error.line === null ? baseName(error.file) : `${baseName(error.file)}:${error.line}`}
            </button>
            <span className="couture-ImportErrors-message" title={error.message}>
              {error.message}
            </span>
          </li>
        ))}
      </ul>
      {errors.length > FEW && (
        <button
          type="button"
          className="couture-LinkButton"
          onClick={() => setShowsAll(before => !before)}
        >
          {showsAll ? trans.__('Show fewer') : trans.__('Show all %1', errors.length)}
        </button>
      )}
    </section>
  );
}
