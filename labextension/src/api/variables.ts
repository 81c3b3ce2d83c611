/** Variables: one with the tag of its state, and what changes them. Hidden values read `***` in every answer. */
import type { Translate } from '../model/labels';
import type { Json, JsonObject } from '../model/wire';
import type { AuditPage } from '../model/wireBrowse';
import type {
  IfExists,
  ImportReport,
  Variable,
  VariableChange,
  VariableFile,
  VariablePatch
} from '../model/wireVariables';
import { ApiError } from './errors';
import { path, type CoutureApi, type Tagged } from './rest';

type Api = Pick<CoutureApi, 'get' | 'send' | 'tagged'>;

export function fetchVariable(api: Api, key: string): Promise<Tagged<Variable>> {
  return api.tagged(path('variables', key));
}

export function addVariable(
  api: Api,
  variable: Pick<Variable, 'key' | 'description'> & { readonly value: string }
): Promise<Variable> {
  return api.send('POST', 'variables', variable);
}

/** Refused if the variable is not as `tag` says any more. */
export function changeVariable(
  api: Api,
  key: string,
  patch: VariablePatch,
  tag: string | null
): Promise<Variable> {
  return api.send('PATCH', path('variables', key), patch, tag);
}

/** Removes what was seen; refused if somebody has changed it since. */
export async function removeVariable(
  api: Api,
  key: string,
  revision: string,
  trans: Translate
): Promise<void> {
  const { value, tag } = await fetchVariable(api, key);
  if (value.revision !== revision) {
    const message = trans.__('somebody has changed it meanwhile: look at it again');
    throw new ApiError({ kind: 'conflict', message, hint: '' }, 412, null);
  }
  await api.send('DELETE', path('variables', key), undefined, tag);
}

/** `variables` is the text of a JSON object: its numbers arrive as they are written. */
export function importVariables(
  api: Api,
  variables: string,
  ifExists: IfExists
): Promise<ImportReport> {
  const body = `{"if_exists": ${JSON.stringify(ifExists)}, "variables": ${variables}}`;
  return api.send('POST', 'variables/import', body);
}

export async function exportVariables(api: Api): Promise<VariableFile> {
  const reply = await api.send<{ readonly variables: VariableFile }>('POST', 'variables/export');
  return reply.variables;
}

/** Events of the audit log that leave a variable changed, and how many of each are looked through. */
const CHANGES = ['variable.add', 'variable.change', 'variable.import', 'variable.set'];
const LOOKED_THROUGH = 200;

/** Who changed a variable last, and when, as far as the newest entries of the audit log know; else null. */
export async function lastChange(api: Api, key: string): Promise<VariableChange | null> {
  const pages = await Promise.all(
    CHANGES.map(event => api.get<AuditPage>('audit', { event, limit: LOOKED_THROUGH }))
  );
  const entries = pages.flatMap(page => page.entries.filter(({ extra }) => isAbout(extra, key)));
  return entries.reduce<VariableChange | null>(
    (newest, { actor, at }) => (newest && newest.at >= at ? newest : { actor, at }),
    null
  );
}

function isAbout(extra: Json, key: string): boolean {
  if (typeof extra !== 'object' || extra === null || Array.isArray(extra)) {
    return false;
  }
  const { outcome = 'success', name, key: made, names } = extra as JsonObject;
  const isAmong = Array.isArray(names) && names.some(each => each === key);
  return outcome === 'success' && (name === key || made === key || isAmong);
}
