/** How the fields of a DAG's parameters are laid out: labels that belong to their fields, lists, groups. */
import { addIcon, caretDownIcon, caretUpIcon, deleteIcon } from '@jupyterlab/ui-components';
import type {
  ArrayFieldTemplateProps,
  FieldTemplateProps,
  ObjectFieldTemplateProps
} from '@rjsf/utils';
import { createContext, useContext } from 'react';
import type { Translate } from '../../model/labels';
import { isChoices } from '../../model/paramsForm';
import type { JsonObject } from '../../model/wire';
import { IconButton } from '../IconButton';

/** What ids of fields begin with: up to the first underscore they name the form, behind it the parameter. */
export const PARAM_ID = 'couture-param';
export const ParamTranslation = createContext<Translate | null>(null);
/** Whether a field is one of a list; its id does not say it, for a parameter may be called `part_1`, too. */
const IsItem = createContext(false);

/** Label, field, what it means and what is wrong with it, one below the other. */
export function ParamField(props: FieldTemplateProps): JSX.Element {
  const { id, label, displayLabel, required, schema, rawErrors, children, hidden } = props;
  const trans = useContext(ParamTranslation);
  const isItem = useContext(IsItem);
  if (hidden) {
    return <div hidden>{children}</div>;
  }
  const isRoot = !id.includes('_');
  const isText = schema.type === 'string' || schema.type === 'number' || schema.type === 'integer';
  const said: unknown = props.uiSchema?.['ui:options']?.['fallback'];
  // Fields of texts and numbers have it as their placeholder.
  const fallback =
    props.formData === undefined && !isText && !required && typeof said === 'string' ? said : null;
  const isGroup = schema.type === 'object' || schema.type === 'array';
  const isJson = props.uiSchema?.['ui:field'] === 'json';
  const param = id.slice(id.indexOf('_') + 1);
  if (isChoices(schema as JsonObject)) {
    return (
      <fieldset className="couture-ParamList" data-param={param}>
        <legend>
          {label}
          {required && <span className="couture-ParamField-required"> *</span>}
        </legend>
        {schema.description && <p className="couture-faint">{schema.description}</p>}
        {children}
        <FieldErrors texts={rawErrors} />
      </fieldset>
    );
  }
  return (
    <div className="couture-ParamField" data-root={isRoot} data-param={param}>
      {!isRoot && (isJson || (displayLabel && !isGroup)) && (
        <label htmlFor={id} className={isItem ? 'couture-hidden' : undefined}>
          {label}
          {required && !isItem && <span className="couture-ParamField-required"> *</span>}
        </label>
      )}
      {children}
      {!isRoot && schema.description && (isJson || (!isGroup && schema.type !== 'boolean')) && (
        <p className="couture-faint">{schema.description}</p>
      )}
      {fallback !== null && (
        <p className="couture-faint">{trans?.__('Not given: the default is %1', fallback)}</p>
      )}
      <FieldErrors texts={rawErrors} />
    </div>
  );
}

function FieldErrors({ texts = [] }: { readonly texts?: readonly string[] }): JSX.Element {
  return (
    <>
      {texts.map(text => (
        <p key={text} className="couture-FieldError" role="alert">
          {text}
        </p>
      ))}
    </>
  );
}

/** A list of values, each of which can be moved and taken out. */
export function ParamList(props: ArrayFieldTemplateProps): JSX.Element {
  const trans = useContext(ParamTranslation);
  const say = (text: string): string => trans?.__(text) ?? text;
  return (
    <fieldset className="couture-ParamList">
      <legend>{props.title}</legend>
      {props.schema.description && <p className="couture-faint">{props.schema.description}</p>}
      {props.items.map(item => (
        <div key={item.key} className="couture-ParamList-item">
          <div className="couture-ParamList-field">
            <IsItem.Provider value={true}>{item.children}</IsItem.Provider>
          </div>
          <IconButton
            icon={caretUpIcon}
            label={say('Move up')}
            isDisabled={!item.hasMoveUp}
            onClick={item.onReorderClick(item.index, item.index - 1)}
          />
          <IconButton
            icon={caretDownIcon}
            label={say('Move down')}
            isDisabled={!item.hasMoveDown}
            onClick={item.onReorderClick(item.index, item.index + 1)}
          />
          <IconButton
            icon={deleteIcon}
            label={say('Take out')}
            onClick={item.onDropIndexClick(item.index)}
          />
        </div>
      ))}
      {props.canAdd && (
        <IconButton
          icon={addIcon}
          hook="add-item"
          text={say('Add')}
          label={say('Add a value')}
          onClick={props.onAddClick}
        />
      )}
    </fieldset>
  );
}

/** The values of an object, under its name. */
export function ParamGroup(props: ObjectFieldTemplateProps): JSX.Element {
  const isRoot = !props.idSchema.$id.includes('_');
  return (
    <fieldset className="couture-ParamGroup" data-root={isRoot}>
      {!isRoot && <legend>{props.title}</legend>}
      {!isRoot && props.schema.description && (
        <p className="couture-faint">{props.schema.description}</p>
      )}
      <IsItem.Provider value={false}>
        {props.properties.map(property => property.content)}
      </IsItem.Provider>
    </fieldset>
  );
}
