/** What a person is about to answer a task, as texts that are typed. */
import type { Translate } from './labels';
import type { Json, JsonObject } from './wire';
import type { Question } from './wireTask';

export interface AnswerDraft {
  readonly options: readonly string[];
  /** By name; a text is sent as it is where a text was asked for, else it is read as JSON. */
  readonly params: Readonly<Record<string, string>>;
}

/** The value that a param starts with: params may be plain, or say more about themselves. */
export function paramValue(given: Json): Json {
  return isObject(given) && 'value' in given ? (given['value'] ?? null) : given;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function newAnswer(asked: Question): AnswerDraft {
  return {
    options: asked.multiple ? asked.defaults : [],
    params: Object.fromEntries(
      Object.entries(asked.params).map(([name, given]) => {
        const value = paramValue(given);
        return [name, typeof value === 'string' ? value : JSON.stringify(value)];
      })
    )
  };
}

/** The params to send, or which of them cannot be read. */
export function readParams(
  asked: Question,
  draft: AnswerDraft,
  trans: Translate
): { readonly params: JsonObject } | { readonly problem: string } {
  const params: Record<string, Json> = {};
  for (const [name, given] of Object.entries(asked.params)) {
    const typed = draft.params[name] ?? '';
    const value = paramValue(given);
    if (typeof value === 'string' || value === null) {
      params[name] = value === null && typed === 'null' ? null : typed;
      continue;
    }
    try {
      params[name] = JSON.parse(typed) as Json;
    } catch {
      return { problem: trans.__('%1 must be JSON, like %2', name, JSON.stringify(value)) };
    }
  }
  return { params };
}
