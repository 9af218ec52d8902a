import { createHash } from 'node:crypto';
import { getImageReport } from '#analysis/image-report-store.ts';
import { currentTags, type TagName } from '#catalog/current-tags-store.ts';
import type { Image } from '#catalog/image.ts';
import { findImage } from '#catalog/image-store.ts';
import { Fault } from '#core/fault.ts';
import type { FindingHub, HubFinding } from '#platform/finding-hub.ts';
import { readJson, replaceJson } from '#platform/json-blob.ts';
import { hubFindings } from './hub-findings.ts';
import { forgetHub, type HubImage, hubImagesDue, setToldHub, toldHubAt } from './hub-store.ts';
import type { JudgeWorld } from './judge-analyzed.ts';
import { judgeReport } from './judge-report.ts';

export type HubWorld = JudgeWorld & {
  /** Where findings of all tools come together; null: nowhere. */
  readonly hub: FindingHub | null;
};

const day = 86_400_000;

/** What nobody repeats for 90 days Security Hub forgets. */
const repeatAfter = 60 * day;

/** Images of one statement. */
const pageSize = 100;

/**
 * Brings the findings of an image into the hub: those that are new or other than before, and as closed those that are over, which all are when
 * no tag leads to the image any more. What was brought in is noted last: a run that died is made up for by the next. Does nothing without a hub;
 * throws what the hub throws.
 */
export async function tellHub(world: HubWorld, of: HubImage): Promise<void> {
  const { hub, sql, blobs, clock, log } = world;
  if (hub === null) return;
  const now = clock.now();
  const toldAt = await toldHubAt(sql, of);
  const before = toldAt === null ? [] : (((await readJson(blobs, keyOf(of))) ?? []) as readonly HubFinding[]);
  const findings = await findingsNow(world, of, now);
  const repeated = toldAt !== null && now - toldAt >= repeatAfter;
  const known = new Map(before.map((one) => [one.id, contentOf(one)]));
  const changed = repeated ? findings : findings.filter((one) => known.get(one.id) !== contentOf(one));
  const ids = new Set(findings.map(({ id }) => id));
  const over = before.filter(({ id }) => !ids.has(id)).map((one) => ({ ...one, active: false, updatedAt: now }));
  if (changed.length === 0 && over.length === 0 && (findings.length > 0 || toldAt === null)) return;
  const refused = await hub.bringIn([...changed, ...over]);
  if (refused.length > 0)
    log.error('findings refused by the hub', { ...of, refused: refused.length, first: refused[0]!.why });
  if (findings.length === 0) {
    await forgetHub(sql, of);
    await blobs.delete(keyOf(of));
    return;
  }
  const left = new Set(refused.map(({ id }) => id));
  // Row first: a blob without one would never be looked for.
  await setToldHub(sql, of, toldAt === null || repeated ? now : toldAt);
  await replaceJson(
    blobs,
    keyOf(of),
    findings.filter(({ id }) => !left.has(id)),
  );
  log.info('findings brought in', { ...of, changed: changed.length, over: over.length });
}

/**
 * Closes what stands in the hub of images that no tag leads to any more, and repeats what it would forget; until it is `late`. An image that
 * cannot be told of is a log line: the next run tries it again.
 */
export async function refreshHub(world: HubWorld, late: () => boolean): Promise<void> {
  if (world.hub === null) return;
  const before = world.clock.now() - repeatAfter;
  for (let after: HubImage = { account: '', digest: '' }, full = true; full && !late(); ) {
    const due = await hubImagesDue(world.sql, before, after, pageSize);
    for (const image of due) {
      if (late()) return;
      await tellHub(world, image).catch((thrown: unknown) => {
        const { code, message } = Fault.from(thrown);
        world.log.error('findings not brought in', { ...image, code, message });
      });
    }
    after = due.at(-1) ?? after;
    full = due.length === pageSize;
  }
}

/** None where the image is not judged, or no tag leads to it. */
async function findingsNow(
  world: HubWorld,
  { account, digest }: HubImage,
  now: number,
): Promise<readonly HubFinding[]> {
  const image = await findImage(world, account, digest);
  if (image?.content == null || image.state !== 'analyzed' || image.status !== 'active') return [];
  const tags: readonly TagName[] = (await currentTags(world, account, digest).next()).value ?? [];
  return tags.length === 0 ? [] : hubFindings(image, tags, await judged(world, image), now);
}

async function judged(world: HubWorld, image: Image) {
  const report = await getImageReport(world, image.content!.report);
  const { findings } = await judgeReport(world, report, {
    ...{ offline: true, maxAgeMs: Number.MAX_SAFE_INTEGER, knownSince: image.createdAt, account: image.account },
  });
  return findings;
}

/** All of a finding but when it was said. */
function contentOf(finding: HubFinding): string {
  return JSON.stringify({ ...finding, updatedAt: 0 });
}

function keyOf({ account, digest }: HubImage): string {
  const name = createHash('sha256')
    .update(JSON.stringify([account, digest]))
    .digest('hex');
  return `hub-findings/${name}.json.zst`;
}
