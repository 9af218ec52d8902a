import { leadsTo } from '#catalog/current-tags-store.ts';
import type { Image } from '#catalog/image.ts';
import { Fault } from '#core/fault.ts';
import { fitEvent, toldAnnotations } from '#platform/event-details.ts';
import { putJson, readJson } from '#platform/json-blob.ts';
import type { Platform } from '#platform/platform.ts';
import { raiseEvents } from '#platform/raise-events.ts';
import type { LogEvent } from '#schema/event-log.ts';
import type { Finding } from '#schema/finding.ts';
import { diffSummaries, type SummaryDiff } from './diff-summaries.ts';
import { type FindingSummary, findingSummaries, summariesHash } from './finding-summary.ts';
import { replaceTold, type ToldFindings } from './told-findings-store.ts';

type World = Pick<Platform, 'sql' | 'blobs' | 'clock' | 'log'>;

/** Under which tag an image is watched, and what was told last for it, asked before the image was judged. */
export interface FindingWatch {
  readonly tag: string;
  /** The image is watched by its digest, whatever the tag leads to. */
  readonly byDigest: boolean;
  readonly last: ToldFindings | null;
}

/** `overtaken`: somebody else has told of the tag since `last`; judge again. */
export type Telling = 'told' | 'nothing' | 'overtaken';

/**
 * Tells what changed in the vulnerabilities of a tag since that was told last; the first time nothing, but from then on. An image
 * that the tag does not lead to any more says nothing of it. What is told and that it is told are one transaction.
 */
export async function tellFindings(
  world: World,
  image: Image,
  findings: readonly Finding[],
  { tag, byDigest, last }: FindingWatch,
): Promise<Telling> {
  const { account, digest } = image;
  const now = findingSummaries(findings);
  const hash = summariesHash(now);
  if (last?.hash === hash) return 'nothing';
  await putJson(world.blobs, keyOf(hash), now);
  const before = last === null ? null : await readSummaries(world, last.hash);
  const diff = before === null ? null : diffSummaries(before, now);
  const event = diff === null ? null : await fitEvent(world.blobs, changeEvent(world, image, tag, last!, diff), lists);
  const place = { tag, scope: findingScope(image, byDigest) };
  return world.sql.transaction(async (tx) => {
    if (!byDigest && !(await leadsTo({ sql: tx }, account, tag, digest))) return 'nothing';
    if (!(await replaceTold(tx, account, place, last, hash))) return 'overtaken';
    if (event === null) return 'nothing';
    await raiseEvents(tx, 'policy_engine', [event]);
    return 'told';
  });
}

/** By which what was told of an image under a tag is found again: images of a tag that moves are compared platform by platform. */
export function findingScope({ platform, digest }: Image, byDigest: boolean): string {
  return byDigest ? digest : platform;
}

const lists = 'diff_vulnerability_result';

function changeEvent(
  { clock }: World,
  { account, digest, annotations }: Image,
  tag: string,
  { scope, moves }: ToldFindings,
  diff: SummaryDiff,
): LogEvent {
  return {
    id: `${scope} ${moves + 1} ${digest}`,
    account,
    type: 'user.checks.tag.vulnerabilities.update',
    resource: tag,
    details: {
      subscription_type: 'vuln_update',
      imageDigest: digest,
      annotations: toldAnnotations(annotations),
      [lists]: diff,
    },
    subscription: { type: 'vuln_update', key: tag },
    at: clock.now(),
  };
}

/** Null where the list is gone or damaged: one change is lost then, and not all that come after. */
async function readSummaries({ blobs, log }: World, hash: string): Promise<readonly FindingSummary[] | null> {
  const key = keyOf(hash);
  try {
    const summaries = await readJson(blobs, key);
    if (summaries !== null) return summaries as readonly FindingSummary[];
  } catch (thrown) {
    if (Fault.from(thrown).code !== 'data/corrupt') throw thrown;
  }
  log.error('vulnerabilities that were told last cannot be read', { key });
  return null;
}

function keyOf(hash: string): string {
  return `told-findings/${hash}.json.zst`;
}
