import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateRepositoryCommand, PutImageCommand } from '@aws-sdk/client-ecr';
import { ecrCredentials } from '#platform/aws/ecr-auth.ts';
import { ecrClients } from '#platform/aws/ecr-clients.ts';
import { type EcrImages, ecrImages } from '#platform/aws/ecr-images.ts';
import { type Ecr, startEcr } from '#test/fakes/ecr.ts';
import type { Identity } from '#test/fakes/ecr-identities.ts';
import { awsTestClient, foreignAws, foreignAwsNote, freshName } from '#test/support/aws.ts';
import { type BuiltImage, image, index, layer } from '#test/support/image-builder.ts';
import { isFault } from '#test/support/is-fault.ts';
import { type TestClock, testClock } from '#test/support/test-clock.ts';

const [own, other] = ['111122223333', '444455556666'];
const base = layer([{ path: 'etc/os-release', content: 'ID=test' }]);

interface Bench {
  readonly ecr: Ecr;
  readonly clock: TestClock;
  readonly user: Identity;
  readonly images: EcrImages;
  readonly theirs: EcrImages;
}

async function withEcr(work: (bench: Bench) => Promise<void>): Promise<void> {
  const clock = testClock(undefined, { selfWinding: true });
  await using ecr = await startEcr({ clock, accounts: [own, other] });
  const user = ecr.addUser(own, 'plimsoll');
  using clients = ecrClients({ endpoint: ecr.endpoint, credentials: user });
  const client = clients.clientFor('us-east-1', null);
  await work({
    ecr,
    clock,
    user,
    images: ecrImages({ client, clock }),
    theirs: ecrImages({ client, clock, account: other }),
  });
}

/** An image that differs from all others by its number. */
const numbered = (number: number, more: Partial<Parameters<typeof image>[0]> = {}): BuiltImage =>
  image({ layers: [base], config: { config: { Labels: { number: `${number}` } } }, ...more });

const signatureOf = (
  subject: { readonly digest: string; readonly mediaType: string; readonly bytes: Buffer },
  number = 0,
) =>
  numbered(number, {
    manifest: {
      artifactType: 'application/vnd.cncf.notary.signature',
      subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.bytes.length },
    },
  });

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const count = (ecr: Ecr, operation: string) => ecr.calls.filter((call) => call.startsWith(`${operation} `)).length;

test('an image is described with tags, time, types and size', async () => {
  await withEcr(async ({ ecr, images, clock }) => {
    const app = numbered(1, { tag: '1.0' });
    ecr.push(own, 'team/app', app);
    ecr.push(own, 'team/app', { ...app, tag: 'latest' });
    assert.deepEqual(await all(images.describeImages('team/app')), [
      {
        digest: app.digest,
        tags: ['1.0', 'latest'],
        pushedAt: clock.now(),
        size: base.bytes.length,
        mediaType: app.mediaType,
        artifactType: 'application/vnd.oci.image.config.v1+json',
        subject: null,
        status: 'active',
      },
    ]);
  });
});

test('an index, its images without tags and its signature are told apart', async () => {
  await withEcr(async ({ ecr, images }) => {
    const both = index([numbered(1), numbered(2, { platform: 'linux/arm64' })], { tag: 'both' });
    ecr.push(own, 'app', both);
    const signature = signatureOf(both);
    ecr.push(own, 'app', signature);
    const found = await all(images.describeImages('app'));
    assert.deepEqual(
      found.map(({ tags, artifactType, subject }) => [tags, artifactType, subject]),
      [
        [[], 'application/vnd.oci.image.config.v1+json', null],
        [[], 'application/vnd.oci.image.config.v1+json', null],
        [['both'], '', null],
        [[], 'application/vnd.cncf.notary.signature', both.digest],
      ],
    );
  });
});

test('archived images are listed as that, not left out', async () => {
  await withEcr(async ({ ecr, images }) => {
    for (const [i, status] of (['ACTIVE', 'ARCHIVED', 'ACTIVATING'] as const).entries()) {
      const built = numbered(i);
      ecr.push(own, 'app', built);
      ecr.repository(own, 'app').images.get(built.digest)!.status = status;
    }
    const found = await all(images.describeImages('app'));
    assert.deepEqual(
      found.map(({ status }) => status),
      ['active', 'archived', 'activating'],
    );
  });
});

test('a large repository comes in pages of a thousand, and only as far as it is read', async () => {
  await withEcr(async ({ ecr, images, clock }) => {
    for (let i = 0; i < 2001; i++) ecr.push(own, 'app', numbered(i));
    const from = clock.now();
    const found = await all(images.describeImages('app'));
    assert.equal(new Set(found.map(({ digest }) => digest)).size, 2001);
    assert.equal(count(ecr, 'DescribeImages'), 3);
    assert.ok(clock.now() - from >= 200, 'pages are not asked for one on the other');
    for await (const _ of images.describeImages('app')) break;
    assert.equal(count(ecr, 'DescribeImages'), 4);
  });
});

test('a page that ECR throttles is asked for again and nothing is lost or doubled', async () => {
  await withEcr(async ({ ecr, images }) => {
    for (let i = 0; i < 1500; i++) ecr.push(own, 'app', numbered(i));
    const digests: string[] = [];
    for await (const { digest } of images.describeImages('app')) {
      if (digests.length === 0) ecr.failNext('DescribeImages', 5);
      digests.push(digest);
    }
    assert.equal(digests.length, 1500);
    assert.equal(new Set(digests).size, 1500);
    assert.equal(count(ecr, 'DescribeImages'), 7);
    ecr.failNext('DescribeImages', 100);
    await assert.rejects(
      all(images.describeImages('app')),
      isFault('registry/failed', /images of app: ECR answered Throttling/),
    );
  });
});

test('repositories are listed in pages, those of another account when it is named', async () => {
  await withEcr(async ({ ecr, images, theirs, user }) => {
    for (let i = 0; i < 1200; i++) ecr.repository(own, `team/app-${i}`);
    assert.equal((await all(images.listRepositories())).length, 1200);
    assert.equal(count(ecr, 'DescribeRepositories'), 2);
    ecr.repository(other, 'lib').pullers.add(own);
    ecr.push(other, 'lib', numbered(1));
    assert.equal((await all(theirs.describeImages('lib'))).length, 1);
    ecr.repository(other, 'closed');
    const expected = /images of closed: .*give the role that runs this ecr:DescribeImages on closed/;
    await assert.rejects(all(theirs.describeImages('closed')), isFault('registry/denied', expected, [user.name]));
  });
});

test('a repository that is not there is told as that', async () => {
  await withEcr(async ({ images }) => {
    const expected = isFault('registry/not-found', /does not have it \(RepositoryNotFoundException\)/);
    await assert.rejects(all(images.describeImages('no/such')), expected);
    await assert.rejects(all(images.manifests('no/such', [{ tag: 'latest' }])), expected);
  });
});

test('manifests are read by digest and tag, a hundred a call; what is missing or archived is said', async () => {
  await withEcr(async ({ ecr, images }) => {
    const built = Array.from({ length: 150 }, (_, i) => numbered(i));
    for (const one of built) ecr.push(own, 'app', one);
    const tagged = numbered(150, { tag: '1.0' });
    ecr.push(own, 'app', tagged);
    const archived = built[7]!.digest;
    ecr.repository(own, 'app').images.get(archived)!.status = 'ARCHIVED';
    const names = [...built.map(({ digest }) => ({ digest })), { tag: '1.0' }, { tag: 'gone' }];
    const outcomes = await all(images.manifests('app', names));
    assert.equal(count(ecr, 'BatchGetImage'), 2);
    assert.equal(outcomes.filter(({ kind }) => kind === 'manifest').length, 150);
    assert.deepEqual(
      outcomes.filter(({ kind }) => kind === 'missing'),
      [
        { kind: 'missing', name: { digest: archived }, reason: 'ImageNotFound' },
        { kind: 'missing', name: { tag: 'gone' }, reason: 'ImageNotFound' },
      ],
    );
    const byTag = outcomes.find((one) => one.kind === 'manifest' && one.tag === '1.0');
    assert.ok(byTag?.kind === 'manifest');
    assert.deepEqual([byTag.digest, byTag.bytes], [tagged.digest, tagged.bytes]);
    assert.deepEqual(await all(images.manifests('app', [])), []);
  });
});

test('a manifest with another digest than its name is refused', async () => {
  await withEcr(async ({ ecr, images }) => {
    const [good, bad] = [numbered(1), numbered(2)];
    ecr.push(own, 'app', good);
    const { images: stored } = ecr.repository(own, 'app');
    stored.set(good.digest, { ...stored.get(good.digest)!, bytes: bad.bytes });
    const expected = isFault('image/digest-mismatch', new RegExp(`${good.digest} of app .*${bad.digest}`));
    await assert.rejects(all(images.manifests('app', [{ digest: good.digest }])), expected);
  });
});

test('what refers to an image is listed in pages', async () => {
  await withEcr(async ({ ecr, images }) => {
    const app = numbered(0);
    ecr.push(own, 'app', app);
    const signatures = Array.from({ length: 60 }, (_, i) => signatureOf(app, i + 1));
    for (const one of signatures) ecr.push(own, 'app', one);
    const found = await all(images.referrers('app', app.digest));
    assert.equal(found.length, 60);
    assert.equal(count(ecr, 'ListImageReferrers'), 2);
    assert.deepEqual(found[0], {
      digest: signatures[0]!.digest,
      mediaType: signatures[0]!.mediaType,
      artifactType: 'application/vnd.cncf.notary.signature',
      size: signatures[0]!.bytes.length,
    });
  });
});

test(`images, their tags and manifests, and a login are had from ECR on a foreign emulator (${foreignAwsNote})`, {
  skip: foreignAws === null,
}, async () => {
  const { endpoint, credentials, region } = awsTestClient(foreignAws!);
  using clients = ecrClients({ endpoint, credentials });
  const client = clients.clientFor(region, null);
  const clock = testClock(undefined, { selfWinding: true });
  const repositoryName = `team/${freshName()}`;
  const { repository } = await client.send(new CreateRepositoryCommand({ repositoryName }));
  const [one, two] = [numbered(1), numbered(2)];
  const put = async ({ bytes, mediaType, digest }: BuiltImage, imageTag: string) => {
    const manifest = { imageManifest: bytes.toString(), imageManifestMediaType: mediaType, imageDigest: digest };
    await client.send(new PutImageCommand({ repositoryName, imageTag, ...manifest }));
  };
  await put(one, '1.0');
  await put(one, 'latest');
  await put(two, '2.0');
  const images = ecrImages({ client, clock });
  const described = await all(images.describeImages(repositoryName));
  assert.deepEqual(
    new Map(described.map(({ digest, tags }) => [digest, [...tags].sort()])),
    new Map([
      [one.digest, ['1.0', 'latest']],
      [two.digest, ['2.0']],
    ]),
  );
  const missing = `sha256:${'0'.repeat(64)}`;
  const outcomes = await all(images.manifests(repositoryName, [{ digest: two.digest }, { digest: missing }]));
  const manifest = outcomes.find((outcome) => outcome.kind === 'manifest');
  assert.deepEqual([manifest?.digest, manifest?.bytes], [two.digest, two.bytes]);
  assert.deepEqual(
    outcomes.flatMap((outcome) => (outcome.kind === 'missing' ? [outcome.reason] : [])),
    ['ImageNotFound'],
  );
  // What it names as its registry is its own affair: the login is for the hosts of AWS.
  const account = repository!.registryId!;
  const login = await ecrCredentials({ clientFor: () => client, clock })(
    `${account}.dkr.ecr.${region}.amazonaws.com`,
    repositoryName,
  );
  assert.equal(login?.username, 'AWS');
});
