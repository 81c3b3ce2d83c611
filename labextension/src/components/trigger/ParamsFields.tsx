import { FormComponent } from '@jupyterlab/ui-components';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type { IChangeEvent } from '@rjsf/core';
import type {
  ErrorSchema,
  FieldProps,
  FieldTemplateProps,
  RJSFSchema,
  UiSchema
} from '@rjsf/utils';
import { createContext, useContext, useId, useMemo, useState } from 'react';
import { jsonProblem } from '../../model/jsonProblem';
import type { Translate } from '../../model/labels';
import type { ParamsForm } from '../../model/paramsForm';
import { jsonProblemText, type DraftProblem } from '../../model/triggerDraft';
import type { Json, JsonObject } from '../../model/wire';
import { confValidator } from './checkConf';

export interface ParamsFieldsProps {
  readonly form: ParamsForm;
  readonly defaults: JsonObject;
  readonly conf: JsonObject;
  /** Those about parameters are shown at their fields. */
  readonly problems: readonly DraftProblem[];
  readonly trans: Translate;
  readonly onConf: (conf: JsonObject) => void;
}

const Translation = createContext<Translate | null>(null);

/** A field for each parameter, by its schema: the lab's own form. */
export function ParamsFields(props: ParamsFieldsProps): JSX.Element {
  const { form, defaults, conf, problems, trans, onConf } = props;
  const uiSchema = useMemo(() => uiSchemaOf(form, defaults, trans), [form, defaults, trans]);
  const names = Object.keys(form.schema['properties'] as JsonObject);
  const known = Object.fromEntries(Object.entries(conf).filter(([name]) => names.includes(name)));
  const others = Object.keys(conf).filter(name => !names.includes(name));
  return (
    <Translation.Provider value={trans}>
      <div className="couture-ParamsFields" data-couture="params-fields">
        <FormComponent
          tagName="div"
          idPrefix="couture-param"
          schema={form.schema as RJSFSchema}
          uiSchema={uiSchema as never}
          formData={known as ReadonlyJSONObject}
          validator={confValidator as never}
          noValidate
          noHtml5Validate
          extraErrors={errorSchemaOf(problems) as never}
          templates={{ FieldTemplate: ParamField as never }}
          fields={{ json: JsonField as never }}
          formContext={{ defaultFormData: {} }}
          compact
          showModifiedFromDefault={false}
          onChange={(event: IChangeEvent<ReadonlyJSONObject>) => {
            const rest = Object.fromEntries(others.map(name => [name, conf[name] ?? null]));
            onConf({ ...((event.formData ?? {}) as JsonObject), ...rest });
          }}
        />
        {others.length > 0 && (
          <p className="couture-faint">
            {trans.__('Also in the JSON, but no parameter of the DAG: %1', others.join(', '))}
          </p>
        )}
      </div>
    </Translation.Provider>
  );
}

function uiSchemaOf(form: ParamsForm, defaults: JsonObject, trans: Translate): UiSchema {
  const found: Record<string, UiSchema> = {};
  for (const [name, schema] of Object.entries(form.schema['properties'] as JsonObject)) {
    const { type } = schema as JsonObject;
    const fallback = defaults[name] ?? null;
    const isNullable = Array.isArray(type) && type.includes('null');
    const isText = type === 'string' || isNullable;
    found[name] = {
      ...(form.asJson.has(name) ? { 'ui:field': 'json' } : {}),
      ...(form.multiline.has(name) ? { 'ui:widget': 'textarea' } : {}),
      ...(isText && !form.required.includes(name)
        ? { 'ui:emptyValue': isNullable ? null : '' }
        : {}),
      ...(fallback === null || typeof fallback === 'object'
        ? {}
        : { 'ui:placeholder': trans.__('default: %1', String(fallback)) })
    };
  }
  return found;
}

/** Problems as the form takes them: a tree along the places. */
function errorSchemaOf(problems: readonly DraftProblem[]): ErrorSchema {
  const root: Record<string, unknown> = {};
  for (const { place, message } of problems) {
    const [head, ...path] = place.split('.');
    if (head !== 'conf' || path.length === 0) {
      continue;
    }
    let at = root;
    for (const step of path) {
      at = (at[step] ??= {}) as Record<string, unknown>;
    }
    at['__errors'] = [...((at['__errors'] as string[] | undefined) ?? []), message];
  }
  return root as ErrorSchema;
}

/** Label, field, what it means and what is wrong with it, one below the other. */
function ParamField(props: FieldTemplateProps): JSX.Element {
  const { id, label, displayLabel, required, schema, rawErrors, children, hidden } = props;
  if (hidden) {
    return <div hidden>{children}</div>;
  }
  const isRoot = id === 'couture-param';
  const isGroup = schema.type === 'object' || schema.type === 'array';
  const isJson = props.uiSchema?.['ui:field'] === 'json';
  return (
    <div
      className="couture-ParamField"
      data-root={isRoot}
      data-param={id.replace('couture-param_', '')}
    >
      {!isRoot && (isJson || (displayLabel && !isGroup)) && (
        <label htmlFor={id}>
          {label}
          {required && <span className="couture-ParamField-required"> *</span>}
        </label>
      )}
      {children}
      {!isRoot && schema.description && (isJson || (!isGroup && schema.type !== 'boolean')) && (
        <p className="couture-faint">{schema.description}</p>
      )}
      {(rawErrors ?? []).map(text => (
        <p key={text} className="couture-FieldError" role="alert">
          {text}
        </p>
      ))}
    </div>
  );
}

/** A value for which there is no field of its own, as JSON. */
function JsonField(props: FieldProps): JSX.Element {
  const trans = useContext(Translation);
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
        {problem && trans ? jsonProblemText(problem, trans) : 'JSON'}
      </p>
    </>
  );
}
