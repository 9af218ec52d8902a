import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { defaultLimits } from '#core/limits.ts';
import { defaultAnalysisSettings } from '#analysis/analysis-settings.ts';
import { silentLog } from '#core/log.ts';
import { startServer } from '#functions/local/main.ts';
import { httpServer } from '#test/support/http-server.ts';
import { repositoryOf, startRegistry } from '#test/support/registry-server.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';
import { ubuntuImage, writeUbuntu } from '#test/support/ubuntu-image.ts';

const [first, second] = [ubuntuImage('first'), ubuntuImage('second')];
const archive = 'security-metadata.canonical.com/osv/osv-all.tar.xz';

/** A mirror over HTTP that keeps everybody waiting for Ubuntu's archive until it is let go, or fails them. */
async function heldMirror(folder: string) {
  const { promise: letGo, resolve: release } = Promise.withResolvers<void>();
  let asked = 0;
  const server = await httpServer(async (request, response) => {
    const path = request.url!.slice(1);
    if (path === archive && request.method === 'GET') {
      asked++;
      await letGo;
    }
    const content = await readFile(join(folder, path)).catch(() => null);
    response.writeHead(content === null ? 404 : 200).end(content ?? '');
  });
  return { url: server.url, release, asked: () => asked, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

async function until<T>(question: () => Promise<T>, good: (found: T) => boolean): Promise<T> {
  let found = await question();
  for (let tries = 0; tries < 400 && !good(found); tries++) {
    await new Promise((done) => setTimeout(done, 50));
    found = await question();
  }
  assert.ok(good(found), JSON.stringify(found).slice(0, 500));
  return found;
}

/** A server of its own, and the questions that a client asks it. */
async function serve(folder: string, feedsMirror: string, offline = false) {
  const server = await startServer({
    ...{ host: '127.0.0.1', port: 0, data: join(folder, 'data'), endpoints: [], offline, log: silentLog },
    ...{ limits: defaultLimits, analysisSettings: defaultAnalysisSettings },
    ...{ feedsMirror, adminPassword: 'sesame-admin', environment: { HOME: folder } },
  });
  const authorization = `Basic ${Buffer.from('admin:sesame-admin').toString('base64')}`;
  const ask = async <T>(path: string, body?: unknown): Promise<T> => {
    const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    return (await (await fetch(server.url + path, { ...sent, headers: { authorization } })).json()) as T;
  };
  return {
    ask,
    async analyzed(tag: string, digest: string): Promise<void> {
      await ask('/v1/images', { tag });
      const state = () => ask<{ analysis_status: string }[]>(`/v1/images/${digest}`);
      await until(state, ([image]) => image?.analysis_status === 'analyzed');
    },
    async found(digest: string): Promise<readonly string[]> {
      const answer = await ask<{ vulnerabilities: { vuln: string }[] }>(`/v1/images/${digest}/vuln/os`);
      return answer.vulnerabilities.map(({ vuln }) => vuln);
    },
    /** Verdicts that are stored: what a question alone would add is not counted. */
    async verdicts(digest: string, tag: string): Promise<readonly string[]> {
      const path = `/v1/images/${digest}/check?tag=${tag}&history=true&interactive=true`;
      const answer = await ask<{ [digest: string]: { [tag: string]: { detail: object }[] } }[]>(path);
      return answer[0]![digest]![tag]!.slice(1).map(({ detail }) => JSON.stringify(detail));
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

test('images are judged at once without a feed that takes minutes, and anew when it is there, without another push', async () => {
  await using folder = await temporaryFolder();
  await using registry = await startRegistry({ app: repositoryOf([first, second]) });
  await writeUbuntu(join(folder.path, 'mirror'));
  await using mirror = await heldMirror(join(folder.path, 'mirror'));
  await using server = await serve(folder.path, mirror.url);
  const tag = (name: string) => `${registry.host}/app:${name}`;
  await server.analyzed(tag('first'), first.digest);
  await server.analyzed(tag('second'), second.digest);
  for (const [name, { digest }] of Object.entries({ first, second })) {
    assert.deepEqual(await server.found(digest), []);
    const [verdict, ...more] = await until(
      () => server.verdicts(digest, tag(name)),
      ({ length }) => length > 0,
    );
    assert.deepEqual(more, []);
    assert.match(verdict!, /feed ubuntu|ubuntu:24\.04/);
    assert.doesNotMatch(verdict!, /CVE-2031-0001/);
  }
  await until(
    async () => mirror.asked(),
    (asked) => asked > 0,
  );
  assert.equal(mirror.asked(), 1, 'the second image did not start the load again');

  mirror.release();
  for (const [name, { digest }] of Object.entries({ first, second })) {
    const [now] = await until(
      () => server.verdicts(digest, tag(name)),
      ({ length }) => length === 2,
    );
    assert.match(now!, /CVE-2031-0001/);
    assert.deepEqual(await server.found(digest), ['CVE-2031-0001']);
  }
});

test('a load that its server did not live to end is made by the next one, though no image asks again', async () => {
  await using folder = await temporaryFolder();
  await using registry = await startRegistry({ app: repositoryOf([first]) });
  await writeUbuntu(join(folder.path, 'mirror'));
  {
    await using mirror = await heldMirror(join(folder.path, 'mirror'));
    await using server = await serve(folder.path, mirror.url);
    await server.analyzed(`${registry.host}/app:first`, first.digest);
    await until(
      async () => mirror.asked(),
      (asked) => asked > 0,
    );
  }
  await using server = await serve(folder.path, join(folder.path, 'mirror'));
  await until(
    () => server.found(first.digest),
    ({ length }) => length > 0,
  );
});
