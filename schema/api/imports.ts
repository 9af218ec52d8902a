import * as z from 'zod';

const text = z.string();
const time = z.string().describe('RFC 3339, UTC');

export const importOperation = z
  .object({
    uuid: text,
    status: z.enum(['pending', 'processing', 'complete', 'failed', 'expired', 'invalidated']),
    account: text,
    created_at: time,
    last_update: time,
    expires_at: time,
  })
  .meta({ id: 'ImageImportOperation' });

export const importOperations = z.array(importOperation);

export const importContent = z
  .object({ digest: text.describe('sha256 of the bytes as they came, hex'), created_at: time })
  .meta({ id: 'ImageImportContentResponse' });

export const importContents = z.array(importContent);
