import { editIcon } from '@jupyterlab/ui-components';
import { useState } from 'react';
import type { Translate } from '../../model/labels';
import { IconButton } from '../IconButton';

export interface NoteProps {
  readonly text: string;
  readonly label: string;
  readonly trans: Translate;
  readonly onNote: ((note: string) => Promise<boolean>) | undefined;
}

/** A note that is changed where it stands. */
export function Note({ text, label, trans, onNote }: NoteProps): JSX.Element {
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
