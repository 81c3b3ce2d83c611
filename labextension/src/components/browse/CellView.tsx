import { copyIcon } from '@jupyterlab/ui-components';
import { exactTime, jsonText, stateLabel, type Cell, type Place } from '../../model/browse/cells';
import type { PageId } from '../../model/browse/pageIds';
import { formatDuration, formatUtcShort } from '../../model/format';
import type { Translate } from '../../model/labels';
import { IconButton } from '../IconButton';
import { StateMark } from '../StateMark';
import { Note } from './Note';

/** A value may have a million characters. */
const CELL_LENGTH = 200;
const TITLE_LENGTH = 2000;

export interface CellActions {
  readonly open: (place: Place) => void;
  /** Absent where there is no place for another page. */
  readonly openPage?: (page: PageId, filters: Readonly<Record<string, string>>) => void;
  readonly copy: (text: string) => void;
}

export interface CellViewProps {
  readonly cell: Cell | undefined;
  readonly label: string;
  readonly trans: Translate;
  readonly actions: CellActions;
  /** Absent where notes may only be read. */
  readonly onNote?: (note: string) => Promise<boolean>;
  /** Opens what the row is about; absent where nothing more is to be seen. */
  readonly onRow?: () => void;
}

/** What stands in one cell of a list. */
export function CellView(props: CellViewProps): JSX.Element {
  const { cell, label, trans, actions, onNote, onRow } = props;
  if (!cell) {
    return <></>;
  }
  switch (cell.type) {
    case 'text':
      return <>{cell.text}</>;
    case 'code':
      return <code>{cell.text}</code>;
    case 'number':
      return <span className="couture-number">{cell.value ?? ''}</span>;
    case 'state':
      return (
        <span
          className="couture-StateText couture-state"
          data-state={cell.state}
          title={cell.why ?? undefined}
        >
          <StateMark state={cell.state} /> {stateLabel(cell.state, trans)}
        </span>
      );
    case 'condition':
      return (
        <span
          className="couture-StateText couture-state"
          data-state={cell.like}
          data-condition={cell.id}
          title={cell.why(trans) ?? undefined}
        >
          <StateMark state={cell.like} /> {cell.label(trans)}
        </span>
      );
    case 'time':
      return <TimeText at={cell.at} isExact={cell.isExact} />;
    case 'seconds':
      return <span className="couture-number">{formatDuration(cell.seconds)}</span>;
    case 'places':
      return (
        <span className="couture-BrowseTable-links">
          {cell.links.map(link => (
            <button
              key={link.text}
              type="button"
              className="couture-LinkButton"
              title={link.text}
              onClick={() => actions.open(link.place)}
            >
              {link.text}
            </button>
          ))}
        </span>
      );
    case 'page':
      return actions.openPage ? (
        <button
          type="button"
          className="couture-LinkButton"
          title={trans.__('Updates of %1', cell.text)}
          onClick={() => actions.openPage?.(cell.page, cell.filters)}
        >
          {cell.text}
        </button>
      ) : (
        <>{cell.text}</>
      );
    case 'json':
      return <code title={jsonText(cell.value)}>{jsonText(cell.value)}</code>;
    case 'note':
      return <Note text={cell.text} label={label} trans={trans} onNote={onNote} />;
    case 'opener':
      return onRow ? (
        <button
          type="button"
          className="couture-LinkButton"
          data-couture="open-row"
          onClick={onRow}
        >
          {cell.text}
        </button>
      ) : (
        <>{cell.text}</>
      );
    case 'value':
      return <ValueText cell={cell} trans={trans} />;
    case 'copy':
      return (
        <span className="couture-BrowseTable-links">
          {cell.texts.map(each => (
            <IconButton
              key={each.label}
              icon={copyIcon}
              hook={`copy-${each.label.toLowerCase()}`}
              text={each.label}
              label={trans.__('Copy for %1: %2', each.label, each.text)}
              onClick={() => actions.copy(each.text)}
            />
          ))}
        </span>
      );
  }
}

interface ValueTextProps {
  readonly cell: Extract<Cell, { type: 'value' }>;
  readonly trans: Translate;
}

/** A value with what is to be known about it. */
function ValueText({ cell, trans }: ValueTextProps): JSX.Element {
  const { text, isHidden, warning } = cell;
  const mark =
    text === null
      ? { kind: 'unreadable', word: trans.__('no key opens it'), why: '' }
      : isHidden
        ? {
            kind: 'hidden',
            word: trans.__('hidden'),
            why: trans.__('A name says that it is secret: *** stands for what is hidden.')
          }
        : warning !== ''
          ? { kind: 'warning', word: trans.__('not hidden'), why: trans.__('It %1.', warning) }
          : null;
  return (
    <span className="couture-ValueText">
      {text !== null && (
        <code title={text.slice(0, TITLE_LENGTH)}>{text.slice(0, CELL_LENGTH)}</code>
      )}
      {mark && (
        <span
          className="couture-ValueText-mark"
          data-kind={mark.kind}
          title={mark.why || undefined}
        >
          {mark.word}
        </span>
      )}
    </span>
  );
}

function TimeText({
  at,
  isExact
}: {
  readonly at: string | null;
  readonly isExact: boolean;
}): JSX.Element {
  return at === null ? (
    <></>
  ) : (
    <time className="couture-number" dateTime={at} title={exactTime(at)}>
      {isExact ? exactTime(at) : formatUtcShort(at)}
    </time>
  );
}
