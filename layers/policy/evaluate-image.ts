import { getImageReport } from '#analysis/image-report-store.ts';
import type { Image } from '#catalog/image.ts';
import { tagsOf } from '#catalog/tag-store.ts';
import { Fault } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import type { JudgeWorld } from '#matching/judge-analyzed.ts';
import { type JudgedImage, judgeReport } from '#matching/judge-report.ts';
import { readBlob } from '#platform/blobs.ts';
import type { Event, EventOf } from '#schema/events.ts';
import type { ImageReport } from '#schema/image-report.ts';
import type { PolicyBundle } from '#schema/policy-bundle.ts';
import type { Verdict } from '#schema/verdict.ts';
import { readBundleDocument } from './bundle-document.ts';
import { evaluate } from './evaluate.ts';
import { factsOf } from './facts.ts';
import { findGrounds, type Grounds } from './grounds-store.ts';
import { neededBy, readNeeded } from './needed-facts.ts';
import { storeVerdict } from './verdict-store.ts';

export type EvaluateWorld = Omit<JudgeWorld, 'offline' | 'feedMaxAgeMs'> & { readonly limits: Limits };

export interface Evaluation {
  readonly verdict: Verdict;
  readonly bundle: PolicyBundle;
  /** Milliseconds since the epoch. */
  readonly evaluatedAt: number;
}

/** The step at the end: an image that was judged gets its verdict under each tag that points to it now. */
export async function evaluateMatched(
  world: EvaluateWorld,
  { account, digest }: EventOf<'image.matched'>,
): Promise<readonly Event[]> {
  const tags = (await tagsOf(world, account, [digest])).get(digest) ?? [];
  let read: ReadImage | null = null;
  for (const { registry, repository, tag } of tags) {
    const question = { digest, tag: `${registry}/${repository}:${tag}`, policyId: null };
    const grounds = await findGrounds(world, account, question);
    if (grounds?.image.content == null) return [];
    read ??= await readImage(world, grounds);
    await evaluateRead(world, grounds, read, { policyId: null, store: true });
  }
  return [];
}

/**
 * Evaluates an analysed image by what the feeds say now and the bundle of the grounds, which `policyId` named (null: the active
 * one). `store` keeps the verdict where it says something new. Throws `state/not-found` when there is no such bundle.
 */
export async function evaluateTag(
  world: EvaluateWorld,
  grounds: Grounds,
  options: { readonly policyId: string | null; readonly store: boolean },
): Promise<Evaluation> {
  return evaluateRead(world, grounds, await readImage(world, grounds), options);
}

/** An image as it is evaluated under each of its tags. */
interface ReadImage {
  readonly report: ImageReport;
  readonly judged: JudgedImage;
  /** Text of the Dockerfile that came with it. */
  readonly dockerfile: string | null;
}

/** Judges by what is stored: the feeds were fetched when the image was analysed, and are kept fresh on their own. */
async function readImage(world: EvaluateWorld, { image, sets }: Grounds): Promise<ReadImage> {
  if (image.content === null) throw new Fault('state/not-found', `evaluating ${image.digest}: it is not analyzed`);
  const [report, dockerfile] = await Promise.all([
    getImageReport(world, image.content.report),
    dockerfileOf(world, image),
  ]);
  const judged = await judgeReport(world, report, {
    offline: true,
    maxAgeMs: Number.MAX_SAFE_INTEGER,
    storedSets: sets,
    knownSince: image.createdAt,
    account: image.account,
  });
  return { report, judged, dockerfile };
}

async function dockerfileOf({ blobs }: EvaluateWorld, { dockerfile }: Image): Promise<string | null> {
  const given = dockerfile === null ? null : await readBlob(blobs, dockerfile);
  return given === null ? null : given.toString('utf8');
}

async function evaluateRead(
  world: EvaluateWorld,
  { image, tag, bundle: stored, latest }: Grounds,
  { report, judged, dockerfile }: ReadImage,
  { policyId, store }: { readonly policyId: string | null; readonly store: boolean },
): Promise<Evaluation> {
  const { account, digest } = image;
  if (stored === null)
    throw new Fault(
      'state/not-found',
      policyId === null ? `account ${account} has no active policy` : `policy ${policyId} not found`,
    );
  const bundle = await readBundleDocument(world, stored.key);
  const now = world.clock.now();
  const needed = await readNeeded(world, report, neededBy(bundle));
  const base = image.content?.base ?? report.base;
  const circumstances = { tag, dockerfile, now, knownSince: image.createdAt, base, ...needed };
  const verdict = evaluate(bundle, factsOf(report, judged, circumstances));
  if (store) {
    const place = { account, digest, tag, policyId: stored.policyId };
    const { kind } = await storeVerdict(world, place, { verdict, bundle: stored.key }, latest);
    if (kind === 'changed') world.log.info('verdict changed', { ...place, action: verdict.action });
  }
  return { verdict, bundle, evaluatedAt: now };
}
