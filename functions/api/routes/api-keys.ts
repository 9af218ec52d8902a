import { createApiKey, revokeApiKey } from '#access/api-keys.ts';
import { listApiKeys, type StoredApiKey } from '#access/api-key-store.ts';
import type { Role } from '#access/permissions.ts';
import { requireUser } from '#access/users.ts';
import { apiKeyList, createdApiKey, newApiKey } from '#schema/api/access.ts';
import { isoSeconds } from '../image-record.ts';
import { type Call, type Route, route } from '../route.ts';

const ofUser = '/accounts/{accountname}/users/{username}/api-keys';

/** Keys for programs: ours, beyond the original. */
export const apiKeyRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/user/api-keys',
    summary: 'The own keys, without their secrets',
    access: 'user',
    answer: apiKeyList,
    handle: async ({ world, principal }) => (await listApiKeys(world, principal.user)).map(keyRecord),
  }),
  route({
    method: 'POST',
    path: '/user/api-keys',
    summary: 'Make a key that signs in as oneself; it is shown in this answer only',
    access: 'user',
    body: newApiKey,
    answer: createdApiKey,
    secret: true,
    handle: create,
  }),
  route({
    method: 'DELETE',
    path: '/user/api-keys/{keyId}',
    summary: 'Revoke an own key',
    access: 'user',
    status: 204,
    answer: null,
    handle: ({ world, principal, params }) => revokeApiKey(world, principal.user, params['keyId']!),
  }),
  route({
    method: 'GET',
    path: ofUser,
    summary: 'The keys of a user, without their secrets',
    access: 'getUser',
    answer: apiKeyList,
    handle: async (call) => (await listApiKeys(call.world, await named(call))).map(keyRecord),
  }),
  route({
    method: 'DELETE',
    path: `${ofUser}/{keyId}`,
    summary: 'Revoke a key of a user',
    access: 'updateUser',
    status: 204,
    answer: null,
    handle: async (call) => revokeApiKey(call.world, await named(call), call.params['keyId']!),
  }),
];

async function named({ world, params }: Pick<Call, 'world' | 'params'>): Promise<string> {
  return (await requireUser(world, params['accountname']!, params['username']!)).name;
}

interface Wanted {
  readonly name: string;
  readonly role?: Role | undefined;
  readonly expires_at?: string | undefined;
}

async function create({ world, principal, body }: Call<unknown, Wanted>) {
  const expiresAt = body.expires_at === undefined ? null : Date.parse(body.expires_at);
  const made = await createApiKey(world, principal, { name: body.name, role: body.role ?? null, expiresAt });
  return { ...keyRecord(made), key: made.text };
}

function keyRecord({ id, name, role, createdAt, expiresAt }: StoredApiKey) {
  return {
    id,
    name,
    role,
    created_at: isoSeconds(createdAt),
    expires_at: expiresAt === null ? null : isoSeconds(expiresAt),
  };
}
