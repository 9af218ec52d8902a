import * as z from 'zod';

/** An EventBridge event as ECR sends it; fields that are not needed are let through. */
export const ecrEvent = z.looseObject({
  source: z.string(),
  'detail-type': z.string(),
  account: z.string().regex(/^\d{12}$/),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/),
  time: z.iso.datetime({ offset: true }),
  detail: z.looseObject({
    'action-type': z.string(),
    result: z.string(),
    'repository-name': z
      .string()
      .regex(/^[a-z0-9]+([._/-]+[a-z0-9]+)*$/)
      .max(256),
    'image-digest': z.string().regex(/^sha256:[0-9a-f]{64}$/),
    'image-tag': z.string().max(300).optional(),
  }),
});
