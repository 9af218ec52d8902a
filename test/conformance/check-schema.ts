import type { Schema } from './contract.ts';

/** What an answer differs in from what is declared. Every declared property has to be there, since clients index them. */
export type Differences = readonly string[];

/** Never, where there is one, or as null where there is none. */
export type Sent = 'absent' | 'optional' | 'nullable';

export interface Declared {
  readonly definitions: Readonly<Record<string, Schema>>;
  /**
   * Where a declaration is wrong, by place (`AnchoreImage.image_status`, `EventResponse.event.category`): what holds instead,
   * or how it is sent. `Policy.*` speaks of all properties.
   */
  readonly corrections: Readonly<Record<string, { readonly holds: Schema | Sent }>>;
}

/** Checks a value against a schema of Swagger 2.0 with the corrections to it; `place` names the schema. */
export function checkSchema(declared: Declared, schema: Schema, value: unknown, place: string): Differences {
  const name = schema.ref ?? place;
  const correction = declared.corrections[name]?.holds;
  if (typeof correction === 'object') return checkHolding(declared, correction, value, name);
  return checkHolding(declared, schema, value, place);
}

function checkHolding(declared: Declared, schema: Schema, value: unknown, place: string): Differences {
  if (schema.ref !== undefined) {
    const definition = declared.definitions[schema.ref];
    if (definition === undefined) return [`${place}: there is no definition ${schema.ref}`];
    return checkSchema(declared, definition, value, schema.ref);
  }
  if (value === null) return schema['x-nullable'] === true ? [] : [`${place} is null`];
  if (schema.allOf !== undefined) return schema.allOf.flatMap((part) => checkHolding(declared, part, value, place));
  return [...ofType(schema, value, place), ...within(declared, schema, value, place)];
}

function ofType(schema: Schema, value: unknown, place: string): Differences {
  const shown = JSON.stringify(value)?.slice(0, 100);
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return [`${place} is ${shown}, none of ${schema.enum}`];
  if (schema.type !== undefined && !(types[schema.type]?.(value) ?? false))
    return [`${place} is ${shown} and not of type ${schema.type}`];
  if (typeof value !== 'string') return [];
  if (schema.format === 'date-time' && !moment.test(value)) return [`${place} is ${shown} and no date-time`];
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value))
    return [`${place} is ${shown}, not of the form ${schema.pattern}`];
  return [];
}

/** RFC 3339 in UTC, which is what the original sends. */
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: Number.isInteger,
  number: Number.isFinite,
  array: Array.isArray,
  object: (value) => typeof value === 'object' && !Array.isArray(value),
};

function within(declared: Declared, schema: Schema, value: unknown, place: string): Differences {
  const { items } = schema;
  // An item has the name of its list, which has been corrected already.
  if (Array.isArray(value))
    return items === undefined
      ? []
      : value.flatMap((item) => (items.ref ? checkSchema : checkHolding)(declared, items, item, place));
  if (typeof value !== 'object' || value === null) return [];
  const object = value as Readonly<Record<string, unknown>>;
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const where = `${place}.${name}`;
    const holds = (declared.corrections[where] ?? declared.corrections[`${place}.*`])?.holds;
    if (holds === 'absent') return name in object ? [`${where} is there`] : [];
    if (holds === 'nullable' && object[name] === null) return [];
    if (name in object) return checkSchema(declared, property, object[name], where);
    return holds === 'optional' ? [] : [`${where} is missing`];
  });
}
