import { copyFile, cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { layOutAmazon } from './amazon.ts';
import { layOutBodhi } from './bodhi.ts';
import { packTar, put, unpackTar } from './packed.ts';

const vuls = 'vuls-data-update-fetch-fixtures';
const vunnel = 'vunnel-test-fixtures';
const list = 'vuln-list-update-fixtures';

/** Lays out the files that other projects' tests keep of upstreams of which there is no snapshot: a few real records each. */
export async function layOutSamples(feeds: string, folder: string): Promise<void> {
  const samples = await mkdtemp(join(tmpdir(), 'plimsoll-samples-'));
  try {
    for (const name of [vuls, vunnel, list])
      await unpackTar(join(feeds, `samples/${name}.tar.zst`), join(samples, name));
    for (const [file, address] of [...files, ...suse]) {
      await mkdir(dirname(join(folder, address)), { recursive: true });
      await copyFile(join(samples, file), join(folder, address));
    }
    await layOutDebian(samples, folder);
    await layOutUbuntu(samples, folder);
    await layOutAmazon(feeds, join(samples, vuls, 'amazon'), folder);
    await layOutBodhi(samples, folder);
  } finally {
    await rm(samples, { recursive: true, force: true });
  }
}

const photon = 'packages.broadcom.com/photon/photon_cve_metadata';

/** Files that stand as they are at one address. */
const files: readonly (readonly [string, string])[] = [
  [`${vunnel}/wolfi/input/secdb/security.json`, 'packages.wolfi.dev/os/security.json'],
  [`${vunnel}/chainguard/input/secdb/security.json`, 'packages.cgr.dev/chainguard/security.json'],
  [`${vunnel}/minimos/input/secdb/security.json`, 'packages.mini.dev/advisories/secdb/security.json'],
  [`${vunnel}/arch/input/arch-advisories/all.json`, 'security.archlinux.org/all.json'],
  [`${vuls}/oracle/linux/com.oracle.elsa-all.xml.bz2`, 'linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2'],
  [`${vunnel}/photon/input/cve_data_photon1.0.json`, `${photon}/cve_data_photon1.0.json`],
  [`${list}/photon/testdata/cve_data_photon2.0.json`, `${photon}/cve_data_photon2.0.json`],
  [`${list}/photon/testdata/cve_data_photon3.0.json`, `${photon}/cve_data_photon3.0.json`],
  [`${vunnel}/photon/input/cve_data_photon4.0.json`, `${photon}/cve_data_photon4.0.json`],
  [`${vuls}/photon/cve/happy/cve_data_photon5.0.json`, `${photon}/cve_data_photon5.0.json`],
  [`${list}/alpine/testdata/312-main.json`, 'secdb.alpinelinux.org/v3.12/main.json'],
  [`${list}/alpine/testdata/312-community.json`, 'secdb.alpinelinux.org/v3.12/community.json'],
  [`${vuls}/alpine/secdb/v3.16/main.json`, 'secdb.alpinelinux.org/v3.16/main.json'],
  [`${vuls}/alpine/secdb/v3.16/community.json`, 'secdb.alpinelinux.org/v3.16/community.json'],
];

const suse = [
  'suse.linux.enterprise.12-affected',
  'suse.linux.enterprise.15-affected',
  'suse.linux.enterprise.16-affected',
  'suse.linux.enterprise.micro.5-affected',
  'suse.linux.micro.6-affected',
  'opensuse.leap.15.2',
  'opensuse.tumbleweed',
].map(
  (name) =>
    [`${vuls}/suse/oval/happy/${name}.xml.gz`, `ftp.suse.com/pub/projects/security/oval/${name}.xml.gz`] as const,
);

/** Two parts of the tracker's one document, by source package. */
async function layOutDebian(samples: string, folder: string): Promise<void> {
  const parts = [`${vunnel}/debian/input/debian.json`, `${vuls}/debian/tracker/api/advisory.json`];
  const read = await Promise.all(parts.map(async (part) => JSON.parse(await readFile(join(samples, part), 'utf8'))));
  await put(folder, 'security-tracker.debian.org/tracker/data/json', JSON.stringify(Object.assign({}, ...read)));
}

/** Canonical's two archives, with single records of another project beside those that were there. */
async function layOutUbuntu(samples: string, folder: string): Promise<void> {
  for (const [archive, records] of [
    ['osv/happy/osv-all.tar.xz', { 'osv/cve': 'osv/cve', 'osv-esm-cases/cve': 'osv/cve', 'osv/usn': 'osv/usn' }],
    ['vex/vex-all.tar.xz', { 'vex/cve': 'vex-all/vex/cve' }],
  ] as const) {
    const name = archive.slice(0, 3);
    const work = join(samples, `ubuntu-${name}`);
    await unpackTar(join(samples, vuls, 'ubuntu', archive), work);
    for (const [from, to] of Object.entries(records))
      await cp(join(samples, vunnel, 'ubuntu', from), join(work, to), { recursive: true });
    await packTar(join(folder, `security-metadata.canonical.com/${name}/${name}-all.tar.xz`), work);
  }
}
