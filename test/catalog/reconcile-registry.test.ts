import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { type AdmitWorld, admitImage } from '#catalog/admit-image.ts';
import { admitToCatalog } from '#catalog/admit-store.ts';
import { findImage } from '#catalog/image-store.ts';
import { type ReconcileCounts, type ReconcileWorld, reconcileRegistry } from '#catalog/reconcile-registry.ts';
import { endTags, recordTag, tagHistory } from '#catalog/tag-store.ts';
import type { Digest } from '#core/digest.ts';
import { defaultLimits } from '#core/limits.ts';
import { silentLog } from '#core/log.ts';
import { ecrCredentials } from '#platform/aws/ecr-auth.ts';
import { ecrClients } from '#platform/aws/ecr-clients.ts';
import { ecrImages } from '#platform/aws/ecr-images.ts';
import type { RegistryImage } from '#platform/image-registry.ts';
import { systemFetch } from '#platform/local/system-fetch.ts';
import type { Sql } from '#platform/sql.ts';
import { throughEndpoints } from '#registry/client/registry-endpoints.ts';
import { defaultPlatforms } from '#registry/image/image-platform.ts';
import { resolveImages } from '#registry/image/resolve-images.ts';
import { registryContent } from '#registry/sources/registry-content.ts';
import type { EventOf } from '#schema/events.ts';
import { startEcr } from '#test/fakes/ecr.ts';
import { inRollback } from '#test/support/database.ts';
import { artifact, image, index, layer } from '#test/support/image-builder.ts';
import { type TestClock, testClock } from '#test/support/test-clock.ts';

const digestOf = (number: number) => `sha256:${number.toString(16).padStart(64, '0')}` as Digest;
const host = '111122223333.dkr.ecr.us-east-1.amazonaws.com';
const begin = Date.UTC(2026, 0, 1);
const where = { registry: host, repository: 'team/app' };

interface Bench {
  readonly sql: Sql;
  readonly clock: TestClock;
  /** How many statements ran. */
  statements(): number;
  reconcile(
    images: Iterable<Partial<RegistryImage>>,
    more?: { readonly untagged?: boolean },
  ): Promise<{ readonly events: readonly EventOf<'image.pushed'>[]; readonly counts: ReconcileCounts }>;
  /** Puts an image with its tags in the catalog. */
  know(
    number: number,
    more: { readonly parent?: number; readonly tags?: readonly string[]; readonly at?: number },
  ): Promise<void>;
}

async function withCatalog(work: (bench: Bench) => Promise<void>): Promise<void> {
  const clock = testClock(begin);
  await inRollback(async (database) => {
    for (const name of ['team', 'other'])
      await addAccount({ sql: database }, { name, type: 'user', user: `${name}-user`, password: 'x' }, 1);
    let statements = 0;
    const sql: Sql = {
      query: (statement, parameters) => {
        statements++;
        return database.query(statement, parameters);
      },
      transaction: (inner) => database.transaction(inner),
    };
    await work({
      sql,
      clock,
      statements: () => statements,
      reconcile: (images, more = {}) =>
        collect(reconcileRegistry({ sql, clock, images: holding(images) }, { account: 'team', ...where, ...more })),
      async know(number, { parent = number, tags = [], at = begin - 1000 }) {
        const digest = digestOf(number);
        const image = {
          ...{
            account: 'team',
            digest,
            parentDigest: digestOf(parent),
            imageId: '0'.repeat(64),
            platform: 'linux/amd64',
          },
          ...{ pullReference: `${host}/team/app@${digest}`, dockerfile: null, annotations: {}, createdAt: at },
        };
        await admitToCatalog({ sql: database }, image, at);
        const pointedTo = { ...where, digest: digestOf(parent), detectedAt: at };
        for (const tag of tags) await recordTag({ sql: database }, 'team', { ...pointedTo, tag });
      },
    });
  });
}

async function* listing(images: Iterable<Partial<RegistryImage>>): AsyncGenerator<RegistryImage> {
  for (const image of images)
    yield {
      digest: digestOf(0),
      tags: [],
      pushedAt: begin - 5000,
      size: 1,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactType: 'application/vnd.oci.image.config.v1+json',
      subject: null,
      status: 'active',
      ...image,
    };
}

/** A registry that holds these. */
function holding(images: Iterable<Partial<RegistryImage>>): ReconcileWorld['images'] {
  return { describeImages: () => listing(images) };
}

async function collect(events: AsyncGenerator<EventOf<'image.pushed'>, ReconcileCounts>) {
  const list: EventOf<'image.pushed'>[] = [];
  for (;;) {
    const next = await events.next();
    if (next.done === true) return { events: list, counts: next.value };
    list.push(next.value);
  }
}

const pushed = (number: number, tag: string | null, at: number): EventOf<'image.pushed'> => ({
  kind: 'image.pushed',
  account: 'team',
  reference: `${host}/team/app${tag === null ? '' : `:${tag}`}@${digestOf(number)}`,
  at,
});

test('what the catalog has never heard of is pushed, each tag since it was pushed', async () => {
  await withCatalog(async ({ reconcile, know }) => {
    await know(1, { tags: ['1.0'] });
    const { events, counts } = await reconcile([
      { digest: digestOf(1), tags: ['1.0'] },
      { digest: digestOf(2), tags: ['2.0', 'latest'] },
    ]);
    assert.deepEqual(events, [pushed(2, '2.0', begin - 5000), pushed(2, 'latest', begin - 5000)]);
    assert.deepEqual(counts, { seen: 2, archived: 0, artifacts: 0, untagged: 0, pushed: 2 });
  });
});

test('a new tag of a known image, and a tag that moved, are pushed', async () => {
  await withCatalog(async ({ reconcile, know }) => {
    await know(1, { tags: ['1.0', 'latest'], at: begin - 9000 });
    const { events } = await reconcile([
      { digest: digestOf(1), tags: ['1.0', 'stable'] },
      { digest: digestOf(2), tags: ['latest'] },
    ]);
    assert.deepEqual(events, [pushed(1, 'stable', begin - 5000), pushed(2, 'latest', begin - 5000)]);
  });
});

test('a tag that moved back to an older image points there since now', async () => {
  await withCatalog(async ({ sql, clock, reconcile, know }) => {
    await know(1, { tags: ['latest'], at: begin - 9000 });
    await know(2, { tags: ['latest'], at: begin - 1000 });
    const back = [{ digest: digestOf(1), tags: ['latest'], pushedAt: begin - 9000 }, { digest: digestOf(2) }];
    const { events } = await reconcile(back);
    assert.deepEqual(events, [pushed(1, 'latest', begin)]);
    await recordTag({ sql }, 'team', { ...where, tag: 'latest', digest: digestOf(1), detectedAt: events[0]!.at });
    await clock.advance(1000);
    assert.deepEqual((await reconcile(back)).events, []);
  });
});

test('a tag that was deleted and is there again is pushed, and points there since now', async () => {
  await withCatalog(async ({ sql, reconcile, know }) => {
    await know(1, { tags: ['1.0'], at: begin - 9000 });
    await endTags({ sql }, 'team', where, ['1.0'], begin - 1000);
    const indexType = 'application/vnd.oci.image.index.v1+json';
    for (const mediaType of ['application/vnd.oci.image.manifest.v1+json', indexType]) {
      const { events } = await reconcile([{ digest: digestOf(1), tags: ['1.0'], pushedAt: begin - 9000, mediaType }]);
      assert.deepEqual(events, [pushed(1, '1.0', begin)]);
    }
  });
});

test('what the catalog heard of while the listing was read is not taken back', async () => {
  await withCatalog(async ({ sql, clock, know }) => {
    await know(1, { tags: ['latest'], at: begin - 9000 });
    const images = async function* () {
      await clock.advance(10);
      await know(2, { tags: ['latest'], at: begin + 5 });
      yield* listing([
        { digest: digestOf(1), tags: ['latest'] },
        { digest: digestOf(3), tags: ['latest'] },
      ]);
    };
    const { events } = await collect(
      reconcileRegistry(
        { sql, clock, images: { ...holding([]), describeImages: images } },
        { account: 'team', ...where },
      ),
    );
    assert.deepEqual(events, []);
  });
});

test('a tag of an index is known by the index, and so is the index itself', async () => {
  await withCatalog(async ({ reconcile, know }) => {
    await know(1, { parent: 9, tags: ['1.0'] });
    const indexType = 'application/vnd.oci.image.index.v1+json';
    const listed = [
      { digest: digestOf(9), tags: ['1.0'], mediaType: indexType, artifactType: '' },
      { digest: digestOf(1) },
      { digest: digestOf(8), tags: ['2.0'], mediaType: indexType, artifactType: '' },
    ];
    assert.deepEqual((await reconcile(listed)).events, [pushed(8, '2.0', begin - 5000)]);
    assert.deepEqual((await reconcile(listed, { untagged: true })).events, [pushed(8, '2.0', begin - 5000)]);
  });
});

test('an index that was built anew is another one, whatever images it has in common with the last', async () => {
  await withCatalog(async ({ reconcile, know }) => {
    await know(1, { parent: 9, tags: ['1.0'] });
    const mediaType = 'application/vnd.docker.distribution.manifest.list.v2+json';
    const { events } = await reconcile([{ digest: digestOf(8), mediaType, artifactType: '', tags: ['1.0'] }]);
    assert.deepEqual(events, [pushed(8, '1.0', begin)]);
  });
});

test('what was deleted here is not pushed again by a comparison', async () => {
  await withCatalog(async ({ sql, reconcile, know }) => {
    await know(1, { tags: ['1.0'] });
    await sql.query('delete from image');
    assert.deepEqual((await reconcile([{ digest: digestOf(1), tags: ['1.0'] }])).events, []);
  });
});

test('what has no tag is pushed only when that is asked for', async () => {
  await withCatalog(async ({ reconcile, know }) => {
    await know(1, {});
    const listed = [{ digest: digestOf(1) }, { digest: digestOf(2), pushedAt: null }];
    assert.deepEqual((await reconcile(listed)).counts, { seen: 2, archived: 0, artifacts: 0, untagged: 2, pushed: 0 });
    assert.deepEqual((await reconcile(listed, { untagged: true })).events, [pushed(2, null, begin)]);
  });
});

test('archived images, signatures, attestations and charts are passed over', async () => {
  await withCatalog(async ({ reconcile, statements }) => {
    const { events, counts } = await reconcile([
      { digest: digestOf(1), tags: ['1.0'], status: 'archived' },
      { digest: digestOf(2), tags: ['1.1'], status: 'activating' },
      { digest: digestOf(3), tags: [`sha256-${'a'.repeat(64)}.sig`] },
      { digest: digestOf(4), tags: [`sha256-${'a'.repeat(64)}`] },
      { digest: digestOf(5), tags: ['chart'], artifactType: 'application/vnd.cncf.helm.config.v1+json' },
      { digest: digestOf(6), tags: ['signed'], subject: digestOf(1) },
      { digest: digestOf(7), tags: ['old'], mediaType: 'application/vnd.docker.distribution.manifest.v1+prettyjws' },
      { digest: 'sha512:abc', tags: ['other'] },
    ]);
    assert.deepEqual([events, counts.archived, counts.artifacts], [[], 2, 6]);
    assert.equal(statements(), 0);
  });
});

test('another account or repository that has the image does not make it known', async () => {
  await withCatalog(async ({ sql, clock, know, reconcile }) => {
    await know(1, { tags: ['1.0'] });
    const listed = [{ digest: digestOf(1), tags: ['1.0'] }];
    assert.deepEqual((await reconcile(listed)).events, []);
    for (const request of [
      { account: 'other', ...where },
      { account: 'team', registry: host, repository: 'team/copy' },
    ]) {
      const { events } = await collect(reconcileRegistry({ sql, clock, images: holding(listed) }, request));
      assert.equal(events.length, 1);
    }
  });
});

test('a large repository costs a statement for five hundred tags', async () => {
  await withCatalog(async ({ reconcile, statements }) => {
    const images = Array.from({ length: 2200 }, (_, i) => ({ digest: digestOf(i), tags: [`v${i}`] }));
    assert.equal((await reconcile(images)).events.length, 2200);
    assert.equal(statements(), 5);
  });
});

test('pushes of ECR that no event told of are in the catalog after one reconciliation', async () => {
  const clock = testClock(begin, { selfWinding: true });
  const account = '111122223333';
  await using ecr = await startEcr({ clock, accounts: [account] });
  using clients = ecrClients({ endpoint: ecr.endpoint, credentials: ecr.addUser(account, 'plimsoll') });
  const client = clients.clientFor('us-east-1', null);
  const credentials = ecrCredentials({ ...clients, clock });
  const registry = { clock, fetch: throughEndpoints(systemFetch(), ecr.endpoints) };
  const layers = [layer([{ path: 'etc/os-release', content: 'ID=test' }])];
  const amd64 = image({ layers });
  const both = index([amd64, image({ layers, platform: 'linux/arm64' })], { tag: 'both' });
  const old = image({ layers, tag: 'latest', config: { config: { User: 'old' } } });
  for (const built of [both, old, artifact({ tag: 'sbom' })]) ecr.push(account, 'team/app', built);
  await withCatalog(async ({ sql }) => {
    const world: AdmitWorld = {
      ...{ sql, clock, log: silentLog },
      limits: defaultLimits,
      async openRegistryImages(reference) {
        const { root, content } = await registryContent(registry, reference, { limits: defaultLimits, credentials });
        return resolveImages(content, root, defaultPlatforms, { reference, limits: defaultLimits });
      },
    };
    const reconcile = async () => {
      const images = ecrImages({ client, clock });
      const { events, counts } = await collect(reconcileRegistry({ ...world, images }, { account: 'team', ...where }));
      for (const { reference, at } of events) await admitImage(world, { account: 'team', reference, at });
      return [events.length, counts] as const;
    };
    const counts = { seen: 5, archived: 0, artifacts: 1, untagged: 2 };
    assert.deepEqual(await reconcile(), [2, { ...counts, pushed: 2 }]);
    assert.deepEqual(await reconcile(), [0, { ...counts, pushed: 0 }]);
    const moved = image({ layers, tag: 'latest', config: { config: { User: 'new' } } });
    await clock.advance(1000);
    ecr.push(account, 'team/app', moved);
    assert.equal((await reconcile())[0], 1);
    await clock.advance(1000);
    ecr.push(account, 'team/app', old);
    assert.equal((await reconcile())[0], 1);
    assert.equal((await reconcile())[0], 0);
    const history = await tagHistory({ sql }, 'team', { ...where, tag: 'latest' }, 10);
    assert.deepEqual(
      history.map(({ digest }) => digest),
      [old.digest, moved.digest, old.digest],
    );
    const anew = index([amd64, image({ layers, platform: 'linux/arm64', config: { config: { User: 'new' } } })]);
    ecr.push(account, 'team/app', { ...anew, tag: 'both' });
    assert.equal(
      (await reconcile())[0],
      1,
      'an index that was built anew is another, whatever images it has in common',
    );
    assert.equal((await reconcile())[0], 0);
    const [tag] = await tagHistory({ sql }, 'team', { ...where, tag: 'both' }, 10);
    assert.equal(tag?.digest, anew.digest);
    assert.equal((await findImage({ sql }, 'team', anew.digest))?.digest, amd64.digest);
  });
});
