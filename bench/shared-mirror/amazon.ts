import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { put, unpacked } from './packed.ts';

const cdn = 'cdn.amazonlinux.com';

/** Where each repository's list of mirrors stands, by the file with its updates. */
const repositories: readonly (readonly [string, string])[] = [
  ['updateinfo_1.xml.gz', 'repo.us-west-2.amazonaws.com/2018.03/updates/x86_64/mirror.list'],
  ['updateinfo_2.xml.gz', `${cdn}/2/core/latest/x86_64/mirror.list`],
  ['updateinfo_2_kernel-5.15.xml.gz', `${cdn}/2/extras/kernel-5.15/latest/x86_64/mirror.list`],
  ['updateinfo_2023.xml.gz', `${cdn}/al2023/core/mirrors/latest/x86_64/mirror.list`],
  ['updateinfo_2023_kernel-livepatch.xml.gz', `${cdn}/al2023/kernel-livepatch/mirrors/latest/x86_64/mirror.list`],
  ['updateinfo_2023_nvidia.xml.gz', `${cdn}/al2023/nvidia/mirrors/latest/x86_64/mirror.list`],
];

/** Makes a repository of each file of updates: a list of mirrors and repomd.xml lead to it. `samples` has the files. */
export async function layOutAmazon(feeds: string, samples: string, folder: string): Promise<void> {
  await put(folder, `${cdn}/2/extras-catalog.json`, await unpacked(join(feeds, 'amazon/extras-catalog.json.zst')));
  for (const [file, mirrorList] of repositories) {
    const updates = await readFile(join(samples, file));
    const base = `${cdn}/repositories/${file.replace(/\W/g, '-')}`;
    await put(folder, mirrorList, `https://${base}\n`);
    await put(folder, `${base}/repodata/updateinfo.xml.gz`, updates);
    await put(folder, `${base}/repodata/repomd.xml`, repomd(createHash('sha256').update(updates).digest('hex')));
  }
}

const repomd = (checksum: string) => `<?xml version="1.0" encoding="UTF-8"?>
<repomd xmlns="http://linux.duke.edu/metadata/repo"><data type="updateinfo">
<checksum type="sha256">${checksum}</checksum><location href="repodata/updateinfo.xml.gz"/>
</data></repomd>
`;
