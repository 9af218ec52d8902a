import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { analyzeImage } from '#analysis/analyze-image.ts';
import { defaultLimits } from '#core/limits.ts';
import { silentLog } from '#core/log.ts';
import { ecrCredentials } from '#platform/aws/ecr-auth.ts';
import { ecrClients } from '#platform/aws/ecr-clients.ts';
import type { AssumedRole } from '#platform/ecr-login.ts';
import { openFolderBlobs } from '#platform/local/folder-blobs.ts';
import { systemFetch } from '#platform/local/system-fetch.ts';
import { type FindCredentials, firstCredentials } from '#registry/client/credentials.ts';
import { throughEndpoints } from '#registry/client/registry-endpoints.ts';
import { openImage } from '#registry/open-image.ts';
import type { OpenedImage } from '#registry/sources/source-kind.ts';
import { type Ecr, type EcrOptions, startEcr } from '#test/fakes/ecr.ts';
import type { Identity } from '#test/fakes/ecr-identities.ts';
import { image, index, layer } from '#test/support/image-builder.ts';
import { isFault } from '#test/support/is-fault.ts';
import { readLayers } from '#test/support/read-layers.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';
import { type TestClock, testClock } from '#test/support/test-clock.ts';

const [own, other] = ['111122223333', '444455556666'];
const [minute, hour] = [60_000, 3_600_000];

/** Bytes that gzip cannot make small, so that connections can break within them. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0, value = 1; i < length; i++) {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = value >>> 24;
  }
  return bytes;
}

const base = layer([
  { path: 'etc/os-release', content: 'ID=debian\nVERSION_ID="12"\n' },
  {
    path: 'var/lib/dpkg/status',
    content: 'Package: zlib1g\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:1.2.13.dfsg-1\n\n',
  },
]);
const big = layer([{ path: 'big', content: noise(2_000_000) }]);
const small = image({ layers: [base], tag: 'small' });
const app = image({ layers: [base, big], tag: '1.0' });

interface Bench {
  readonly ecr: Ecr;
  readonly clock: TestClock;
  readonly user: Identity;
  readonly find: FindCredentials;
  /** A finder of another user of the same installation. */
  findAs(identity: Identity): FindCredentials;
  open(reference?: string, account?: string, find?: FindCredentials): Promise<OpenedImage>;
}

async function withEcr(
  work: (bench: Bench) => Promise<void>,
  options: Partial<EcrOptions> & { readonly roles?: ReadonlyMap<string, AssumedRole> } = {},
): Promise<void> {
  const clock = testClock(undefined, { selfWinding: true });
  await using ecr = await startEcr({ clock, accounts: [own, other], ...options });
  await using opened = new AsyncDisposableStack();
  const { roles } = options;
  const findAs = (identity: Identity): FindCredentials => {
    const clients = opened.use(
      ecrClients({
        endpoint: ecr.endpoint,
        credentials: identity,
        assumeRole: (role) => async () => ecr.assume(role.arn, role.externalId)!,
      }),
    );
    return ecrCredentials({ ...clients, clock, ...(roles === undefined ? {} : { roles }) });
  };
  const user = ecr.addUser(own, 'plimsoll');
  const find = findAs(user);
  const world = { clock, fetch: throughEndpoints(systemFetch(), ecr.endpoints) };
  for (const built of [small, app]) ecr.push(own, 'team/app', built);
  const open: Bench['open'] = (reference = 'team/app:1.0', account = own, credentials = find) =>
    openImage(world, `${ecr.host(account)}/${reference}`, { limits: defaultLimits, credentials });
  await work({ ecr, clock, user, find, findAs, open });
}

async function pull({ open }: Bench, ...where: Parameters<Bench['open']>): Promise<void> {
  await using source = await open(...where);
  await readLayers(source);
}

const tokens = (ecr: Ecr) => ecr.calls.filter((call) => call.startsWith('GetAuthorizationToken')).length;

test('an image of ECR is pulled; layers come from the bucket, which is not told our login', async () => {
  await withEcr(async (bench) => {
    await pull(bench);
    const registry = bench.ecr.registry(own);
    assert.ok(registry.count(/^GET \/cdn\/v2\/team\/app\/blobs\//) >= 3, 'config and layers');
    assert.equal(tokens(bench.ecr), 1);
  });
});

test('pulls of five days ask for a token twice a day, and none fails', async () => {
  await withEcr(async (bench) => {
    for (let time = 0; time < 120; time += 2) {
      await pull(bench, 'team/app:small');
      await bench.clock.advance(2 * hour);
    }
    // At the first pull that comes 11 hours or more after the last token: every 12 hours.
    assert.equal(tokens(bench.ecr), 10);
  });
});

test('fifty pulls at once share one token', async () => {
  await withEcr(async (bench) => {
    await Promise.all(Array.from({ length: 50 }, () => pull(bench, 'team/app:small')));
    assert.equal(tokens(bench.ecr), 1);
    await bench.clock.advance(11.5 * hour);
    await Promise.all(Array.from({ length: 50 }, () => pull(bench, 'team/app:small')));
    assert.equal(tokens(bench.ecr), 2);
  });
});

for (const expiredStatus of [401, 403] as const)
  test(`a token that ends between two layers is replaced once, when ECR says ${expiredStatus}`, async () => {
    await withEcr(
      async (bench) => {
        await using first = await bench.open();
        await using second = await bench.open();
        await bench.clock.advance(2 * minute);
        bench.ecr.revokeTokens();
        await Promise.all([readLayers(first), readLayers(second)]);
        assert.equal(tokens(bench.ecr), 2);
      },
      { expiredStatus },
    );
  });

test('a token that ends in the middle of a layer is replaced, and the layer goes on where it broke off', async () => {
  await withEcr(async (bench) => {
    await using source = await bench.open();
    await bench.clock.advance(2 * minute);
    const registry = bench.ecr.registry(own);
    registry.cut(base.bytes.length, 700_000);
    let seen = 0;
    await readLayers(source, (piece) => {
      if (seen === base.bytes.length) bench.ecr.revokeTokens();
      seen += piece.length;
    });
    assert.equal(seen, base.bytes.length + big.bytes.length, 'no byte comes twice');
    assert.equal(tokens(bench.ecr), 2);
    assert.ok(registry.count(new RegExp(`/cdn/.*${big.digest}`)) >= 2, 'the layer was taken up again');
  });
});

test('an image that is opened before its token ends is read after twelve hours', async () => {
  await withEcr(async (bench) => {
    await pull(bench);
    await bench.clock.advance(10.9 * hour);
    await using source = await bench.open();
    assert.equal(tokens(bench.ecr), 1);
    await bench.clock.advance(3 * hour);
    await readLayers(source);
    assert.equal(tokens(bench.ecr), 2);
  });
});

test('tokens that have ended by what ECR says serve a pull each', async () => {
  await withEcr(
    async (bench) => {
      await pull(bench);
      await pull(bench);
      assert.equal(tokens(bench.ecr), 2);
    },
    { statedExpiry: 1_420_070_400 },
  );
});

test('two identities see what each may see', async () => {
  await withEcr(async (bench) => {
    const { ecr, findAs } = bench;
    const theirs = findAs(ecr.addUser(other, 'guest'));
    ecr.push(other, 'lib', small);
    await pull(bench, 'lib:small', other, theirs);
    const advice = /DENIED.*ecr:BatchGetImage and ecr:GetDownloadUrlForLayer.*repository policy/;
    await assert.rejects(pull(bench, 'lib:small', other), isFault('registry/denied', advice));
    await assert.rejects(pull(bench, 'team/app:1.0', own, theirs), isFault('registry/denied', advice));
    ecr.repository(other, 'lib').pullers.add(own);
    await pull(bench, 'lib:small', other);
    assert.deepEqual(
      ['plimsoll', 'guest'].map((name) => ecr.calls.filter((call) => call.endsWith(` ${name}`)).length),
      [1, 1],
    );
  });
});

test('an image of another account is pulled with the role that its owner gave us', async () => {
  const arn = `arn:aws:iam::${other}:role/scan`;
  await withEcr(
    async (bench) => {
      const { ecr } = bench;
      ecr.addRole({ arn, account: other, externalId: 'e-1' });
      ecr.push(other, 'lib', small);
      for (let day = 0; day < 3; day++) {
        await pull(bench, 'lib:small', other);
        await pull(bench);
        await bench.clock.advance(24 * hour);
      }
      assert.equal(ecr.calls.filter((call) => call === `GetAuthorizationToken ${arn}`).length, 3);
      assert.equal(tokens(ecr), 6);
    },
    { roles: new Map([[other, { arn, externalId: 'e-1' }]]) },
  );
});

test('a repository that denies us is asked twice at most, whatever the number of pulls', async () => {
  await withEcr(async (bench) => {
    bench.user.denied.add('ecr:BatchGetImage');
    for (let i = 0; i < 20; i++) await assert.rejects(pull(bench), isFault('registry/denied', /403 DENIED/));
    assert.equal(tokens(bench.ecr), 1);
    assert.equal(bench.ecr.registry(own).count(/manifests/), 40, 'without and with the login');
  });
});

test('a pull that ECR gives no login for now may be tried again; one without permission says which', async () => {
  await withEcr(async (bench) => {
    bench.ecr.failNext('GetAuthorizationToken', 3);
    await pull(bench);
    bench.ecr.revokeTokens();
    await bench.clock.advance(12 * hour);
    bench.ecr.failNext('GetAuthorizationToken', 100);
    await assert.rejects(
      pull(bench),
      isFault('registry/failed', /ThrottlingException again and again; try again later/),
    );
    bench.ecr.failNext('GetAuthorizationToken', 0);
    bench.user.denied.add('ecr:GetAuthorizationToken');
    await assert.rejects(pull(bench), isFault('registry/denied', /ecr:GetAuthorizationToken on '\*'/));
  });
});

test('an archived image is not there', async () => {
  await withEcr(async (bench) => {
    bench.ecr.repository(own, 'team/app').images.get(app.digest)!.status = 'ARCHIVED';
    await assert.rejects(pull(bench), isFault('registry/not-found', /404 MANIFEST_UNKNOWN/));
    await pull(bench, 'team/app:small');
  });
});

test('what is no registry of ECR is left to the other credentials', async () => {
  await withEcr(async ({ ecr, find }) => {
    const found = firstCredentials(find, async () => ({ kind: 'basic', username: 'ann', password: 'hunter2' }));
    assert.equal(((await found('quay.io', 'a')) as { username: string }).username, 'ann');
    assert.equal(((await found(ecr.host(own), 'a')) as { username: string }).username, 'AWS');
  });
});

test('an image of ECR for two platforms is analysed whole', async () => {
  await withEcr(async (bench) => {
    const arm = image({ layers: [big], platform: 'linux/arm64' });
    bench.ecr.push(own, 'team/app', index([{ ...app, tag: null }, arm], { tag: 'both' }));
    bench.ecr.registry(own).cut(100, 100);
    await using folder = await temporaryFolder();
    const blobs = await openFolderBlobs(join(folder.path, 'blobs'), { alone: true });
    await using source = await bench.open('team/app:both');
    const temporaryFile = (name: string) => join(folder.path, name);
    const report = await analyzeImage({ blobs, log: silentLog }, source, { limits: defaultLimits, temporaryFile });
    assert.equal(report.digest, app.digest);
    assert.deepEqual(
      report.packages.map(({ name, version }) => [name, version]),
      [['zlib1g', '1:1.2.13.dfsg-1']],
    );
    assert.equal(tokens(bench.ecr), 1);
  });
});
