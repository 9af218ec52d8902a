import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestHex } from '#core/digest.ts';
import { image, layer } from '#test/support/image-builder.ts';
import { repositoryOf, startRegistry } from '#test/support/registry-server.ts';
import { type ServeProcess, startServe } from '#test/support/serve-process.ts';

const base = layer([
  { path: 'etc/os-release', content: 'ID=alpine\nVERSION_ID=3.9.0\nNAME="Alpine Linux"\n' },
  {
    path: 'lib/apk/db/installed',
    content: 'C:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=\nP:musl\nV:1.1.20-r3\nA:x86_64\no:musl\nL:MIT\n\n',
  },
]);
const top = layer([{ path: 'srv/data', content: Buffer.alloc(200_000, 7) }], { compression: 'none' });
const built = image({ layers: [base, top], tag: 'v1' });

/** A mirror that says that musl of this image has a fixed vulnerability. */
async function writeMirror(folder: string): Promise<void> {
  const where = join(folder, 'secdb.alpinelinux.org/v3.9');
  await mkdir(where, { recursive: true });
  const packages = [{ pkg: { name: 'musl', secfixes: { '1.1.20-r5': ['CVE-2019-14697'] } } }];
  await writeFile(join(where, 'main.json'), JSON.stringify({ distroversion: 'v3.9', reponame: 'main', packages }));
}

type Record = { analysis_status: string; analysis_status_detail: string | null; imageDigest: string };

async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  for (let tries = 0; tries < 600; tries++) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`waited in vain for: ${what}`);
}

function analyzed(server: ServeProcess): Promise<Record> {
  return until('the image to be analyzed', async () => {
    const [record] = await server.ask<Record[]>('GET', `/v1/images/${built.digest}`);
    assert.notEqual(record?.analysis_status, 'analysis_failed', record?.analysis_status_detail ?? '');
    return record?.analysis_status === 'analyzed' ? record : null;
  });
}

test('a server killed in the middle of an analysis goes on where it was: nothing is lost, doubled or read twice', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-crash-'));
  const data = join(folder, 'data');
  try {
    await writeMirror(folder);
    await using registry = await startRegistry({ app: repositoryOf([built]) }, { stallOnce: top.digest });
    const tag = `${registry.host}/app:v1`;
    {
      await using server = await startServe(data, folder);
      await server.ask('POST', '/v1/images', { tag });
      await until('the first layer to be stored and the second to be under way', async () => {
        const files = await readdir(data, { recursive: true });
        const report = new RegExp(`layer-reports/${digestHex(base.diffId)}/[0-9a-f]{16}\\.jsonl\\.zst~$`);
        const stored = files.some((file) => report.test(file));
        return stored && registry.count(new RegExp(`GET .*/blobs/${top.digest}`)) > 0 ? true : null;
      });
      await server.kill();
    }
    await using server = await startServe(data, folder);
    await analyzed(server);
    assert.equal(registry.count(new RegExp(`GET .*/blobs/${base.digest}`)), 1, 'the finished layer is not read again');
    const images = await server.ask<Record[]>('GET', '/v1/images');
    assert.equal(images.length, 1);
    const { vulnerabilities } = await server.ask<{ vulnerabilities: { vuln: string; fix: string }[] }>(
      'GET',
      `/v1/images/${built.digest}/vuln/os`,
    );
    assert.deepEqual(
      vulnerabilities.map(({ vuln, fix }) => [vuln, fix]),
      [['CVE-2019-14697', '1.1.20-r5']],
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a server killed again and again, whatever it is doing, ends with the image analyzed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-kill-'));
  const data = join(folder, 'data');
  try {
    await writeMirror(folder);
    await using registry = await startRegistry({ app: repositoryOf([built]) });
    const tag = `${registry.host}/app:v1`;
    for (const pause of [0, 30, 90, 250]) {
      await using server = await startServe(data, folder);
      const asked = server.ask('POST', '/v1/images', { tag }).catch(() => null);
      await new Promise((done) => setTimeout(done, pause));
      await server.kill();
      await asked;
    }
    await using server = await startServe(data, folder);
    await server.ask('POST', '/v1/images', { tag });
    await analyzed(server);
    assert.equal((await server.ask<Record[]>('GET', '/v1/images')).length, 1);
    const partial = (await readdir(join(data, 'blobs'), { recursive: true })).filter((file) =>
      /partial|\.tmp/.test(file),
    );
    assert.deepEqual(partial, []);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
