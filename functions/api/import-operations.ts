import {
  importBlob,
  type ImportKind,
  type ImportOperation,
  type ImportStatus,
} from '#analysis/imports/import-operation.ts';
import { readPart } from '#analysis/imports/read-part.ts';
import {
  addImportContent,
  beginImport,
  findImport,
  type ImportContent,
  invalidateImport,
  listImportContents,
  listImports,
} from '#analysis/imports/import-store.ts';
import { requireAccount } from '#access/account-store.ts';
import { digestHex, digestOf } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { jsonList } from './json-list.ts';
import type { Call } from './route.ts';

/** Milliseconds in which an operation is ended by adding its image. */
const openMs = 24 * 3_600_000;

/** The newest operations of an account that are listed. */
const pageSize = 500;

/** All operations of the account, newest first. */
export function listOperations({ world, principal: { account } }: Call): AsyncIterable<string> {
  const now = world.clock.now();
  const records = async function* () {
    for (let last: ImportOperation | null = null, full = true; full; ) {
      const page: readonly ImportOperation[] = await listImports(world, account, last, pageSize, now);
      for (const one of page) yield operationRecord(one);
      last = page.at(-1) ?? null;
      full = page.length === pageSize;
    }
  };
  return jsonList('[', records(), ']');
}

export async function beginOperation({ world, principal: { account } }: Call) {
  await requireAccount(world, account);
  const now = world.clock.now();
  return operationRecord(await beginImport(world, account, now, now + openMs));
}

export async function showOperation(call: Call) {
  return operationRecord(await operationOf(call));
}

/** Gives up an operation; one that is given up already, or expired, is answered the same. Throws `state/conflict` for one that became an image. */
export async function giveUpOperation(call: Call) {
  const { id } = await operationOf(call);
  const given = await invalidateImport(call.world, id, call.world.clock.now());
  if (given === null) throw takesNoMore(await operationOf(call), 'given up');
  return operationRecord(given);
}

export async function listParts(call: Call, kind: ImportKind) {
  const { id } = await operationOf(call);
  return (await listImportContents(call.world, id, kind)).map(contentRecord);
}

/** Parts of one kind that an operation holds. */
const mostParts = 100;

/**
 * Keeps a part of an image: the same bytes are the same part. Throws `input/invalid` for what cannot be such a part, before anything is
 * kept, and `state/conflict` when the operation takes no more.
 */
export async function uploadPart(call: Call, kind: ImportKind, bytes: Uint8Array) {
  const { world } = call;
  const operation = await operationOf(call);
  if (operation.status !== 'pending') throw takesNoMore(operation, 'added to');
  if (bytes.length === 0) throw new Fault('input/invalid', `the request has no body: send the ${kind} as it is`);
  readPart(kind, bytes);
  const digest = digestHex(digestOf(bytes));
  const known = await listImportContents(world, operation.id, kind);
  if (known.length === mostParts && known.every((one) => one.digest !== digest))
    throw new Fault('input/too-large', `the operation ${operation.id} has ${mostParts} parts of this kind already`);
  await world.blobs.put(importBlob(operation.id, kind, digest), bytes);
  const part = { digest, size: bytes.length };
  const added = await addImportContent(world, operation.id, kind, part, world.clock.now());
  if (added === null) throw takesNoMore(await operationOf(call), 'added to');
  return contentRecord(added);
}

/** The operation that the path names. Throws `state/not-found`. */
async function operationOf({ world, principal, params }: Pick<Call, 'world' | 'principal' | 'params'>) {
  const id = params['operation_id'] ?? '';
  const operation = await findImport(world, principal.account, id, world.clock.now());
  if (operation === null) throw new Fault('state/not-found', `there is no import operation '${id.slice(0, 100)}'`);
  return operation;
}

function takesNoMore({ id, status }: { readonly id: string; readonly status: ImportStatus }, what: string): Fault {
  return new Fault('state/conflict', `the import operation ${id} is ${status} and cannot be ${what}; begin another`);
}

function operationRecord({ id, account, status, createdAt, updatedAt, expiresAt }: ImportOperation) {
  return {
    uuid: id,
    status,
    account,
    created_at: rfc3339(createdAt),
    last_update: rfc3339(updatedAt),
    expires_at: rfc3339(expiresAt),
  };
}

function contentRecord({ digest, createdAt }: ImportContent) {
  return { digest, created_at: rfc3339(createdAt) };
}

function rfc3339(time: number): string {
  return new Date(time).toISOString();
}
