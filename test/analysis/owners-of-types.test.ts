import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { analyzers } from '#analysis/analyzers.ts';
import { ecosystems, isPackageType, packageTypes } from '#core/ecosystem.ts';
import type { Package } from '#core/package.ts';
import { assembleLayers } from '#test/support/assemble-layers.ts';
import { caseLayers } from '#test/support/case-layers.ts';
import type { BuildEntry } from '#test/support/tar-builder.ts';

const ofLanguages = packageTypes.filter((type) => !ecosystems[type].os);

interface Case {
  readonly want: string;
  readonly types: ReadonlySet<string>;
}

/** The cases of analyzers that have packages, and none of a distribution. */
const cases: readonly Case[] = globSync('*/*/want.json', { cwd: import.meta.dirname })
  .sort()
  .map((want) => {
    const { packages } = JSON.parse(readFileSync(join(import.meta.dirname, want), 'utf8')) as {
      readonly packages: readonly { readonly type?: string }[];
    };
    return { want, types: new Set(packages.map(({ type }) => type ?? 'unsaid')) };
  })
  .filter(({ types }) => types.size > 0 && [...types].every((type) => isPackageType(type) && !ecosystems[type].os));

/** The packages of a case where one package of Debian lists all of its files, by paths that begin with `prefix`. */
async function owned(want: string, prefix: string): Promise<readonly Package[]> {
  const entries = (await caseLayers(join(import.meta.dirname, dirname(want)))).flat();
  const listed = entries.filter(({ type }) => type === 'file').map(({ path }) => `${prefix}/${path}\n`);
  const database: readonly BuildEntry[] = [
    {
      path: 'var/lib/dpkg/status',
      content: 'Package: all\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n',
    },
    { path: 'var/lib/dpkg/info/all.list', content: `/.\n${listed.join('')}` },
    { path: 'linked', type: 'symlink', link: '.' },
  ];
  const { packages } = await assembleLayers([[...entries, ...database]], analyzers);
  return packages.filter(({ type }) => !ecosystems[type].os);
}

for (const type of ofLanguages) {
  test(`packages of the type ${type} are owned by the package of the distribution that has their files`, async () => {
    const own = cases.filter(({ types }) => types.has(type));
    assert.notEqual(own.length, 0, `no case has packages of the type ${type}`);
    for (const { want, types } of own) {
      // On a system with merged folders packages list their files below links.
      for (const prefix of ['', '/linked']) {
        const packages = await owned(want, prefix);
        // What programs are is not shown where they are the distribution's.
        const shown = [...types].filter((one) => one !== 'binary').sort();
        assert.deepEqual([...new Set(packages.map((found) => found.type))].sort(), shown, want);
        for (const { name, paths, owners = [] } of packages) {
          const places = owners.map(({ path }) => path);
          assert.deepEqual(places, [...paths], `${name} of ${want} listed under '${prefix}'`);
        }
      }
    }
  });
}
