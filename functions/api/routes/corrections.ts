import { requireAccount } from '#access/account-store.ts';
import { Fault } from '#core/fault.ts';
import { correctionWords, type FieldValue, parseCorrection } from '#matching/correction.ts';
import {
  addCorrection,
  correctionsOf,
  deleteCorrection,
  findCorrection,
  type StoredCorrection,
} from '#matching/correction-store.ts';
import { changingVerdicts } from '#policy/changing-verdicts.ts';
import { correction, corrections, newCorrection } from '#schema/api/corrections.ts';
import { isoSeconds } from '../image-record.ts';
import { type Call, type Route, route } from '../route.ts';

/** Corrections of what packages were taken for, where advisories speak of something else. */
export const correctionRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/enterprise/corrections',
    summary: 'Corrections of the account',
    access: 'listCorrections',
    answer: corrections,
    handle: async ({ world, principal }) => (await correctionsOf(world.sql, principal.account)).map(record),
  }),
  route({
    method: 'POST',
    path: '/enterprise/corrections',
    summary: 'Say what packages really are; images are judged by it from then on',
    access: 'createCorrection',
    body: newCorrection,
    answer: correction,
    handle: add,
  }),
  route({
    method: 'GET',
    path: '/enterprise/corrections/{correctionId}',
    summary: 'One correction',
    access: 'getCorrection',
    answer: correction,
    handle: async ({ world, principal, params }) =>
      record(await required(world, principal.account, params['correctionId'] ?? '')),
  }),
  route({
    method: 'DELETE',
    path: '/enterprise/corrections/{correctionId}',
    summary: 'Delete a correction; images are judged without it from then on',
    access: 'deleteCorrection',
    status: 204,
    answer: null,
    handle: remove,
  }),
];

interface GivenCorrection {
  readonly match: { readonly type: string; readonly field_matches: readonly FieldValue[] };
  readonly replace: readonly FieldValue[];
  readonly description: string;
}

async function add({ world, principal: { account }, body }: Call<unknown, GivenCorrection>) {
  await requireAccount(world, account);
  const { description } = body;
  const parsed = parseCorrection(body.match, body.replace);
  const now = world.clock.now();
  const id = await changingVerdicts(world, account, 'judging', () =>
    addCorrection(world.sql, account, parsed, { description, now }),
  );
  return record({ ...parsed, id, description, createdAt: now });
}

async function remove({ world, principal: { account }, params }: Call) {
  const { id } = await required(world, account, params['correctionId'] ?? '');
  await changingVerdicts(world, account, 'judging', () => deleteCorrection(world.sql, account, id));
}

async function required(world: Call['world'], account: string, id: string): Promise<StoredCorrection> {
  const found = await findCorrection(world.sql, account, id);
  if (found === null) throw new Fault('state/not-found', `correction ${id.slice(0, 100)} not found`);
  return found;
}

function record({ id, description, createdAt, ...found }: StoredCorrection) {
  const words = correctionWords(found);
  return { uuid: id, type: 'package', ...words, description, created_at: isoSeconds(createdAt) };
}
