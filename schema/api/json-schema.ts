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

/** A schema object of OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1.html#schema-object): JSON Schema 2020-12. */
export type OpenApiSchema = { readonly [key: string]: unknown };

/** The schema of a shape; the parts of it that have an id stand in `components`, under their ids. */
export function openApiSchema(
  shape: Shape,
  direction: 'input' | 'output',
): { readonly schema: OpenApiSchema; readonly components: Readonly<Record<string, OpenApiSchema>> } {
  const made = z.toJSONSchema(shape, { io: direction, target: 'draft-2020-12', unrepresentable: 'any' });
  const { $schema: _, $defs = {}, ...schema } = made as Record<string, unknown>;
  return { schema: plain(schema) as OpenApiSchema, components: plain($defs) as Record<string, OpenApiSchema> };
}

/** References lead into the document; objects may grow, and what Swagger alone says is left out. */
function plain(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plain);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { collectionFormat: _, ...rest } = schema as Record<string, unknown>;
  const { $ref: reference, type } = rest;
  if (typeof reference === 'string') rest['$ref'] = reference.replace('#/$defs/', '#/components/schemas/');
  if (rest['additionalProperties'] === false) delete rest['additionalProperties'];
  if (type === 'boolean') delete rest['pattern'];
  return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, plain(value)]));
}
