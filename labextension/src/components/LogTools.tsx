/** The bars over a log: what to see of it, where to jump, what to take away. */
import {
  caretDownEmptyThinIcon,
  caretUpEmptyThinIcon,
  closeIcon,
  copyIcon,
  downloadIcon,
  errorIcon,
  HTMLSelect,
  searchIcon
} from '@jupyterlab/ui-components';
import { forwardRef, type KeyboardEvent } from 'react';
import type { Translate } from '../model/labels';
import { LOG_LEVELS, type LogLevel } from '../model/logLevels';
import { IconButton } from './IconButton';
import { tailIcon, wrapIcon } from './icons';

export interface LogToolsProps {
  readonly status: string;
  readonly least: LogLevel;
  readonly errors: number;
  readonly isSearching: boolean;
  readonly isWrapped: boolean;
  readonly isAtEnd: boolean;
  readonly downloadUrl: string;
  readonly trans: Translate;
  readonly onLevel: (least: LogLevel) => void;
  readonly onSearch: () => void;
  readonly onFirstError: () => void;
  readonly onNextError: () => void;
  readonly onWrap: (isWrapped: boolean) => void;
  readonly onEnd: () => void;
  readonly onCopy: () => void;
}

export function LogTools(props: LogToolsProps): JSX.Element {
  const { least, errors, isWrapped, isAtEnd, trans } = props;
  const levels: Readonly<Record<LogLevel, string>> = {
    debug: trans.__('All levels'),
    info: trans.__('INFO and up'),
    warning: trans.__('WARNING and up'),
    error: trans.__('ERROR')
  };
  return (
    <div className="couture-Log-bar" role="toolbar" aria-label={trans.__('Log tools')}>
      <span className="couture-Log-status" role="status">
        {props.status}
      </span>
      <span className="couture-spring" />
      {errors > 0 && (
        <span className="couture-Log-errors" data-couture="log-errors">
          <IconButton
            icon={errorIcon}
            hook="log-first-error"
            text={trans._n('%1 error', '%1 errors', errors, errors)}
            label={trans.__('Jump to the first error of %1', errors)}
            onClick={props.onFirstError}
          />
          <IconButton
            icon={caretDownEmptyThinIcon}
            hook="log-next-error"
            label={trans.__('Jump to the next error')}
            onClick={props.onNextError}
          />
        </span>
      )}
      <span className="couture-Log-tools">
        <HTMLSelect
          className="couture-Select"
          value={least}
          data-couture="log-level"
          aria-label={trans.__('Lines to show')}
          onChange={event => {
            const level = LOG_LEVELS.find(known => known === event.target.value);
            props.onLevel(level ?? 'debug');
          }}
        >
          {LOG_LEVELS.map(level => (
            <option key={level} value={level}>
              {levels[level]}
            </option>
          ))}
        </HTMLSelect>
        <IconButton
          icon={searchIcon}
          hook="log-search"
          label={trans.__('Find in the log (Ctrl+F)')}
          isPressed={props.isSearching}
          onClick={props.onSearch}
        />
        <IconButton
          icon={wrapIcon}
          label={trans.__('Wrap lines')}
          isPressed={isWrapped}
          onClick={() => props.onWrap(!isWrapped)}
        />
        <IconButton
          icon={tailIcon}
          hook="log-follow"
          label={trans.__('Follow the end')}
          isPressed={isAtEnd}
          onClick={props.onEnd}
        />
        <IconButton
          icon={copyIcon}
          hook="log-copy"
          label={trans.__('Copy the lines shown')}
          onClick={props.onCopy}
        />
        <a
          className="couture-Button"
          data-kind="icon"
          data-couture="log-download"
          href={props.downloadUrl}
          download=""
          title={trans.__('Download the whole log')}
          aria-label={trans.__('Download the whole log')}
        >
          <downloadIcon.react tag="span" className="couture-Button-icon" />
        </a>
      </span>
    </div>
  );
}

export interface LogFindProps {
  readonly query: string;
  /** Which match is shown, from 0; -1: none yet. */
  readonly at: number;
  readonly total: number;
  /** Only a part of the log is here to be searched. */
  readonly isPart: boolean;
  readonly trans: Translate;
  readonly onQuery: (query: string) => void;
  readonly onStep: (step: 1 | -1) => void;
  readonly onClose: () => void;
}

/** The search box; Enter goes on, Shift+Enter back, Escape closes. */
export const LogFind = forwardRef<HTMLInputElement, LogFindProps>(
  function LogFind(props, input): JSX.Element {
    const { query, at, total, isPart, trans, onStep } = props;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key === 'Enter') {
        onStep(event.shiftKey ? -1 : 1);
      } else if (event.key === 'Escape') {
        props.onClose();
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    };
    const count =
      total === 0 ? trans.__('no matches') : trans.__('%1 of %2', Math.max(0, at) + 1, total);
    return (
      <div className="couture-Log-bar couture-Log-find" role="search">
        <input
          ref={input}
          className="couture-Input"
          data-couture="log-query"
          value={query}
          spellCheck={false}
          placeholder={isPart ? trans.__('Find in the part shown') : trans.__('Find in the log')}
          aria-label={trans.__('Find in the log')}
          onChange={event => props.onQuery(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <span className="couture-Log-count" role="status" data-couture="log-matches">
          {query === '' ? '' : count}
        </span>
        <IconButton
          icon={caretUpEmptyThinIcon}
          label={trans.__('Previous match (Shift+Enter)')}
          isDisabled={total === 0}
          onClick={() => onStep(-1)}
        />
        <IconButton
          icon={caretDownEmptyThinIcon}
          label={trans.__('Next match (Enter)')}
          isDisabled={total === 0}
          onClick={() => onStep(1)}
        />
        <IconButton icon={closeIcon} label={trans.__('Close the search')} onClick={props.onClose} />
      </div>
    );
  }
);
