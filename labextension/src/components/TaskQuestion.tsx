import { useId, useState } from 'react';
import { newAnswer, readParams } from '../model/answerDraft';
import { formatUtc } from '../model/format';
import type { Translate } from '../model/labels';
import type { JsonObject } from '../model/wire';
import type { Question } from '../model/wireTask';

export interface TaskQuestionProps {
  readonly asked: Question;
  /** Who is here; only some may be asked. */
  readonly user: string | null;
  readonly mayAnswer: boolean;
  readonly isBusy: boolean;
  readonly problem: string | null;
  readonly trans: Translate;
  readonly onAnswer: (options: readonly string[], params: JsonObject) => void;
}

/** A task that waits for a person: what it asks, and the answers it takes. */
export function TaskQuestion(props: TaskQuestionProps): JSX.Element {
  const { asked, user, isBusy, trans } = props;
  const [draft, setDraft] = useState(() => newAnswer(asked));
  const [unread, setUnread] = useState<string | null>(null);
  const id = useId();
  const isAsked = asked.assignees.length === 0 || (user !== null && asked.assignees.includes(user));
  const mayAnswer = props.mayAnswer && isAsked;
  const answer = (options: readonly string[]): void => {
    const read = readParams(asked, draft, trans);
    setUnread('problem' in read ? read.problem : null);
    if ('params' in read) {
      props.onAnswer(options, read.params);
    }
  };
  const problem = unread ?? props.problem;
  return (
    <form
      className="couture-Question"
      data-couture="question"
      aria-label={trans.__('Question')}
      onSubmit={event => event.preventDefault()}
    >
      <h3>{asked.subject}</h3>
      {asked.body && <p className="couture-Question-body">{asked.body}</p>}
      {asked.until && (
        <p className="couture-faint">{trans.__('It asks until %1.', formatUtc(asked.until))}</p>
      )}
      {asked.assignees.length > 0 && (
        <p className="couture-faint">{trans.__('It asks %1.', asked.assignees.join(', '))}</p>
      )}
      {mayAnswer &&
        Object.keys(asked.params).map(name => (
          <label key={name} className="couture-Question-param" htmlFor={`${id}-${name}`}>
            <span>{name}</span>
            <input
              id={`${id}-${name}`}
              className="couture-Input"
              value={draft.params[name] ?? ''}
              spellCheck={false}
              onChange={event =>
                setDraft({ ...draft, params: { ...draft.params, [name]: event.target.value } })
              }
            />
          </label>
        ))}
      {mayAnswer && asked.multiple && (
        <fieldset className="couture-Question-options">
          <legend className="couture-hidden">{trans.__('Options')}</legend>
          {asked.options.map(option => (
            <label key={option}>
              <input
                type="checkbox"
                checked={draft.options.includes(option)}
                onChange={event =>
                  setDraft({
                    ...draft,
                    options: asked.options.filter(known =>
                      known === option ? event.target.checked : draft.options.includes(known)
                    )
                  })
                }
              />
              {option}
            </label>
          ))}
        </fieldset>
      )}
      {mayAnswer && (
        <div className="couture-Question-buttons">
          {asked.multiple ? (
            <AnswerButton
              label={trans.__('Answer')}
              isDisabled={isBusy || draft.options.length === 0}
              onClick={() => answer(draft.options)}
            />
          ) : (
            asked.options.map(option => (
              <AnswerButton
                key={option}
                label={option}
                isDisabled={isBusy}
                onClick={() => answer([option])}
              />
            ))
          )}
        </div>
      )}
      {!mayAnswer && (
        <p className="couture-faint">
          {isAsked
            ? trans.__('You may not answer: it takes the right to change tasks.')
            : trans.__('You are not among those it asks.')}
        </p>
      )}
      {problem && (
        <p className="couture-TriggerForm-problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}

interface AnswerButtonProps {
  readonly label: string;
  readonly isDisabled: boolean;
  readonly onClick: () => void;
}

function AnswerButton({ label, isDisabled, onClick }: AnswerButtonProps): JSX.Element {
  return (
    <button
      type="button"
      className="couture-Question-answer"
      data-couture="answer"
      data-option={label}
      disabled={isDisabled}
      onClick={onClick}
    >
      {label}
    </button>
  );
}
