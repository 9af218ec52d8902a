import { requireAccount } from '#access/account-store.ts';
import { Fault } from '#core/fault.ts';
import type { AccountRegistry } from '#registry/logins/account-registry.ts';
import {
  addRegistry,
  allRegistries,
  changeRegistry,
  type GivenRegistry,
  removeRegistry,
  requireRegistry,
} from '#registry/logins/account-registries.ts';
import {
  registries,
  registryQuery,
  registryRemoved,
  type RegistryRequest,
  registryRequest,
} from '#schema/api/registries.ts';
import { isoSeconds } from '../image-record.ts';
import { jsonList } from '../json-list.ts';
import { type ApiWorld, type Call, type Route, route } from '../route.ts';

export const registryRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/registries',
    summary: 'Registries of the account, without what it logs in with',
    access: 'listRegistries',
    answer: registries,
    handle: async ({ world, principal }: Call) => jsonList('[', records(world, principal.account), ']'),
  }),
  route({
    method: 'POST',
    path: '/registries',
    summary: 'Add a registry with credentials; by default they are tried first',
    access: 'createRegistry',
    query: registryQuery,
    body: registryRequest,
    answer: registries,
    handle: add,
  }),
  route({
    method: 'GET',
    path: '/registries/{registry}',
    rest: true,
    summary: 'One registry; its name may hold slashes',
    access: 'getRegistry',
    answer: registries,
    handle: async ({ world, principal, params }: Call) => [
      record(await requireRegistry(world, principal.account, params['registry'] ?? '')),
    ],
  }),
  route({
    method: 'PUT',
    path: '/registries/{registry}',
    rest: true,
    summary: 'Change a registry; what is left out stays as it is',
    access: 'updateRegistry',
    query: registryQuery,
    body: registryRequest,
    answer: registries,
    handle: change,
  }),
  route({
    method: 'DELETE',
    path: '/registries/{registry}',
    rest: true,
    summary: 'Remove a registry with its credentials; images of it stay',
    access: 'deleteRegistry',
    answer: registryRemoved,
    handle: async ({ world, principal, params }: Call) => {
      await removeRegistry(world, principal.account, params['registry'] ?? '');
      return true;
    },
  }),
];

interface RegistryQuery {
  readonly validate: boolean;
}

async function add({ world, principal: { account }, query, body }: Call<RegistryQuery, RegistryRequest>) {
  if (body.registry === undefined) throw new Fault('input/invalid', "give 'registry', the name of what is added");
  await requireAccount(world, account);
  return [record(await addRegistry(world, account, body.registry, givenOf(body), trial(world, query)))];
}

async function change({ world, principal: { account }, params, query, body }: Call<RegistryQuery, RegistryRequest>) {
  const name = params['registry'] ?? '';
  if (body.registry !== undefined && body.registry !== name)
    throw new Fault(
      'state/conflict',
      'registry name in path does not match registry name in body: a name is not changed',
    );
  return [record(await changeRegistry(world, account, name, givenOf(body), trial(world, query)))];
}

function trial({ registries: { tryLogin } }: ApiWorld, { validate }: RegistryQuery) {
  return validate ? tryLogin : null;
}

function givenOf(body: RegistryRequest): GivenRegistry {
  return {
    type: body.registry_type || undefined,
    user: body.registry_user,
    secret: body.registry_pass,
    title: body.registry_name || undefined,
    verify: body.registry_verify,
  };
}

async function* records(world: ApiWorld, account: string) {
  for await (const one of allRegistries(world, account)) yield record(one);
}

function record(registry: AccountRegistry) {
  return {
    registry: registry.name,
    registry_name: registry.title,
    registry_user: registry.user,
    registry_type: registry.type,
    registry_verify: registry.verify,
    userId: registry.account,
    created_at: isoSeconds(registry.createdAt),
    last_updated: isoSeconds(registry.updatedAt),
  };
}
