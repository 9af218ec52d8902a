import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { admitToCatalog } from '#catalog/admit-store.ts';
import { recordTag } from '#catalog/tag-store.ts';
import type { Digest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import type { AwsWorld } from '#functions/aws-world.ts';
import { reconcile } from '#functions/catalog/reconcile.ts';
import type { RegistryImage } from '#platform/image-registry.ts';
import { parseEvent } from '#platform/bus.ts';
import type { Sql } from '#platform/sql.ts';
import { testClock } from '#test/support/test-clock.ts';
import { inRollback } from '#test/support/database.ts';

const own = '123456789012.dkr.ecr.us-east-1.amazonaws.com';
const other = '210987654321.dkr.ecr.us-east-1.amazonaws.com';

function pushed(repository: string): RegistryImage {
  const digest = `sha256:${repository.length.toString(16).padStart(64, '0')}`;
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  return { digest, tags: ['v1'], pushedAt: 1, size: 1, mediaType, artifactType: '', subject: null, status: 'active' };
}

/** Compares the registries of two accounts, each with these repositories; `locked` may not be read. */
async function reconciled(
  sql: Sql,
  repositories: Readonly<Record<'own' | 'other', readonly string[] | 'denied'>>,
  { most = Number.POSITIVE_INFINITY, counted = [] as string[] } = {},
) {
  const sent: string[] = [];
  const told: string[] = [];
  let begun = 0;
  const denied = () => new Fault('registry/denied', 'ECR does not allow it');
  const images = async (account?: string) => ({
    async *listRepositories() {
      const names = repositories[account === undefined ? 'own' : 'other'];
      if (names === 'denied') throw denied();
      yield* names;
    },
    async *describeImages(repository: string) {
      if (repository === 'locked') throw denied();
      if (repository === 'drowned') throw new Fault('registry/not-found', 'ECR does not have it');
      yield pushed(repository);
    },
  });
  const world = {
    ...{ sql, clock: testClock(), images },
    log: { info: (fact: string) => void told.push(fact), error: (fact: string) => void told.push(fact) },
    count: (name: string) => void counted.push(name),
    settings: { required: () => 'admin', optional: () => null },
    queues: () => ({ send: async (bodies: readonly string[]) => void sent.push(...bodies) }),
  } as unknown as AwsWorld;
  const registries = [
    { registry: own, account: null },
    { registry: other, account: '210987654321' },
  ];
  await reconcile(world, registries, () => begun++ >= most);
  return {
    told: told.filter((fact) => fact !== 'repository reconciled'),
    references: sent.map((body) => {
      const event = parseEvent(body);
      if (event.kind === 'image.pushed') return event.reference.replace(/:v1@.*/, '');
      return event.kind === 'image.removed' ? `${event.kind} ${event.reference}` : event.kind;
    }),
  };
}

test('registries of other accounts are compared as well as our own', async () => {
  await inRollback(async (sql) => {
    const { references } = await reconciled(sql, { own: ['one', 'other'], other: ['app'] });
    assert.deepEqual(references, [`${own}/one`, `${own}/other`, `${other}/app`]);
  });
});

test('a repository that may not be read does not keep the others from being compared, and is counted', async () => {
  await inRollback(async (sql) => {
    const counted: string[] = [];
    const { told, references } = await reconciled(sql, { own: ['one', 'locked', 'other'], other: [] }, { counted });
    assert.deepEqual(references, [`${own}/one`, `${own}/other`]);
    assert.deepEqual([told, counted], [['repository not reconciled'], ['reconcileFailures']]);
  });
});

test('an account whose role is refused does not keep the others from being compared, and is counted', async () => {
  await inRollback(async (sql) => {
    const counted: string[] = [];
    const { told, references } = await reconciled(sql, { own: ['one'], other: 'denied' }, { counted });
    assert.deepEqual(references, [`${own}/one`]);
    assert.deepEqual([told, counted], [['registry not reconciled'], ['reconcileFailures']]);
  });
});

test('a run without time left says so, and the next one goes on behind it, round and round', async () => {
  await inRollback(async (sql) => {
    const all = { own: ['a', 'd', 'b', 'c'], other: ['e'] } as const;
    const run = async (most: number) => {
      const { told, references } = await reconciled(sql, all, { most });
      return [references.map((one) => one.at(-1)).join(''), ...told];
    };
    const left = 'repositories left for the next run';
    assert.deepEqual(await run(2), ['ab', left]);
    assert.deepEqual(await run(2), ['cd', left]);
    assert.deepEqual(await run(0), ['', left]);
    assert.deepEqual(await run(2), ['ea', left]);
    assert.deepEqual(await run(5), ['bcdea']);
  });
});

test('a repository that ended the process is not the first of the next run', async () => {
  await inRollback(async (sql) => {
    let died = () => {};
    const compared = new Promise<void>((resolve) => {
      died = resolve;
    });
    const query: Sql['query'] = (statement, parameters) => {
      if (!statement.includes('jsonb_to_recordset')) return sql.query(statement, parameters);
      died();
      return new Promise(() => {});
    };
    void reconciled({ ...sql, query }, { own: ['a', 'b'], other: [] });
    await compared;
    const { references } = await reconciled(sql, { own: ['a', 'b'], other: [] });
    assert.deepEqual(references, [`${own}/b`, `${own}/a`]);
  });
});

test('tags that ECR does not have any more are told as removed, also of a repository that is gone', async () => {
  await inRollback(async (sql) => {
    const digest = `sha256:${'e'.repeat(64)}` as Digest;
    const image = { account: 'admin', digest, parentDigest: digest, imageId: digest.slice(7), createdAt: 1 };
    const rest = { platform: 'linux/amd64', pullReference: `${own}/app@${digest}`, dockerfile: null, annotations: {} };
    await addAccount({ sql }, { name: 'admin', type: 'admin', user: 'admin', password: '-' }, 1);
    await admitToCatalog({ sql }, { ...image, ...rest }, 1);
    const early = 1000;
    for (const [registry, repository, tag] of [
      [own, 'app', 'v1'],
      [own, 'app', 'v0'],
      [own, 'drowned', 'v1'],
      [other, 'locked', 'v1'],
    ] as const)
      await recordTag({ sql }, 'admin', { registry, repository, tag, digest, detectedAt: early });
    const { references } = await reconciled(sql, { own: ['app'], other: ['locked'] });
    assert.deepEqual(references, [
      `${own}/app`,
      `image.removed ${own}/app:v0@${digest}`,
      `image.removed ${own}/drowned:v1@${digest}`,
    ]);
  });
});
