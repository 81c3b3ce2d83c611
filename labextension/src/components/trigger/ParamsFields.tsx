import { FormComponent } from '@jupyterlab/ui-components';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type { IChangeEvent } from '@rjsf/core';
import type { ErrorSchema, RJSFSchema, UiSchema } from '@rjsf/utils';
import { useId, useMemo } from 'react';
import type { Translate } from '../../model/labels';
import { isChoices, type ParamsForm } from '../../model/paramsForm';
import type { DraftProblem } from '../../model/triggerDraft';
import type { JsonObject } from '../../model/wire';
import { confValidator } from './checkConf';
import { JsonField } from './JsonField';
import { PARAM_ID, ParamField, ParamGroup, ParamList, ParamTranslation } from './templates';

export interface ParamsFieldsProps {
  readonly form: ParamsForm;
  readonly defaults: JsonObject;
  readonly conf: JsonObject;
  /** Those about parameters are shown at their fields. */
  readonly problems: readonly DraftProblem[];
  readonly trans: Translate;
  readonly onConf: (conf: JsonObject) => void;
}

/** What is not given stays so: the run then has the default of the DAG. */
const NO_DEFAULTS = {
  arrayMinItems: { populate: 'never' },
  emptyObjectFields: 'skipDefaults',
  constAsDefaults: 'never'
} as const;

const TEMPLATES = {
  FieldTemplate: ParamField,
  ArrayFieldTemplate: ParamList,
  ObjectFieldTemplate: ParamGroup
};

/** A field for each parameter, by its schema: the lab's own form. */
export function ParamsFields(props: ParamsFieldsProps): JSX.Element {
  const { form, defaults, conf, problems, trans, onConf } = props;
  const uiSchema = useMemo(() => uiSchemaOf(form, defaults, trans), [form, defaults, trans]);
  const id = useId();
  const names = Object.keys(form.schema['properties'] as JsonObject);
  const known = Object.fromEntries(Object.entries(conf).filter(([name]) => names.includes(name)));
  const others = Object.keys(conf).filter(name => !names.includes(name));
  return (
    <ParamTranslation.Provider value={trans}>
      <div className="couture-ParamsFields" data-couture="params-fields">
        <FormComponent
          tagName="div"
          idPrefix={PARAM_ID + id.replace(/[:_]/g, '')}
          schema={form.schema as RJSFSchema}
          uiSchema={uiSchema as never}
          formData={known as ReadonlyJSONObject}
          validator={confValidator as never}
          noValidate
          showErrorList={false}
          experimental_defaultFormStateBehavior={NO_DEFAULTS}
          noHtml5Validate
          extraErrors={errorSchemaOf(problems) as never}
          templates={TEMPLATES as never}
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
    </ParamTranslation.Provider>
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
      ...(isChoices(schema as JsonObject) ? { 'ui:widget': 'checkboxes' } : {}),
      ...(isText && !form.required.includes(name)
        ? { 'ui:emptyValue': isNullable ? null : '' }
        : {}),
      'ui:options': { fallback: JSON.stringify(fallback), inline: true },
      ...(fallback === null || fallback === '' || typeof fallback === 'object'
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
