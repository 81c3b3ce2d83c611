/** What is entered about a variable, and how DAG code reads one. */
import { isJsonDocument, laidOut } from './jsonLayout';
import { jsonProblem } from './jsonProblem';
import type { Translate } from './labels';
import { jsonProblemText } from './triggerDraft';
import type { Variable, VariableFile, VariablePatch } from './wireVariables';

export const MASK = '***';

export interface VariableDraft {
  readonly key: string;
  readonly text: string;
  readonly isJson: boolean;
  readonly description: string;
}

/** The draft of a variable as it is stored; null: of a new one. */
export function draftOf(variable: Variable | null): VariableDraft {
  const value = variable?.value ?? '';
  const isJson = isJsonDocument(value);
  return {
    key: variable?.key ?? '',
    text: isJson ? laidOut(value) : value,
    isJson,
    description: variable?.description ?? ''
  };
}

/** What the draft changes of `variable`; a value that was only set out in lines is none. */
export function patchOf(variable: Variable, draft: VariableDraft): VariablePatch {
  return {
    ...(draft.text === draftOf(variable).text ? {} : { value: draft.text }),
    ...(draft.description === variable.description ? {} : { description: draft.description })
  };
}

/** Why a draft cannot be sent; null: it can. */
export function draftProblem(draft: VariableDraft, trans: Translate): string | null {
  if (draft.key.trim() === '') {
    return trans.__('Give it a key.');
  }
  if (!draft.isJson) {
    return null;
  }
  if (draft.text.trim() === '') {
    return trans.__('Enter JSON, or choose Text.');
  }
  const fault = jsonProblem(draft.text);
  return fault && jsonProblemText(fault, trans);
}

const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;
/** Names of the accessor itself: `var.value.get` is no variable. */
const TAKEN = ['get'];

/** How Python reads it. */
export function pythonCode(key: string, isJson: boolean): string {
  return `Variable.get(${JSON.stringify(key)}${isJson ? ', deserialize_json=True' : ''})`;
}

/** How a template reads it. */
export function templateCode(key: string, isJson: boolean): string {
  const place = isJson ? 'var.json' : 'var.value';
  return NAME.test(key) && !TAKEN.includes(key)
    ? `{{ ${place}.${key} }}`
    : `{{ ${place}[${JSON.stringify(key)}] }}`;
}

/** A file as the command line reads and writes it: names and what they stand for. */
export function parseFile(
  text: string,
  trans: Translate
): { readonly variables: VariableFile } | { readonly problem: string } {
  if (text.trim() === '') {
    return { problem: trans.__('The file is empty.') };
  }
  const fault = jsonProblem(text);
  if (fault) {
    return { problem: trans.__('The file is no JSON. %1', jsonProblemText(fault, trans)) };
  }
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return {
      problem: trans.__('The file must hold one object: names and what they stand for.')
    };
  }
  return Object.keys(value).length === 0
    ? { problem: trans.__('The file names no variable.') }
    : { variables: value as VariableFile };
}

/** The text of a file for the command line: in the order of the keys. */
export function fileText(variables: VariableFile): string {
  const sorted = Object.entries(variables).sort(([one], [other]) => (one < other ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`;
}
