import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zip } from '#test/feeds/zip.ts';

/** Writes a mirror of feeds into a folder: Alpine 3.20 in its own form, npm as OSV gives it; nothing of PyPI. */
export async function writeFeedsMirror(folder: string): Promise<void> {
  const secdb = join(folder, 'secdb.alpinelinux.org/v3.20');
  const osv = join(folder, 'storage.googleapis.com/osv-vulnerabilities/npm');
  await mkdir(secdb, { recursive: true });
  await mkdir(osv, { recursive: true });
  const secfixes = { '1.2.5-r1': ['CVE-2031-0001'], '1.2.4-r0': ['CVE-2031-0002'] };
  await writeFile(
    join(secdb, 'main.json'),
    JSON.stringify({ distroversion: 'v3.20', reponame: 'main', packages: [{ pkg: { name: 'musl', secfixes } }] }),
  );
  await writeFile(
    join(secdb, 'community.json'),
    JSON.stringify({ distroversion: 'v3.20', reponame: 'community', packages: [] }),
  );
  const advisory = {
    schema_version: '1.7.0',
    id: 'GHSA-aaaa-bbbb-cccc',
    modified: '2031-01-02T00:00:00Z',
    published: '2031-01-01T00:00:00Z',
    aliases: ['CVE-2031-1000'],
    summary: 'Water in the hull',
    affected: [
      {
        package: { ecosystem: 'npm', name: 'hull' },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.2.3' }] }],
      },
    ],
    severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
    references: [{ type: 'ADVISORY', url: 'https://example.test/hull' }],
  };
  await writeFile(join(osv, 'all.zip'), zip([{ name: `${advisory.id}.json`, content: JSON.stringify(advisory) }]));
}
