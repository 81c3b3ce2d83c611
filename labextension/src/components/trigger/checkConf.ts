/** Whether a conf fits the schemas of the parameters. The server checks it again, by the same schemas. */
import type { RJSFSchema, ValidatorType } from '@rjsf/utils';
import validator from '@rjsf/validator-ajv8';
import type { ParamsForm } from '../../model/paramsForm';
import type { DraftProblem } from '../../model/triggerDraft';
import type { JsonObject } from '../../model/wire';

export const confValidator: ValidatorType = validator;

export function checkConf(form: ParamsForm, conf: JsonObject): readonly DraftProblem[] {
  const { errors, validationError } = validator.rawValidation<{
    readonly instancePath: string;
    readonly keyword: string;
    readonly message?: string;
    readonly params: { readonly missingProperty?: string };
  }>(form.schema as RJSFSchema, conf);
  if (validationError || !errors) {
    return []; // a schema this library does not know: the server says what is wrong
  }
  const found = new Map<string, string>();
  for (const error of errors) {
    const missing = error.keyword === 'required' ? `/${error.params.missingProperty ?? ''}` : '';
    const place = `conf${error.instancePath}${missing}`.replaceAll('/', '.');
    const message = missing ? 'a value is needed' : (error.message ?? error.keyword);
    if (!found.has(place)) {
      found.set(place, message);
    }
  }
  return [...found].map(([place, message]) => ({ place, message }));
}
