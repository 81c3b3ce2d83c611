import type { Translate } from '../model/labels';
import { parseAnsi } from '../model/ansi';
import type { AttemptError } from '../model/wire';
import { AnsiText } from './AnsiText';

export interface AttemptErrorBoxProps {
  readonly error: AttemptError;
  readonly trans: Translate;
}

/** Why an attempt failed: the message at once, the traceback on request. */
export function AttemptErrorBox({ error, trans }: AttemptErrorBoxProps): JSX.Element {
  return (
    <div className="couture-AttemptError" data-couture="attempt-error" role="alert">
      <p className="couture-AttemptError-message">
        <strong>{error.type}</strong> <AnsiText spans={parseAnsi(error.message).spans} />
      </p>
      {error.hint && <p className="couture-faint">{error.hint}</p>}
      {error.traceback && (
        <details>
          <summary>{trans.__('Traceback')}</summary>
          <pre>
            {error.traceback.split('\n').map((line, index) => (
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
