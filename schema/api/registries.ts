import * as z from 'zod';
import { flag } from './shape.ts';

const text = z.string();
const time = z.string().describe('ISO 8601, UTC, seconds, Z');
const type = z.enum(['docker_v2', 'awsecr']);

/** Where a registry is written down. Left out in an update: as it is. */
export const registryRequest = z
  .object({
    registry: text
      .max(500)
      .optional()
      .describe('HOST[:PORT], HOST/REPOSITORY or HOST/PREFIX*; of all that fit, the longest counts'),
    registry_user: text.max(1024).optional().describe('For awsecr: id of an access key, awsauto or _iam_role'),
    registry_pass: text
      .max(16_384)
      .optional()
      .describe(
        'For awsecr: the secret of the key, or the ARN of the role, with ;EXTERNAL-ID after it. It is never shown',
      ),
    registry_type: type.or(z.literal('')).optional().describe('Guessed from the name when left out'),
    registry_name: text.max(500).optional().describe('What people call it; the registry when left out'),
    registry_verify: z.boolean().optional().describe('Whether its certificate has to be good; true when left out'),
  })
  .meta({ id: 'RegistryConfigurationRequest' });

export type RegistryRequest = z.infer<typeof registryRequest>;

export const registryQuery = z.object({
  validate: flag(true, 'Log in to the registry before it is stored'),
});

export const registryRecord = z
  .object({
    registry: text,
    registry_name: text,
    registry_user: text,
    registry_type: type,
    registry_verify: z.boolean(),
    userId: text,
    created_at: time,
    last_updated: time,
  })
  .meta({ id: 'RegistryConfiguration' });

export const registries = z.array(registryRecord);

/** What a deletion answers, also of what is not there. */
export const registryRemoved = z.literal(true);
