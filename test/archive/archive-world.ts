import { putImageReport } from '#analysis/image-report-store.ts';
import type { RulesWorld } from '#archive/apply-rules.ts';
import { admitToCatalog } from '#catalog/admit-store.ts';
import { moveImage } from '#catalog/image-store.ts';
import { recordTag } from '#catalog/tag-store.ts';
import { type Digest, digestOf } from '#core/digest.ts';
import { silentLog } from '#core/log.ts';
import { somePackage, someReport } from '#test/support/reports.ts';
import { inRollback } from '#test/support/database.ts';
import { type TestClock, testClock } from '#test/support/test-clock.ts';
import { memoryBlobs } from '#test/policy/memory-blobs.ts';

export interface ArchiveTestWorld extends RulesWorld {
  readonly clock: TestClock;
  /** Messages that were sent. */
  readonly sent: readonly unknown[];
}

export const dayMs = 86_400_000;

/** 2026-06-01, in the middle of which tests take place. */
export const today = Date.UTC(2026, 5, 1);

/** A world with the accounts `team` and `other`, which have nothing. */
export function inArchiveWorld(work: (world: ArchiveTestWorld) => Promise<void>): Promise<void> {
  return inRollback(async (sql) => {
    const sent: unknown[] = [];
    for (const name of ['team', 'other'])
      await sql.query(
        `insert into account (account, type, state, created_at, updated_at) values (:name::text, 'user', 'enabled', 0, 0)`,
        { name },
      );
    const queue = {
      send: async (bodies: readonly string[]) => void sent.push(...bodies.map((one) => JSON.parse(one))),
    };
    const queues = (() => queue) as unknown as RulesWorld['queues'];
    await work({ sql, queues, blobs: memoryBlobs(), clock: testClock(today), log: silentLog, sent });
  });
}

/** What a test's image is. */
export interface TestImage {
  readonly name: string;
  readonly account?: string;
  /** Days before today on which it was analyzed; null: it was not. */
  readonly analyzed?: number | null;
  /** `repository:tag` of registry `r.test`, and how many days before today they began to point to it. */
  readonly tags?: Readonly<Record<string, number>>;
}

/** Puts an image in the catalog, with a report of one npm package; gives its digest. */
export async function addImage(world: ArchiveTestWorld, image: TestImage): Promise<Digest> {
  const { name, account = 'team', analyzed = 0, tags = { 'app:v1': 0 } } = image;
  const digest = digestOf(name);
  const at = today - (analyzed ?? 0) * dayMs;
  await admitToCatalog(
    world,
    {
      ...{
        account,
        digest,
        parentDigest: digest,
        imageId: digestOf(`config ${name}`).slice(7),
        platform: 'linux/amd64',
      },
      ...{ pullReference: `r.test/app@${digest}`, dockerfile: null, annotations: { who: name }, createdAt: at },
    },
    at,
  );
  for (const [reference, days] of Object.entries(tags)) {
    const [repository = '', tag = ''] = reference.split(':');
    await recordTag(world, account, { registry: 'r.test', repository, tag, digest, detectedAt: today - days * dayMs });
  }
  if (analyzed === null) return digest;
  const hull = somePackage({ type: 'npm', name: 'hull', version: '1.0.0' });
  const report = await putImageReport(
    world,
    someReport([hull], { digest, configDigest: digestOf(`config ${name}`), reference: 'r.test/app:v1' }),
  );
  const content = { report, size: 10, layerCount: 1, arch: 'amd64', distro: null, distroVersion: null };
  await moveImage(world, { account, digest }, 'claimed', at);
  await moveImage(world, { account, digest }, 'indexed', at, { content: { ...content, namespace: null, base: null } });
  await moveImage(world, { account, digest }, 'judged', at);
  return digest;
}
