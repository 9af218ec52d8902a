import { getImageReport } from '#analysis/image-report-store.ts';
import type { Image } from '#catalog/image.ts';
import { findImage } from '#catalog/image-store.ts';
import { tagsOf } from '#catalog/tag-store.ts';
import { Fault } from '#core/fault.ts';
import type { JudgeWorld } from '#matching/judge-analyzed.ts';
import { type JudgedImage, judgeReport } from '#matching/judge-report.ts';
import { readBlob } from '#platform/blobs.ts';
import type { Event, EventOf } from '#schema/events.ts';
import type { ImageReport } from '#schema/image-report.ts';
import type { PolicyBundle } from '#schema/policy-bundle.ts';
import type { Verdict } from '#schema/verdict.ts';
import { activeBundle, getBundle } from './bundle-store.ts';
import { evaluate } from './evaluate.ts';
import { factsOf } from './facts.ts';
import { storeVerdict } from './verdict-store.ts';

export type EvaluateWorld = Omit<JudgeWorld, 'offline' | 'feedMaxAgeMs'>;

export interface Evaluation {
  readonly verdict: Verdict;
  readonly bundle: PolicyBundle;
  /** Milliseconds since the epoch. */
  readonly evaluatedAt: number;
}

/** The step at the end: an image that was judged gets its verdict under each tag that points to it now. */
export async function evaluateMatched(
  world: EvaluateWorld,
  matched: EventOf<'image.matched'>,
): Promise<readonly Event[]> {
  const { account, digest } = matched;
  const image = await findImage(world, account, digest);
  if (image?.content == null) return [];
  const report = await getImageReport(world, image.content.report);
  const judged = await judgeNow(world, report);
  for (const { registry, repository, tag } of (await tagsOf(world, account, [digest])).get(digest) ?? [])
    await evaluateJudged(world, image, report, judged, `${registry}/${repository}:${tag}`, {
      policyId: null,
      store: true,
    });
  return [];
}

/**
 * Evaluates an analysed image under a tag, by what the feeds say now and the named bundle or else the active one. `store`
 * keeps the verdict where it says something new. Throws `state/not-found` when there is no such bundle.
 */
export async function evaluateTag(
  world: EvaluateWorld,
  image: Image,
  report: ImageReport,
  tag: string,
  options: { readonly policyId: string | null; readonly store: boolean },
): Promise<Evaluation> {
  return evaluateJudged(world, image, report, await judgeNow(world, report), tag, options);
}

/** Judges by what is stored: the feeds were fetched when the image was analysed, and are kept fresh on their own. */
function judgeNow(world: EvaluateWorld, report: ImageReport): Promise<JudgedImage> {
  return judgeReport(world, report, { offline: true, maxAgeMs: Number.MAX_SAFE_INTEGER });
}

async function evaluateJudged(
  world: EvaluateWorld,
  image: Image,
  report: ImageReport,
  judged: JudgedImage,
  tag: string,
  { policyId, store }: { readonly policyId: string | null; readonly store: boolean },
): Promise<Evaluation> {
  const { account, digest } = image;
  const stored = policyId === null ? await activeBundle(world, account) : await getBundle(world, account, policyId);
  if (stored === null)
    throw new Fault(
      'state/not-found',
      policyId === null ? `account ${account} has no active policy` : `policy ${policyId} not found`,
    );
  const now = world.clock.now();
  const given = image.dockerfile === null ? null : await readBlob(world.blobs, image.dockerfile);
  const dockerfile = given === null ? null : given.toString('utf8');
  const verdict = evaluate(
    stored.bundle,
    factsOf(report, judged, { tag, dockerfile, now, knownSince: image.createdAt }),
  );
  if (store) {
    const place = { account, digest, tag, policyId: stored.policyId };
    const { kind } = await storeVerdict(world, place, { verdict, bundle: stored.bundle });
    if (kind === 'changed') world.log.info('verdict changed', { ...place, action: verdict.action });
  }
  return { verdict, bundle: stored.bundle, evaluatedAt: now };
}
