import { getImageReport } from '#analysis/image-report-store.ts';
import { fullTag } from '#catalog/current-tags-store.ts';
import type { Image } from '#catalog/image.ts';
import { tagsOf } from '#catalog/tag-store.ts';
import { Fault } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import type { JudgeWorld } from '#matching/judge-analyzed.ts';
import { type JudgedImage, judgeReport } from '#matching/judge-report.ts';
import { tellFindings } from '#matching/tell-findings.ts';
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
import { type FindTagWatches, findingWatches, isWatched, lastTold } from './tag-watch.ts';
import { type Telling, tellVerdict } from './tell-verdict.ts';
import { storeVerdict } from './verdict-store.ts';

export type EvaluateWorld = Omit<JudgeWorld, 'offline' | 'feedMaxAgeMs'> & { readonly limits: Limits };

export interface Evaluation {
  readonly verdict: Verdict;
  readonly bundle: PolicyBundle;
  /** Milliseconds since the epoch. */
  readonly evaluatedAt: number;
}

export interface ToldEvaluation extends Evaluation {
  /** What came of telling it; send `notice.raised` where something was told. */
  readonly telling: Telling;
}

/**
 * The step at the end: an image that was judged gets its verdict under each tag that led to it, and what changed is told: verdicts of all
 * tags, vulnerabilities of those that are watched.
 */
export async function evaluateMatched(
  world: EvaluateWorld,
  { account, digest }: EventOf<'image.matched'>,
  findWatches: FindTagWatches,
): Promise<readonly Event[]> {
  const tags = ((await tagsOf(world, account, [digest])).get(digest) ?? []).map(fullTag);
  const watches = tags.length === 0 ? [] : await findWatches(world, account, tags);
  // Everything that is compared with is asked before the image is judged: what others tell meanwhile is then seen as theirs.
  const told = await lastTold(world, account, watches);
  const all: Grounds[] = [];
  for (const tag of tags) {
    const grounds = await findGrounds(world, account, { digest, tag, policyId: null });
    if (grounds?.image.content == null) return [];
    all.push(grounds);
  }
  const [first] = all;
  if (first === undefined) return [];
  const read = await readImage(world, first);
  const tellings: Telling[] = [];
  for (const watch of findingWatches(first.image, watches, told))
    tellings.push(await tellFindings(world, first.image, read.judged.findings, watch));
  for (const grounds of all) {
    const byDigest = isWatched(watches, 'policy_eval', grounds.tag, digest);
    tellings.push((await evaluateRead(world, grounds, read, { policyId: null, store: true, byDigest })).telling);
  }
  return [
    ...(tellings.includes('told') ? [{ kind: 'notice.raised', account } as const] : []),
    ...(tellings.includes('overtaken') ? [{ kind: 'image.matched', account, digest } as const] : []),
  ];
}

/** Tries to tell a verdict that others overtake. */
const mostTries = 3;

/**
 * Evaluates an analysed image by what the feeds say now and the bundle of the grounds, which `policyId` named (null: the active
 * one). `store` keeps the verdict where it says something new, and tells it where the active policy says another action than before.
 * Throws `state/not-found` when there is no such bundle.
 */
export async function evaluateTag(
  world: EvaluateWorld,
  grounds: Grounds,
  { policyId, store }: { readonly policyId: string | null; readonly store: boolean },
): Promise<ToldEvaluation> {
  const { account, digest } = grounds.image;
  let now: Grounds | null = grounds;
  for (let tries = 1; ; tries++) {
    const evaluated = await evaluateRead(world, now, await readImage(world, now), { policyId, store, byDigest: false });
    if (evaluated.telling !== 'overtaken' || tries === mostTries) return evaluated;
    now = (await findGrounds(world, account, { digest, tag: grounds.tag, policyId })) ?? grounds;
  }
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

interface EvaluateOptions {
  readonly policyId: string | null;
  readonly store: boolean;
  /** The image is watched under the tag whatever the tag leads to. */
  readonly byDigest: boolean;
}

async function evaluateRead(
  world: EvaluateWorld,
  { image, tag, bundle: stored, latest, standing }: Grounds,
  { report, judged, dockerfile }: ReadImage,
  { policyId, store, byDigest }: EvaluateOptions,
): Promise<ToldEvaluation> {
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
  // Reports are shared by accounts; of what index an image is, its catalog row says.
  const facts = factsOf({ ...report, parentDigest: image.parentDigest }, judged, circumstances);
  const verdict = evaluate(bundle, facts);
  if (!store) return { verdict, bundle, evaluatedAt: now, telling: 'nothing' };
  const place = { account, digest, tag, policyId: stored.policyId };
  const { kind, record } = await storeVerdict(world, place, { verdict, bundle: stored.key }, latest);
  if (kind === 'changed') world.log.info('verdict changed', { ...place, action: verdict.action });
  const telling = stored.active
    ? await tellVerdict(world, image, { record, verdict, bundle: stored.key, standing }, byDigest)
    : 'nothing';
  return { verdict, bundle, evaluatedAt: now, telling };
}
