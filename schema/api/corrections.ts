import * as z from 'zod';

const text = z.string();

const field = z
  .object({
    field_name: text.max(100).describe('package, version or cpes; in what replaces, type too'),
    field_value: text.max(512),
  })
  .meta({ id: 'CorrectionField' });

const parts = {
  type: z.literal('package'),
  match: z
    .object({
      type: text.max(100).describe('As lists of packages show it: java, npm, python, dpkg, ...'),
      field_matches: z.array(field).max(20),
    })
    .describe('Packages of this type that have all of these values')
    .meta({ id: 'CorrectionMatch' }),
  replace: z
    .array(field)
    .max(20)
    .describe('What they really are. {package}, {version} and {type} in cpes stand for the values of the package'),
};

export const newCorrection = z
  .object({ ...parts, type: parts.type.default('package'), description: text.max(1024).default('') })
  .meta({ id: 'NewCorrection' });

export const correction = z
  .object({
    uuid: text,
    ...parts,
    description: text,
    created_at: text.describe('ISO 8601, UTC, seconds, Z'),
  })
  .meta({ id: 'Correction' });

export const corrections = z.array(correction);
