import type { FieldProps } from '@rjsf/utils';
import { useContext, useId, useState } from 'react';
import { jsonProblem } from '../../model/jsonProblem';
import { jsonProblemText } from '../../model/triggerDraft';
import type { Json } from '../../model/wire';
import { ParamTranslation } from './templates';

const LANGUAGE = 'JSON';

/** A value for which there is no field of its own, as JSON. */
export function JsonField(props: FieldProps): JSX.Element {
  const trans = useContext(ParamTranslation);
  const hint = useId();
  const written = props.formData === undefined ? '' : JSON.stringify(props.formData, null, 2);
  const [text, setText] = useState(written);
  const [shown, setShown] = useState(written);
  if (written !== shown && jsonProblem(text) === null) {
    // Changed from outside: a recent configuration was picked.
    setShown(written);
    if (text.trim() === '' || JSON.stringify(JSON.parse(text)) !== JSON.stringify(props.formData)) {
      setText(written);
    }
  }
  const problem = text.trim() === '' ? null : jsonProblem(text);
  return (
    <>
      <textarea
        id={props.idSchema.$id}
        className="couture-Input couture-ParamField-json"
        rows={Math.min(8, Math.max(2, text.split('\n').length))}
        spellCheck={false}
        value={text}
        aria-describedby={hint}
        aria-invalid={problem !== null}
        onChange={event => {
          const next = event.target.value;
          setText(next);
          if (next.trim() === '') {
            props.onChange(undefined);
          } else if (jsonProblem(next) === null) {
            props.onChange(JSON.parse(next) as Json);
          }
        }}
      />
      <p id={hint} className={problem ? 'couture-FieldError' : 'couture-faint'}>
        {problem && trans ? jsonProblemText(problem, trans) : LANGUAGE}
      </p>
    </>
  );
}
