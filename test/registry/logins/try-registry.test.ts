import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemFetch } from '#platform/local/system-fetch.ts';
import { throughEndpoints } from '#registry/client/registry-endpoints.ts';
import { registryLogin } from '#registry/logins/registry-login.ts';
import { parseRegistryName } from '#registry/logins/registry-name.ts';
import { tryRegistry } from '#registry/logins/try-registry.ts';
import { httpServer } from '#test/support/http-server.ts';
import { isFault } from '#test/support/is-fault.ts';
import { type RegistryBehaviour, startRegistry } from '#test/support/registry-server.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';
import { testClock } from '#test/support/test-clock.ts';

const clock = testClock(undefined, { selfWinding: true });
const name = 'registry.example.test';

/** Logs in as ann to the registry of a name, which answers at this address. */
function tryAt(url: string, secret = 'right-secret', verify = true, user = 'ann'): Promise<void> {
  const fetch = throughEndpoints(systemFetch(), [{ host: name, url }]);
  const login = registryLogin(name, { type: 'docker_v2', user, secret });
  const trial = { name: parseRegistryName(`${name}/team/*`), login, verify };
  return tryRegistry({ clock, fetch }, async () => null, trial);
}

const refused = (message: RegExp) => isFault('registry/unusable', message, ['right-secret', 'wrong-secret']);

for (const auth of ['basic', 'bearer'] as const)
  test(`a good login is told from a wrong one where the registry asks by ${auth}`, async () => {
    const behaviour: RegistryBehaviour = { auth, username: 'ann', password: 'right-secret' };
    await using registry = await startRegistry({}, behaviour);
    const url = `http://${registry.host}`;
    const realm = { realm: `https://${name}/token` };
    await using behind = await startRegistry({}, { ...behaviour, ...realm });
    await tryAt(auth === 'basic' ? url : `http://${behind.host}`);
    await assert.rejects(
      tryAt(auth === 'basic' ? url : `http://${behind.host}`, 'wrong-secret'),
      refused(/^cannot ping supplied registry with supplied credentials: .*refuse/),
    );
  });

test('an identity token is exchanged; a wrong one is refused', async () => {
  const user = '00000000-0000-0000-0000-000000000000';
  const realm = `https://${name}/token`;
  await using registry = await startRegistry({}, { auth: 'identity', identityToken: 'right-secret', realm });
  await tryAt(`http://${registry.host}`, 'right-secret', true, user);
  await assert.rejects(
    tryAt(`http://${registry.host}`, 'wrong-secret', true, user),
    refused(/refused the credentials/),
  );
});

test('a login that nobody asked for is shown all the same: a registry may let everybody see its root', async () => {
  const seen: (string | undefined)[] = [];
  await using server = await httpServer((request, response) => {
    seen.push(request.headers.authorization);
    const given = request.headers.authorization;
    const good = given === undefined || given === `Basic ${Buffer.from('ann:right-secret').toString('base64')}`;
    response.writeHead(good ? 200 : 401).end('{}');
  });
  await tryAt(server.url);
  assert.equal(seen.length, 2);
  await assert.rejects(tryAt(server.url, 'wrong-secret'), refused(/refuses the login \(401\)/));
});

test('a registry of no login needs none; what is no registry is told', async () => {
  await using registry = await startRegistry({});
  await tryAt(`http://${registry.host}`, '', true, '');
  await using page = await httpServer((_, response) => void response.writeHead(404).end('<html>'));
  await assert.rejects(tryAt(page.url), refused(/has no API of registries at \/v2\//));
  await using broken = await httpServer((_, response) => void response.writeHead(500).end());
  await assert.rejects(tryAt(broken.url), refused(/answered 500/));
  await assert.rejects(tryAt('http://127.0.0.1:1'), refused(/cannot be reached/));
});

test('a token server without TLS is not given the login', async () => {
  const behaviour = { auth: 'bearer', username: 'ann', password: 'right-secret' } as const;
  await using registry = await startRegistry({}, behaviour);
  await assert.rejects(tryAt(`http://${registry.host}`), refused(/which is not https: refused/));
  assert.equal(registry.count(/token/), 0);
});

test('with registry_verify false a registry without TLS is spoken to by HTTP', async () => {
  await using registry = await startRegistry({}, { auth: 'basic', username: 'ann', password: 'right-secret' });
  // Its port speaks no TLS, so https to it fails as it does with a real one.
  const fetch = throughEndpoints(systemFetch(), [{ host: `${name}:5000`, url: `http://${registry.host}` }]);
  const real: typeof fetch = (url, request) =>
    url.startsWith('https:') ? systemFetch()(`https://${registry.host}/v2/`, request) : fetch(url, request);
  const attempt = (verify: boolean) =>
    tryRegistry({ clock, fetch: real }, async () => null, {
      name: parseRegistryName(`${name}:5000`),
      login: registryLogin(name, { type: 'docker_v2', user: 'ann', secret: 'right-secret' }),
      verify,
    });
  await attempt(false);
  await assert.rejects(attempt(true), refused(/cannot be reached/));
});

const openssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'openssl is not there to make a certificate';
  }
})();

test('with registry_verify false a certificate of its own making is taken, and only then', {
  skip: openssl,
}, async () => {
  await using folder = await temporaryFolder();
  const [key, cert] = [join(folder.path, 'key.pem'), join(folder.path, 'cert.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const files = ['-subj', '/CN=own', '-keyout', key, '-out', cert];
  execFileSync('openssl', ['req', '-x509', ...curve, ...files], { stdio: 'ignore' });
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
    const good = request.headers.authorization === `Basic ${Buffer.from('ann:right-secret').toString('base64')}`;
    response.writeHead(good ? 200 : 401, { 'www-authenticate': 'Basic realm="own"' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await using _ = {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await tryAt(url, 'right-secret', false);
  await assert.rejects(tryAt(url, 'wrong-secret', false), refused(/refuses the login/));
  await assert.rejects(tryAt(url), refused(/certificate/));
});
