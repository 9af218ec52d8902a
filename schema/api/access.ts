import * as z from 'zod';

const text = z.string();
const time = z.string().describe('ISO 8601, UTC, seconds, Z');

/** Names of accounts and users, as the original takes them. */
const name = text
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9@.!#$+\-,/0-9:;<=^_`~]{1,126}[a-zA-Z0-9]$/, 'give 3 to 128 letters, digits and signs')
  .meta({ pattern: '^[a-zA-Z0-9][a-zA-Z0-9@.!#$+-=^_`~;]{1,126}[a-zA-Z0-9]$' });

const password = text.min(6).max(128);
const role = z.enum(['read-only', 'image-developer', 'policy-editor', 'full-control']);
const state = z.enum(['enabled', 'disabled', 'deleting']);

export const listAccountsQuery = z.object({ state: state.optional() });

export const accountCreation = z
  .object({
    name,
    email: text
      .max(254)
      .regex(/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/, 'give an e-mail address')
      .optional(),
  })
  .meta({ id: 'AccountCreationRequest' });

export const account = z
  .object({
    name: text,
    type: z.enum(['user', 'admin', 'service']),
    state,
    email: text.nullable(),
    created_at: time,
    last_updated: time,
  })
  .meta({ id: 'Account' });

export const accountList = z.array(account);

/** What an account may be made by hand; `deleting` is asked for by DELETE. */
export const accountStatus = z.object({ state: z.enum(['enabled', 'disabled']) }).meta({ id: 'AccountStatus' });

export const accountDeletion = z.object({ state: z.literal('deleting') });

export const userCreation = z.object({ username: name, password }).meta({ id: 'UserCreationRequest' });

export const user = z
  .object({
    username: text,
    type: z.literal('native'),
    source: text.nullable(),
    created_at: time,
    last_updated: time,
  })
  .meta({ id: 'User' });

export const userList = z.array(user);

export const newCredential = z.object({ type: z.literal('password'), value: password });

/** A password is never shown: its value is stars, always as many. */
export const credential = z
  .object({ type: z.literal('password'), value: text, created_at: time })
  .meta({ id: 'AccessCredential' });

export const credentialList = z.array(credential);

export const credentialQuery = z.object({ credential_type: z.literal('password') });

/** RFC 6749, 4.3.2. Without fields, HTTP Basic says who asks. */
export const tokenForm = z.object({
  grant_type: z.literal('password').optional(),
  username: text.max(128).optional(),
  password: text.max(1024).optional(),
  client_id: text.max(128).optional(),
});

/** RFC 6749, 5.1. */
export const tokenAnswer = z
  .object({ access_token: text, token_type: z.literal('Bearer'), expires_in: z.number().describe('Seconds') })
  .meta({ id: 'TokenResponse' });

export const roleList = z.array(
  z.object({ name: role, description: text, actions: z.array(text) }).meta({ id: 'Role' }),
);

export const member = z
  .object({ username: text, account: text.describe('That the user belongs to'), role, created_at: time })
  .meta({ id: 'Member' });

export const memberList = z.array(member);

export const memberRole = z.object({ role });

export const newApiKey = z
  .object({
    name: text.min(1).max(128),
    role: role.optional().describe('Narrows what the key may do below what its user may'),
    expires_at: z.iso.datetime({ offset: true }).optional(),
  })
  .meta({ id: 'ApiKeyCreationRequest' });

const keyFields = {
  id: text,
  name: text,
  role: role.nullable(),
  created_at: time,
  expires_at: time.nullable(),
};

export const apiKey = z.object(keyFields).meta({ id: 'ApiKey' });

export const apiKeyList = z.array(apiKey);

export const createdApiKey = z
  .object({ ...keyFields, key: text.describe('Shown this once') })
  .meta({ id: 'CreatedApiKey' });
