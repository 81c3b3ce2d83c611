import { editIcon } from '@jupyterlab/ui-components';
import { useState } from 'react';
import { exactTime, jsonText, stateLabel, type Cell, type Place } from '../../model/browse/cells';
import type { PageId } from '../../model/browse/pageIds';
import { formatDuration, formatUtcShort } from '../../model/format';
import type { Translate } from '../../model/labels';
import { IconButton } from '../IconButton';
import { StateMark } from '../StateMark';

export interface CellActions {
  readonly open: (place: Place) => void;
  /** Absent where there is no place for another page. */
  readonly openPage?: (page: PageId, filters: Readonly<Record<string, string>>) => void;
}

export interface CellViewProps {
  readonly cell: Cell | undefined;
  readonly label: string;
  readonly trans: Translate;
  readonly actions: CellActions;
  /** Absent where notes may only be read. */
  readonly onNote?: (note: string) => Promise<boolean>;
}

/** What stands in one cell of a list. */
export function CellView({ cell, label, trans, actions, onNote }: CellViewProps): JSX.Element {
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
  }
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

interface NoteProps {
  readonly text: string;
  readonly label: string;
  readonly trans: Translate;
  readonly onNote: ((note: string) => Promise<boolean>) | undefined;
}

/** A note that is changed where it stands. */
function Note({ text, label, trans, onNote }: NoteProps): JSX.Element {
  const [draft, setDraft] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  if (!onNote) {
    return <>{text}</>;
  }
  if (draft === null) {
    return (
      <span className="couture-BrowseNote">
        <span className="couture-BrowseNote-text">{text}</span>
        <IconButton
          icon={editIcon}
          hook="edit-note"
          label={trans.__('Edit the description')}
          onClick={() => setDraft(text)}
        />
      </span>
    );
  }
  const save = async (): Promise<void> => {
    setBusy(true);
    const isSaved = await onNote(draft);
    setBusy(false);
    if (isSaved) {
      setDraft(null);
    }
  };
  return (
    <span className="couture-BrowseNote">
      <textarea
        className="couture-Input"
        aria-label={label}
        data-couture="note"
        rows={2}
        autoFocus
        value={draft}
        disabled={isBusy}
        onChange={event => setDraft(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Escape') {
            setDraft(null);
          }
        }}
      />
      <button
        type="button"
        className="couture-LinkButton"
        data-couture="save-note"
        disabled={isBusy}
        onClick={() => void save()}
      >
        {trans.__('Save')}
      </button>
      <button
        type="button"
        className="couture-LinkButton"
        disabled={isBusy}
        onClick={() => setDraft(null)}
      >
        {trans.__('Cancel')}
      </button>
    </span>
  );
}
