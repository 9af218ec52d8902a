import { requireAccount } from '#access/account-store.ts';
import { importArchive } from '#archive/import-archive.ts';
import { findImage } from '#catalog/image-store.ts';
import { Fault } from '#core/fault.ts';
import { sendEvents } from '#platform/bus.ts';
import { requireStored } from './find-stored.ts';
import { formFile } from './form-file.ts';
import { oneImageRecord } from './image-record.ts';
import type { Call } from './route.ts';

/** Takes the image of an uploaded archive into the account. What is no archive is `state/conflict`, as clients of the original expect. */
export async function importImageArchive({ world, principal: { account }, body }: Call<unknown, Uint8Array>) {
  await requireAccount(world, account);
  const file = formFile(body, 'archive_file');
  const { digest, next } = await importArchive(world, account, file).catch((thrown: unknown) => {
    const fault = Fault.from(thrown);
    if (!fault.code.startsWith('image/')) throw fault;
    throw new Fault('state/conflict', fault.message, { cause: fault });
  });
  await sendEvents(world.queues, next);
  return oneImageRecord(world, requireStored(await findImage(world, account, digest)));
}
