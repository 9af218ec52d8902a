import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { digestOf } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { defaultLimits } from '#core/limits.ts';
import { systemFetch } from '#platform/local/system-fetch.ts';
import type { FindCredentials } from '#registry/client/credentials.ts';
import { openImage } from '#registry/open-image.ts';
import { registryClient } from '#registry/client/registry-client.ts';
import type { OpenOptions } from '#registry/sources/source-kind.ts';
import { artifact, image, index, layer } from '#test/support/image-builder.ts';
import { readLayers } from '#test/support/read-layers.ts';
import {
  type Refusal,
  type RegistryBehaviour,
  type RegistryServer,
  repositoryOf,
  repositoryOfArchive,
  startRegistry,
} from '#test/support/registry-server.ts';
import { testClock } from '#test/support/test-clock.ts';

const world = { fetch: systemFetch(), clock: testClock(undefined, { selfWinding: true }) };

/** Bytes that gzip cannot make small, so that connections can break within them. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0, value = 1; i < length; i++) {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = value >>> 24;
  }
  return bytes;
}

const base = layer([{ path: 'etc/os-release', content: 'ID=test' }]);
const big = layer([{ path: 'big', content: noise(3_000_000) }]);
const amd64 = image({ layers: [base, big], tag: '1.0' });
const arm64 = image({ layers: [base], platform: 'linux/arm64/v8' });
const both = index([amd64, arm64], { tag: 'both' });
const repository = repositoryOf([amd64, both]);

async function withRegistry(
  behaviour: RegistryBehaviour,
  work: (server: RegistryServer) => Promise<void>,
): Promise<void> {
  await using server = await startRegistry({ 'team/app': repository }, behaviour);
  await work(server);
}

async function open(server: RegistryServer, options: Partial<OpenOptions> = {}, reference = 'team/app:1.0') {
  return await openImage(world, `${server.host}/${reference}`, { limits: defaultLimits, ...options });
}

function fault(code: string, form: RegExp) {
  return (thrown: unknown) => {
    const { code: found, message } = thrown as Fault;
    assert.equal(found, code, String(thrown));
    assert.match(message, form);
    assert.doesNotMatch(message, /hunter2|refresh-me|token-\d/);
    return true;
  };
}

const credentials: FindCredentials = async () => ({ kind: 'basic', username: 'ann', password: 'hunter2' });
const wrong: FindCredentials = async () => ({ kind: 'basic', username: 'ann', password: 'hunter2-wrong' });
const login = { username: 'ann', password: 'hunter2' };

test('an image of a public registry is read with manifest, config and layers', async () => {
  await withRegistry({}, async (server) => {
    await using source = await open(server);
    assert.equal(source.reference, `${server.host}/team/app:1.0`);
    assert.deepEqual([source.digest, source.parentDigest], [amd64.digest, null]);
    assert.equal(source.manifest, amd64.bytes.toString());
    assert.deepEqual([source.config.digest, source.platform], [amd64.configDigest, 'linux/amd64']);
    assert.deepEqual(
      source.layers.map(({ digest, diffId, size }) => [digest, diffId, size]),
      [base, big].map(({ digest, diffId, bytes }) => [digest, diffId, bytes.length]),
    );
    assert.equal(server.count(/blobs\//), 1, 'only the config is read before the layers');
    await readLayers(source);
  });
});

test('an image is chosen by platform out of an index, by digest too', async () => {
  await withRegistry({}, async (server) => {
    await using arm = await open(server, { platform: 'linux/arm64' }, 'team/app:both');
    assert.deepEqual([arm.digest, arm.parentDigest, arm.platform], [arm64.digest, both.digest, 'linux/arm64/v8']);
    await using usual = await open(server, {}, `team/app@${both.digest}`);
    assert.deepEqual([usual.digest, usual.parentDigest], [amd64.digest, both.digest]);
    await using direct = await open(server, {}, `team/app:ignored@${arm64.digest}`);
    assert.deepEqual([direct.digest, direct.parentDigest], [arm64.digest, null]);
    await assert.rejects(
      open(server, { platform: 'linux/s390x' }, 'team/app:both'),
      fault('image/platform-missing', /not built for linux\/s390x; choose one of: linux\/amd64, linux\/arm64\/v8/),
    );
  });
});

test('a registry that wants a password gets it, once it asks', async () => {
  await withRegistry({ auth: 'basic', ...login }, async (server) => {
    await using source = await open(server, { credentials });
    await readLayers(source);
    assert.equal(server.count(/manifests/), 2, 'one refused, one with the password');
    await assert.rejects(open(server), fault('registry/denied', /docker login/));
    await assert.rejects(
      open(server, { credentials: wrong }),
      fault('registry/denied', /denies it \(401 UNAUTHORIZED\)/),
    );
  });
});

test('a token is fetched once for all that is read of an image', async () => {
  for (const auth of ['bearer', 'anonymous-bearer'] as const) {
    await withRegistry({ auth, ...login }, async (server) => {
      await using source = await open(server, auth === 'bearer' ? { credentials } : {});
      await readLayers(source);
      assert.equal(server.count(/^GET \/token/), 1);
      assert.equal(server.count(/account=ann/), auth === 'bearer' ? 1 : 0);
    });
  }
});

test('a token server that refuses is told of, without the credentials', async () => {
  await withRegistry({ auth: 'bearer', ...login }, async (server) => {
    await assert.rejects(open(server), fault('registry/denied', /does not let anybody read team\/app; log in with/));
    await assert.rejects(open(server, { credentials: wrong }), fault('registry/denied', /refused the credentials/));
  });
});

test('an identity token is exchanged by POST and stands in no URL', async () => {
  await withRegistry({ auth: 'identity', identityToken: 'refresh-me' }, async (server) => {
    const identity: FindCredentials = async () => ({ kind: 'identity-token', token: 'refresh-me' });
    await using source = await open(server, { credentials: identity });
    await readLayers(source);
    assert.equal(server.count(/^POST \/token$/), 1);
    assert.equal(server.count(/refresh-me/), 0);
  });
});

test('a token that the registry no longer takes is renewed, once a call', async () => {
  await withRegistry({ auth: 'anonymous-bearer' }, async (server) => {
    await using source = await open(server);
    server.expireTokens();
    await readLayers(source);
    assert.equal(server.count(/^GET \/token/), 2);
  });
});

test('a token is renewed before it expires, without a refusal first', async () => {
  await using server = await startRegistry({ 'team/app': repository }, { auth: 'anonymous-bearer', tokenSeconds: 100 });
  const clock = testClock();
  await using source = await openImage({ ...world, clock }, `${server.host}/team/app:1.0`, { limits: defaultLimits });
  assert.equal(server.count(/^GET \/token/), 1);
  await clock.advance(95_000);
  await readLayers(source);
  assert.equal(server.count(/^GET \/token/), 2);
});

test('calls at the same time share one token', async () => {
  await withRegistry({ auth: 'anonymous-bearer' }, async (server) => {
    await using source = await open(server);
    server.expireTokens();
    await Promise.all([readLayers(source), readLayers(source), readLayers(source)]);
    assert.equal(server.count(/^GET \/token/), 2);
  });
});

test('a token server without TLS is called only for a registry that has none either', async () => {
  const tokens = { auth: 'anonymous-bearer', realm: 'http://registry.example/token' } as const;
  await withRegistry(tokens, async (server) => {
    await assert.rejects(
      open(server),
      fault('registry/failed', /http:\/\/registry\.example, which is not https: refused/),
    );
  });
  await withRegistry({ ...tokens, realm: 'not an address' }, async (server) => {
    await assert.rejects(open(server), fault('registry/failed', /does not say where from/));
  });
});

test('credentials that cannot be found do not keep us from a public image, and are told of for a private one', async () => {
  const broken: FindCredentials = async () => {
    throw Object.assign(new Error('docker-credential-desktop is not on the PATH'), {});
  };
  await withRegistry({ auth: 'anonymous-bearer' }, async (server) => {
    await using source = await open(server, { credentials: broken });
    assert.equal(source.digest, amd64.digest);
  });
  await withRegistry({ auth: 'basic', ...login }, async (server) => {
    await assert.rejects(
      open(server, { credentials: broken }),
      fault('registry/denied', /credentials could not be read/),
    );
  });
});

test('credentials that cannot be found for now end the pull so that it may be tried again', async () => {
  await withRegistry({ auth: 'anonymous-bearer' }, async (server) => {
    const busy: FindCredentials = async () => {
      throw new Fault('registry/failed', 'the token service is busy');
    };
    await assert.rejects(open(server, { credentials: busy }), fault('registry/failed', /busy/));
  });
});

test('whoever finds credentials is told of those that were refused; only such as end are replaced after a 403', async () => {
  for (const [status, until, wanted] of [
    [401, undefined, 2],
    [403, undefined, 1],
    [403, Number.MAX_SAFE_INTEGER, 2],
  ] as const) {
    const asked: unknown[] = [];
    const given = (password: string) =>
      ({ kind: 'basic', username: 'ann', password, ...(until === undefined ? {} : { until }) }) as const;
    const find: FindCredentials = async (_, __, refused) => {
      asked.push(refused);
      return given(refused === undefined ? 'old' : 'hunter2');
    };
    const challenge = { 'WWW-Authenticate': 'Basic realm="test registry"' };
    const refuses = ({ headers }: IncomingMessage): Refusal | null => {
      if (headers.authorization === undefined) return { status: 401, code: 'UNAUTHORIZED', headers: challenge };
      const [, password] = Buffer.from(headers.authorization.slice('Basic '.length), 'base64').toString().split(':');
      return password === valid ? null : { status, code: 'DENIED', headers: status === 401 ? challenge : {} };
    };
    let valid = 'old';
    await withRegistry({ refuses }, async (server) => {
      await using source = await open(server, { credentials: find });
      valid = 'hunter2';
      if (wanted === 2) await readLayers(source);
      else await assert.rejects(readLayers(source), fault('registry/denied', /403 DENIED/));
      assert.deepEqual(asked, [undefined, given('old')].slice(0, wanted));
    });
  }
});

test('blobs that lie elsewhere are fetched there, without our credentials', async () => {
  for (const auth of ['basic', 'bearer'] as const) {
    await withRegistry({ auth, ...login, redirectBlobs: true, cutBlobs: [1000, 50_000] }, async (server) => {
      await using source = await open(server, { credentials });
      await readLayers(source);
      assert.ok(server.count(/\/cdn\//) >= 3);
    });
  }
});

test('a registry that is busy or fails for a while is asked again', async () => {
  await withRegistry({ firstStatuses: [429, 500, 503] }, async (server) => {
    const before = world.clock.now();
    await using source = await open(server);
    assert.equal(source.digest, amd64.digest);
    assert.ok(world.clock.now() - before >= 1000, 'at least as long as Retry-After says');
  });
  await withRegistry({ firstStatuses: Array(50).fill(500) }, async (server) => {
    await assert.rejects(open(server), fault('registry/failed', /answered 500 TOOMANYREQUESTS; try again later/));
  });
});

test('a layer that breaks off is taken up where it broke', async () => {
  const size = big.bytes.length;
  await withRegistry({ cutBlobs: [Infinity, Infinity, 100_000, 1_000_000, 0] }, async (server) => {
    await using source = await open(server);
    await readLayers(source);
    assert.equal(server.count(new RegExp(`blobs/${big.digest}`)), 4);
  });
  // A registry without Range sends everything again; what is known is left out.
  await withRegistry({ cutBlobs: [Infinity, Infinity, 100_000, 1_000_000], ignoreRange: true }, async (server) => {
    await using source = await open(server);
    await readLayers(source);
  });
  assert.ok(size > 1_000_000);
});

test('a layer that breaks off again and again is given up on', async () => {
  await withRegistry({ cutBlobs: [Infinity, ...Array(50).fill(10)] }, async (server) => {
    await using source = await open(server);
    await assert.rejects(
      readLayers(source),
      fault('network/unreachable', /broke off at byte \d+ of \d+, again and again/),
    );
    assert.ok(server.count(/blobs/) < 10);
  });
});

test('bytes with another digest than they were asked for by are refused', async () => {
  await withRegistry({ damaged: amd64.configDigest }, async (server) => {
    await assert.rejects(open(server), fault('image/digest-mismatch', /changed or damaged/));
  });
  await withRegistry({ damaged: amd64.digest }, async (server) => {
    await assert.rejects(open(server, {}, `team/app@${amd64.digest}`), fault('image/digest-mismatch', /not sha256:/));
    await assert.rejects(open(server), fault('image/digest-mismatch', /changed or damaged/));
  });
  await withRegistry({ contentDigest: base.digest }, async (server) => {
    await assert.rejects(open(server), fault('image/digest-mismatch', /manifest 1\.0 of/));
  });
});

test('a registry that says neither digest nor media type is read by what its documents are', async () => {
  await withRegistry({ contentDigest: null, contentType: 'application/json' }, async (server) => {
    await using source = await open(server);
    assert.equal(source.digest, amd64.digest);
    await using chosen = await open(server, {}, 'team/app:both');
    assert.equal(chosen.digest, amd64.digest);
  });
});

test('what is not there is said to be missing, in words that name the image', async () => {
  await withRegistry({}, async (server) => {
    await assert.rejects(
      open(server, {}, 'team/app:2.0'),
      fault('registry/not-found', /reading manifest 2\.0 of 127\.0\.0\.1:\d+\/team\/app: .* \(404 MANIFEST_UNKNOWN\)/),
    );
    await assert.rejects(open(server, {}, 'other/app'), fault('registry/not-found', /NAME_UNKNOWN/));
  });
});

test('a registry that cannot be reached is said so', async () => {
  const server = await startRegistry({});
  await server[Symbol.asyncDispose]();
  await assert.rejects(open(server), fault('network/unreachable', /127\.0\.0\.1/));
});

test('plain HTTP is spoken with this machine only, unless it is asked for', async () => {
  const called: string[] = [];
  const deaf = {
    clock: world.clock,
    fetch: async (url: string) => {
      called.push(url);
      return new Response('{}', { status: 404 });
    },
  };
  const tried = async (reference: string, plainHttp?: boolean) => {
    await openImage(deaf, reference, { limits: defaultLimits, plainHttp }).catch(() => {});
    return new URL(called.at(-1)!).origin;
  };
  assert.equal(await tried('localhost:5000/a'), 'http://localhost:5000');
  assert.equal(await tried('127.0.0.1/a'), 'http://127.0.0.1');
  assert.equal(await tried('[::1]:5000/a'), 'http://[::1]:5000');
  assert.equal(await tried('registry.example:5000/a'), 'https://registry.example:5000');
  assert.equal(await tried('127.0.0.1.example/a'), 'https://127.0.0.1.example');
  assert.equal(await tried('registry.example:5000/a', true), 'http://registry.example:5000');
  assert.equal(await tried('alpine'), 'https://registry-1.docker.io');
  assert.equal(called.at(-1), 'https://registry-1.docker.io/v2/library/alpine/manifests/latest');
});

test('a schema 1 manifest and an artifact are refused with what they are', async () => {
  const old = Buffer.from(
    JSON.stringify({ schemaVersion: 1, name: 'team/app', tag: 'old', fsLayers: [], history: [] }),
  );
  const chart = artifact({ tag: 'chart', artifactType: 'application/vnd.cncf.helm.config.v1+json' });
  const held = repositoryOf([chart]);
  const digest = digestOf(old);
  await using server = await startRegistry({
    'team/app': { tags: new Map([...held.tags, ['old', digest]]), blobs: new Map([...held.blobs, [digest, old]]) },
  });
  await assert.rejects(open(server, {}, 'team/app:old'), fault('image/unsupported', /schema 1/));
  await assert.rejects(
    open(server, {}, 'team/app:chart'),
    fault('image/not-an-image', /is not an image: a Helm chart/),
  );
});

test('the digest of a tag is asked for without its manifest, and worked out where the registry does not say it', async () => {
  const client = (server: RegistryServer) =>
    registryClient(world, { registry: server.host, credentials: null, plainHttp: null, limits: defaultLimits });
  await withRegistry({}, async (server) => {
    assert.equal(await client(server).digest('team/app', 'both'), both.digest);
    assert.deepEqual(server.requests, ['HEAD /v2/team/app/manifests/both']);
    await assert.rejects(client(server).digest('team/app', 'nope'), fault('registry/not-found', /manifest nope/));
  });
  await withRegistry({ contentDigest: null }, async (server) => {
    assert.equal(await client(server).digest('team/app', 'both'), both.digest);
  });
});

const archive = new URL('../../../shared/images/alpine-3.20.tar', import.meta.url);
const absent = existsSync(archive) ? false : 'shared/images is not there';

test(`a real image for two platforms is pulled whole${absent ? ` (skipped: ${absent})` : ''}`, {
  skip: absent,
}, async () => {
  const alpine = await repositoryOfArchive(archive.pathname);
  const behaviour = {
    auth: 'anonymous-bearer',
    redirectBlobs: true,
    cutBlobs: [Infinity, 2_000_000, 1_000_000],
  } as const;
  await using server = await startRegistry({ 'library/alpine': alpine }, behaviour);
  for (const platform of ['linux/amd64', 'linux/arm64']) {
    await using source = await open(server, { platform }, 'library/alpine:3.20.3');
    assert.equal(source.parentDigest, 'sha256:f793609706a0cdf3d12757a2452998a2b4aa14c313a9e602a2074dc8a0e79594');
    assert.ok(source.platform.startsWith(platform));
    await readLayers(source);
  }
});
