import * as z from 'zod';
import type { Shape } from './shape.ts';

/** A schema object of Swagger 2.0 (https://swagger.io/specification/v2/#schema-object), a subset of JSON Schema 4. */
export type SwaggerSchema = { readonly [key: string]: unknown };

/** The schema of a shape; the parts of it that have an id stand in `definitions`, under their ids. */
export function swaggerSchema(
  shape: Shape,
  direction: 'input' | 'output',
): { readonly schema: SwaggerSchema; readonly definitions: Readonly<Record<string, SwaggerSchema>> } {
  const made = z.toJSONSchema(shape, { io: direction, target: 'draft-4', unrepresentable: 'any' });
  const { $schema: _, definitions = {}, ...schema } = made as Record<string, unknown>;
  return {
    schema: expressed(schema) as SwaggerSchema,
    definitions: expressed(definitions) as Record<string, SwaggerSchema>,
  };
}

/**
 * What Swagger 2.0 can say of a JSON schema: it has no null and no choice between types, and patterns of JavaScript that
 * only repeat what a type says would mislead.
 */
function expressed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(expressed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { anyOf, propertyNames: _, ...rest } = schema as Record<string, unknown>;
  const { type } = rest;
  if (Array.isArray(type)) {
    const types = type.filter((one) => one !== 'null');
    rest['type'] = types.length === 1 ? types[0] : 'object';
    if (types.length < type.length) rest['x-nullable'] = true;
  }
  if (rest['additionalProperties'] === false) delete rest['additionalProperties'];
  if (rest['type'] === 'boolean') delete rest['pattern'];
  const own = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, expressed(value)]));
  if (!Array.isArray(anyOf)) return own;
  const choices = anyOf.filter((choice) => choice.type !== 'null');
  const nullable = choices.length < anyOf.length ? { 'x-nullable': true } : {};
  const only = choices.length === 1 ? (expressed(choices[0]) as object) : {};
  return { ...only, ...own, ...nullable };
}
