import type { z } from 'zod';
import { Fault } from '#core/fault.ts';

/** Deeper than any manifest or config; keeps hostile nesting away from code that walks documents recursively. */
const deepest = 100;

/**
 * JSON from outside, of the form of a schema. Throws `image/corrupt` that names `where` and the first thing that is wrong.
 * `bytes` is bounded by the caller (limits.documentBytes).
 */
export function parseDocument<T extends z.ZodType>(
  bytes: Uint8Array,
  schema: T,
  where: string,
): { readonly value: z.infer<T>; readonly raw: unknown } {
  const raw = parseJson(bytes, where);
  const parsed = schema.safeParse(raw);
  if (parsed.success) return { value: parsed.data, raw };
  const issue = parsed.error.issues[0];
  const at = issue === undefined || issue.path.length === 0 ? '' : ` at '${issue.path.join('.').slice(0, 100)}'`;
  throw new Fault('image/corrupt', `${where} is not what it should be${at}: ${issue?.message ?? 'unknown form'}`);
}

/** JSON from outside, of any form. */
export function parseJson(bytes: Uint8Array, where: string): unknown {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  if (depthOf(text) > deepest) throw new Fault('image/corrupt', `${where} is nested deeper than ${deepest} levels`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Fault('image/corrupt', `${where} is not JSON`, { cause });
  }
}

function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (quoted) {
      if (code === 0x5c) i++;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x7b || code === 0x5b) most = Math.max(most, ++depth);
    else if (code === 0x7d || code === 0x5d) depth--;
  }
  return most;
}
