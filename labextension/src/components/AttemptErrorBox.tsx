import { useMemo } from 'react';
import { parseAnsi } from '../model/ansi';
import { errorText } from '../model/errorText';
import type { Translate } from '../model/labels';
import type { AttemptError } from '../model/wire';
import { AnsiText } from './AnsiText';

export interface AttemptErrorBoxProps {
  readonly error: AttemptError;
  readonly trans: Translate;
}

/** Why an attempt failed: one line at once, so that the log has room; everything on request. */
export function AttemptErrorBox({ error, trans }: AttemptErrorBoxProps): JSX.Element {
  const { headline, rest } = useMemo(() => errorText(error), [error]);
  return (
    <div className="couture-AttemptError" data-couture="attempt-error" role="alert">
      <p className="couture-AttemptError-message">
        <strong>{error.type}</strong> <AnsiText spans={parseAnsi(headline).spans} />
      </p>
      {error.hint && <p className="couture-faint">{error.hint}</p>}
      {rest !== '' && (
        <details>
          <summary>{trans.__('Show all')}</summary>
          <pre tabIndex={0} role="group" aria-label={trans.__('The whole error')}>
            {rest.split('\n').map((line, index) => (
              <span key={index}>
                <AnsiText spans={parseAnsi(line).spans} />
                {'\n'}
              </span>
            ))}
          </pre>
        </details>
      )}
    </div>
  );
}
