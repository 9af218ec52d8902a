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

/** Bundles that were read last, the newest at the end: their keys name their content. */
const read = new Map<string, PolicyBundle>();
const mostRead = 8;

/** The bundle of a key; throws `data/corrupt` when it is missing. */
export async function readBundleDocument(world: Pick<Platform, 'blobs'>, key: string): Promise<PolicyBundle> {
  const bundle = read.get(key) ?? (await parsedDocument(world, key));
  read.delete(key);
  read.set(key, bundle);
  if (read.size > mostRead) read.delete(read.keys().next().value!);
  return bundle;
}

async function parsedDocument({ blobs }: Pick<Platform, 'blobs'>, key: string): Promise<PolicyBundle> {
  const bytes = await readBlob(blobs, key);
  if (bytes === null) throw new Fault('data/corrupt', `reading a policy bundle: its document ${key} is missing`);
  return JSON.parse(bytes.toString()) as PolicyBundle;
}
