import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { type Digest, digestHex, digestOf } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { readBlob } from '#platform/blobs.ts';
import type { Platform } from '#platform/platform.ts';
import { type ImageReport, noDetails } from '#schema/image-report.ts';

/** A report with all files of all packages of a very large image; what is longer was not written here. */
const mostBytes = 1024 * 1024 * 1024;

/**
 * Where the report of an image is kept: by the digest of its manifest, else of its config, else of its layers, so that
 * every account that has the image shares it.
 */
export function imageReportKey(analyzerSet: string, image: Digest): string {
  return `image-reports/${analyzerSet}/${digestHex(image)}.json.zst`;
}

/** What an image is known by in the store. */
export function imageIdentity(report: Pick<ImageReport, 'digest' | 'configDigest' | 'layers' | 'platform'>): Digest {
  const named = report.digest ?? report.configDigest;
  if (named !== null) return named as Digest;
  return digestOf(JSON.stringify([report.platform, ...report.layers.map(({ diffId }) => diffId)]));
}

/** Stores a report in the place of an earlier one of the same image, and gives its key. */
export async function putImageReport(world: Pick<Platform, 'blobs'>, report: ImageReport): Promise<string> {
  const key = imageReportKey(report.analyzers, imageIdentity(report));
  await world.blobs.replace(key, await promisify(zstdCompress)(JSON.stringify(report)));
  return key;
}

/** How the keys of reports begin that an account brought along. Names of accounts may hold what keys may not. */
export function accountReports(account: string): string {
  return `image-reports/of-accounts/${digestHex(digestOf(account)).slice(0, 32)}/`;
}

/**
 * Stores a report that an account brought along, under a key of its own: nobody else sees what it says of an image. Gives the key.
 */
export async function putAccountReport(
  world: Pick<Platform, 'blobs'>,
  account: string,
  report: ImageReport,
): Promise<string> {
  const key = `${accountReports(account)}${digestHex(imageIdentity(report))}.json.zst`;
  await world.blobs.replace(key, await promisify(zstdCompress)(JSON.stringify(report)));
  return key;
}

/** The report under a key that {@link putImageReport} gave. Throws `data/corrupt` when it is gone or cannot be read. */
export async function getImageReport(world: Pick<Platform, 'blobs'>, key: string): Promise<ImageReport> {
  const bytes = await readBlob(world.blobs, key);
  if (bytes === null) throw new Fault('data/corrupt', `the report '${key}' is not stored; analyze the image again`);
  let report: Partial<ImageReport>;
  try {
    report = JSON.parse((await promisify(zstdDecompress)(bytes, { maxOutputLength: mostBytes })).toString());
  } catch (cause) {
    throw new Fault('data/corrupt', `the stored report '${key}' cannot be read; analyze the image again`, { cause });
  }
  // Reports of the first analyzers told packages only.
  if (report?.version === 1 && Array.isArray(report.packages))
    return { base: null, details: noDetails, ...report } as ImageReport;
  throw new Fault('data/corrupt', `the stored report '${key}' is of another form; analyze the image again`);
}
