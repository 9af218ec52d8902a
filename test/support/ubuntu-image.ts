import { join } from 'node:path';
import { packArchives } from '#test/feeds/pack-archives.ts';
import { type BuiltImage, image, layer } from './image-builder.ts';

const distribution = layer([
  { path: 'etc/os-release', content: 'ID=ubuntu\nVERSION_ID="24.04"\nNAME="Ubuntu"\n' },
  {
    path: 'var/lib/dpkg/status',
    content: 'Package: hull\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n',
  },
]);

/** Ubuntu 24.04 with the package that its one record ({@link writeUbuntu}) is about; `tag` is its file too. */
export function ubuntuImage(tag: string): BuiltImage {
  return image({ layers: [distribution, layer([{ path: 'srv/tag', content: tag }])], tag });
}

/** Canonical's archive in a mirror: CVE-2031-0001 of hull, without a fix. */
export async function writeUbuntu(mirror: string): Promise<void> {
  await packArchives(join(import.meta.dirname, '../feeds/ubuntu/cases/records-alone/archives'), mirror);
}
