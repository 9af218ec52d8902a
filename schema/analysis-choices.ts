import * as z from 'zod';
import { Fault } from '#core/fault.ts';
import { chooseLimits, type Limits } from '#core/limits.ts';
import { readShape } from './api/shape.ts';

const pattern = z.strictObject({
  name: z.string().regex(/^[\w.:-]{1,128}$/, 'give a name of letters, digits and _ . : -'),
  regex: z.string().min(1).max(4096),
});
const patterns = z.array(pattern).max(1000);

const malware = z.discriminatedUnion('scanner', [
  z.strictObject({ scanner: z.literal('off') }),
  z.strictObject({ scanner: z.literal('clamd'), address: z.string().min(1).max(4096) }),
  z.strictObject({
    scanner: z.literal('clamscan'),
    program: z.string().min(1).max(4096).default('clamscan'),
    databases: z.string().min(1).max(4096).nullable().default(null),
  }),
]);

/** What an operator chooses of an analysis, as JSON; what is left out is as it comes. */
const analysisChoices = z
  .strictObject({
    secretPatterns: patterns,
    contentPatterns: patterns,
    searchBytes: z.int().positive(),
    retrievedFiles: z.array(z.string().startsWith('/').max(4096)).max(1000),
    retrievedBytes: z.int().positive(),
    fileDigests: z.array(z.enum(['md5', 'sha1'])).max(2),
    hints: z.boolean(),
    malware,
  })
  .partial();

type AnalysisChoices = z.infer<typeof analysisChoices>;

/** The choices that were made; never undefined. */
export type MadeChoices = { readonly [name in keyof AnalysisChoices]?: Exclude<AnalysisChoices[name], undefined> };

/** Choices from JSON, or what it parses to. Throws `input/invalid` with the place that is wrong; `where` says where they were written. */
export function readAnalysisChoices(value: unknown, where: string): MadeChoices {
  const read = readShape(analysisChoices, parsed(value, where));
  if (read.kind === 'read') return read.value as MadeChoices;
  throw new Fault('input/invalid', `${where}: ${read.problem}`);
}

/** Limits from JSON, or what it parses to: an object of numbers, or of texts with units. Throws `input/invalid`. */
export function readLimits(value: unknown, where: string): Limits {
  const chosen = parsed(value, where);
  if (typeof chosen === 'object' && chosen !== null && !Array.isArray(chosen)) {
    return chooseLimits(chosen as Record<string, unknown>, where);
  }
  throw new Fault('input/invalid', `${where}: give an object of limits, as {"fileBytes":"2GiB"}`);
}

function parsed(value: unknown, where: string): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch (cause) {
    throw new Fault('input/invalid', `${where}: it is no JSON`, { cause });
  }
}
