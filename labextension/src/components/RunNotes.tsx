import type { Translate } from '../model/labels';
import type { RunChoice, Shown } from '../model/shownRun';

export interface RunNotesProps {
  readonly shown: Shown;
  readonly isPaused: boolean;
  readonly trans: Translate;
  readonly onChoice: (choice: RunChoice) => void;
  readonly onTurnOn: () => void;
}

/** One line over the graph when what it shows needs a word. */
export function RunNotes(props: RunNotesProps): JSX.Element | null {
  const { shown, isPaused, trans, onChoice, onTurnOn } = props;
  if (shown.run?.state === 'queued' && isPaused) {
    return (
      <Note
        text={trans.__('The DAG is off: this run waits until you turn it on.')}
        action={trans.__('Turn on')}
        onAction={onTurnOn}
      />
    );
  }
  if (shown.note === 'newer-version') {
    return (
      <Note
        text={trans.__('This run uses an older version of the DAG.')}
        action={trans.__('Show the newest version')}
        onAction={() => onChoice({ kind: 'version' })}
      />
    );
  }
  if (shown.note === 'version-never-run') {
    return <Note text={trans.__('The newest version, without the states of a run.')} />;
  }
  return null;
}

interface NoteProps {
  readonly text: string;
  readonly action?: string;
  readonly onAction?: () => void;
}

function Note({ text, action, onAction }: NoteProps): JSX.Element {
  return (
    <div className="couture-Banner" data-kind="info" data-couture="run-note" role="status">
      <span>{text}</span>
      {action && (
        <button type="button" className="couture-LinkButton" onClick={onAction}>
          {action}
        </button>
      )}
    </div>
  );
}
