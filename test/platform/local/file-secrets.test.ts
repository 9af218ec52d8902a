import assert from 'node:assert/strict';
import { chmod, cp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileSecrets } from '#platform/local/file-secrets.ts';
import { secretsContract } from '#test/platform/contracts/secrets-contract.ts';
import { isFault } from '#test/support/is-fault.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';

secretsContract('a file', async () => {
  const folder = await temporaryFolder();
  return {
    secrets: fileSecrets(join(folder.path, 'secrets')),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
});

test('secrets last, and neither file shows them or may be read by others', async () => {
  await using folder = await temporaryFolder();
  await fileSecrets(folder.path).put('registry/one', 'hunter2-hunter2');
  assert.equal(await fileSecrets(folder.path).get('registry/one'), 'hunter2-hunter2');
  for (const name of ['key', 'secrets.json']) {
    const path = join(folder.path, name);
    assert.equal((await stat(path)).mode & 0o777, 0o600, name);
    const text = await readFile(path, 'utf8');
    assert.ok(
      !text.includes('hunter2') && !text.includes(Buffer.from('hunter2-hunter2').toString('base64').slice(0, 12)),
    );
  }
});

test('a key file that others may read is refused until that is mended', {
  skip: process.platform === 'win32',
}, async () => {
  await using folder = await temporaryFolder();
  const secrets = fileSecrets(folder.path);
  await secrets.put('a', 'x');
  const key = join(folder.path, 'key');
  await chmod(key, 0o640);
  await assert.rejects(secrets.get('a'), isFault('auth/forbidden', /key .*mode 640.*chmod 600/));
  await assert.rejects(secrets.put('a', 'y'), isFault('auth/forbidden'));
  await chmod(key, 0o600);
  assert.equal(await secrets.get('a'), 'x');
});

test('damage is told with the name of the file and what to do, and nothing is overwritten', async () => {
  await using folder = await temporaryFolder();
  const secrets = fileSecrets(folder.path);
  await secrets.put('a', 'value-1');
  await secrets.put('b', 'value-2');
  const path = join(folder.path, 'secrets.json');
  const key = join(folder.path, 'key');
  const good = await readFile(path, 'utf8');
  const file = JSON.parse(good) as { secrets: Record<string, string> };
  const swapped = { ...file, secrets: { a: file.secrets['b'], b: file.secrets['a'] } };
  const cut = { ...file, secrets: { a: file.secrets['a']!.slice(0, 20), b: '' } };
  for (const damaged of [swapped, cut]) {
    await writeFile(path, JSON.stringify(damaged));
    for (const name of ['a', 'b']) {
      await assert.rejects(
        secrets.get(name),
        isFault('data/corrupt', new RegExp(`secrets\\.json.*secret ${name} does not open`), ['value-1', 'value-2']),
      );
    }
  }
  for (const damaged of ['', '{', 'null', '{"version":2,"secrets":{}}', '{"version":1,"secrets":{"a":1}}', '[]']) {
    await writeFile(path, damaged);
    await assert.rejects(secrets.get('a'), isFault('data/corrupt', /secrets\.json/), damaged);
    await assert.rejects(secrets.put('c', 'x'), isFault('data/corrupt', /secrets\.json/), damaged);
    assert.equal(await readFile(path, 'utf8'), damaged);
  }
  await writeFile(path, good);
  await cp(key, `${key}.saved`);
  await rm(key);
  await assert.rejects(secrets.get('a'), isFault('data/corrupt', /key of .* is missing/));
  await assert.rejects(secrets.put('a', 'x'), isFault('data/corrupt', /key of .* is missing/));
  await writeFile(key, 'short', { mode: 0o600 });
  await assert.rejects(secrets.get('a'), isFault('data/corrupt', /does not hold a key/));
  await cp(`${key}.saved`, key);
  assert.equal(await secrets.get('a'), 'value-1');
});
