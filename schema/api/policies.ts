import * as z from 'zod';
import { policyBundle } from '../policy-bundle.ts';
import { flag } from './shape.ts';

const text = z.string();
const time = z.string().describe('ISO 8601, UTC, seconds, Z');

/**
 * A bundle as it comes: whether it is one is found by its own rules, which tell everything that is wrong at once. Other keys are kept.
 */
export const givenBundle = z
  .looseObject({
    id: z.unknown().optional().meta({ type: 'string', description: 'Made from account and name when it is left out' }),
    version: z.unknown().meta({ type: 'string', description: '1_0' }),
    name: z.unknown().optional().meta({ type: 'string' }),
    comment: z.unknown().optional().meta({ type: 'string' }),
    policies: z.unknown().meta({ type: 'array', items: { type: 'object' } }),
    mappings: z.unknown().meta({ type: 'array', items: { type: 'object' } }),
    whitelists: z
      .unknown()
      .optional()
      .meta({ type: 'array', items: { type: 'object' } }),
    whitelisted_images: z
      .unknown()
      .optional()
      .meta({ type: 'array', items: { type: 'object' } }),
    blacklisted_images: z
      .unknown()
      .optional()
      .meta({ type: 'array', items: { type: 'object' } }),
  })
  .meta({ id: 'GivenPolicyBundle' });

/** As it is stored; empty in answers without detail. */
const storedBundle = policyBundle.partial().meta({ id: 'PolicyBundle' });

export const policyRecord = z
  .object({
    policyId: text,
    active: z.boolean().describe('By which images are judged: one of the account'),
    userId: text,
    policy_source: z.literal('local'),
    created_at: time,
    last_updated: time,
    policybundle: storedBundle,
    policybundlemeta: z.object({}),
    name: text.optional(),
    description: text.optional(),
  })
  .meta({ id: 'PolicyBundleRecord' });

export const policyRecords = z.array(policyRecord);

export const listPoliciesQuery = z.object({
  detail: flag(false, 'With the bundles themselves'),
});

export const getPolicyQuery = z.object({
  detail: flag(true, 'With the bundle itself'),
});

export const updatePolicyQuery = z.object({
  active: z
    .string()
    .regex(/^(true|false)$/i, 'give true or false')
    .transform((word) => word.toLowerCase() === 'true')
    .optional()
    .meta({ type: 'boolean', description: 'Goes before the one of the body' }),
});

/** A record as it was read; what is left out stays as it is. */
export const policyUpdate = z
  .looseObject({
    policyId: text.optional().describe('That of the path'),
    active: z.boolean().optional().describe('True makes it the active one in place of another'),
    policybundle: givenBundle.partial().optional().describe('The new bundle; with nothing in it, the old one stays'),
  })
  .meta({ id: 'PolicyBundleUpdate' });

export const policyDeleted = z.literal('deleted');
