import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { plimsoll } from '#test/support/command-line.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';

const images = join(import.meta.dirname, '../../../../shared/images');
const skip = existsSync(images) ? false : 'the folder ../shared/images is not there';

interface Listed {
  readonly file: string;
  readonly packages: Readonly<Record<string, unknown>>;
  readonly images: readonly { readonly platform: string }[];
}

/**
 * The lists have a row for each place of a package of Java (`ARCHIVE!INSIDE`), and no programs that no package manager knows;
 * a scan has a row for each package, with its places.
 */
function asListed([type, name, version, arch, source, paths]: readonly string[]): readonly (readonly string[])[] {
  if (type === 'binary') return [];
  if (type !== 'java') return [[type!, name!, version!, arch!, source!]];
  return paths!.split(',').map((path) => [type, name!, version!, arch!, path.replaceAll(':', '!')]);
}

const listed: Readonly<Record<string, Listed>> =
  skip === false ? JSON.parse(readFileSync(join(images, 'expected/images.json'), 'utf8')) : {};
const data = skip === false ? await temporaryFolder() : null;
after(() => data?.[Symbol.asyncDispose]());

if (skip !== false) test(`packages of real images (skipped: ${skip})`, { skip }, () => {});

for (const [name, { file, images: built }] of Object.entries(listed))
  for (const { platform } of built) {
    const list = [`${name}.${platform.split('/').slice(0, 2).join('-')}`, name]
      .map((one) => join(images, `expected/${one}.packages.tsv`))
      .find(existsSync);
    const kind = file.endsWith('.docker.tar') ? 'docker-archive' : 'oci-archive';
    test(`scan ${kind}:${file} --platform ${platform} --output packages prints what the image's own tools list`, async () => {
      assert.ok(list !== undefined, `${name} ${platform} has no list`);
      const source = `${kind}:${join(images, file)}`;
      const argv = ['scan', source, '--platform', platform, '--offline', '--data', data!.path, '-o', 'packages'];
      const { code, out, err } = await plimsoll(argv);
      assert.deepEqual([code, err], [0, '']);
      const [header, ...rows] = rowsOf(out);
      assert.deepEqual(header, ['type', 'name', 'version', 'arch', 'source', 'path']);
      const wanted = rowsOf(readFileSync(list, 'utf8')).slice(1);
      assert.deepEqual(
        rows.flatMap(asListed).map((row, i) => row.map((field, column) => (wanted[i]?.[column] ? field : ''))),
        wanted.map((row) => Array.from({ length: 5 }, (_, column) => row[column] ?? '')),
      );
    });
  }

function rowsOf(text: string): string[][] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
}
