import { digestHex, digestOf } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { readBlob } from '#platform/blobs.ts';
import type { Platform } from '#platform/platform.ts';
import type { PolicyBundle } from '#schema/policy-bundle.ts';

/** Keeps a parsed bundle under a key that names its content, and gives the key. Nothing that was kept ever changes. */
export async function putBundleDocument(world: Pick<Platform, 'blobs'>, bundle: PolicyBundle): Promise<string> {
  const bytes = Buffer.from(JSON.stringify(bundle));
  const key = `bundles/${digestHex(digestOf(bytes))}.json`;
  await world.blobs.put(key, bytes);
  return key;
}

/** The bundle of a key; throws `data/corrupt` when it is missing. */
export async function readBundleDocument(world: Pick<Platform, 'blobs'>, key: string): Promise<PolicyBundle> {
  const bytes = await readBlob(world.blobs, key);
  if (bytes === null) throw new Fault('data/corrupt', `reading a policy bundle: its document ${key} is missing`);
  return JSON.parse(bytes.toString()) as PolicyBundle;
}
