/** The form of a DAG's parameters: a JSON schema of the whole conf, and how each value is entered. */
import type { Json, JsonObject } from './wire';

export interface ParamsForm {
  /** Schema of an object with a property for each parameter; other names may stand in the conf, too. */
  readonly schema: JsonObject;
  /** Parameters without default: a run must give them. */
  readonly required: readonly string[];
  /** Parameters that are entered as JSON: their type is not known, or has no field of its own. */
  readonly asJson: ReadonlySet<string>;
  readonly multiline: ReadonlySet<string>;
}

const REQUIRED = 'x-required';
const FIELDS: ReadonlySet<string> = new Set(['string', 'number', 'integer', 'boolean']);

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeOf(value: Json): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

/** The one type of a schema beside `null`; null if there are several or none is said. */
function onlyType(schema: JsonObject): string | null {
  const type = schema['type'];
  const types = (Array.isArray(type) ? type : [type]).filter(one => one !== 'null');
  return types.length === 1 && typeof types[0] === 'string' ? types[0] : null;
}

/** What a default without schema tells. Only values that need JSON have no type then. */
function schemaOfDefault(value: Json): JsonObject {
  if (Array.isArray(value)) {
    const types = new Set(value.map(typeOf));
    const [only] = types;
    return types.size === 1 && only !== undefined && FIELDS.has(only)
      ? { type: 'array', items: { type: only } }
      : { type: 'array' };
  }
  const type = typeOf(value);
  return type === 'null' ? {} : { type };
}

function hasField(schema: JsonObject): boolean {
  const type = onlyType(schema);
  if (Array.isArray(schema['enum'])) {
    return schema['enum'].every(choice => !isObject(choice) && !Array.isArray(choice));
  }
  if (type === 'array') {
    return isObject(schema['items']) && hasField(schema['items']);
  }
  if (type === 'object') {
    const properties = schema['properties'];
    return (
      isObject(properties) && Object.values(properties).every(one => isObject(one) && hasField(one))
    );
  }
  return type !== null && FIELDS.has(type);
}

export function paramsForm(params: JsonObject, schemas: JsonObject): ParamsForm {
  const properties: Record<string, JsonObject> = {};
  const required: string[] = [];
  const asJson = new Set<string>();
  const multiline = new Set<string>();
  for (const name of Object.keys(params)) {
    const given = schemas[name];
    const {
      [REQUIRED]: isRequired,
      $schema: _dialect,
      ...said
    } = isObject(given) ? given : schemaOfDefault(params[name] ?? null);
    const schema: Record<string, Json> = { ...said };
    if (schema['format'] === 'multiline') {
      delete schema['format'];
      multiline.add(name);
    }
    if (isRequired === true) {
      required.push(name);
    }
    if (!hasField(schema)) {
      asJson.add(name);
    }
    properties[name] = { title: name, ...schema };
  }
  return {
    schema: { type: 'object', properties, required },
    required,
    asJson,
    multiline
  };
}

/** Whether a value is some out of few: each is a box to tick. */
export function isChoices({ type, uniqueItems, items }: JsonObject): boolean {
  return (
    type === 'array' && uniqueItems === true && isObject(items) && Array.isArray(items['enum'])
  );
}

/** The conf a form begins with: every default; what has none is left open. */
export function initialConf(params: JsonObject, required: readonly string[]): JsonObject {
  const given = Object.entries(params).filter(([name]) => !required.includes(name));
  return Object.fromEntries(given);
}
