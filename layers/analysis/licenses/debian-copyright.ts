import type { RandomAccess } from '../analyzer.ts';
import { stanzas } from '../texts/deb822.ts';
import { licenseTerms, spdxId } from './license-terms.ts';

/** Copyright files are text of some kilobytes; what stands beyond is not looked at. */
const maxBytes = 1024 * 1024;

/**
 * The licences in a Debian copyright file, sorted: the short names of the machine-readable format 1.0
 * (https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/), else what a text points to under
 * /usr/share/common-licenses and the few licences whose wording is unmistakable.
 */
export function debianCopyright(content: RandomAccess): readonly string[] {
  const head = Buffer.from(content.read(0, 4096)).toString('utf8');
  const licenses = /^\s*format(?:-specification)?\s*:/im.test(head) ? declared(content) : new Set<string>();
  if (licenses.size === 0) for (const license of recognised(content)) licenses.add(license);
  return [...licenses].sort();
}

function declared(content: RandomAccess): Set<string> {
  const found = new Set<string>();
  for (const stanza of stanzas(content, ['license'])) {
    const [name = ''] = (stanza.get('license') ?? '').split('\n');
    for (const term of licenseTerms(name)) if (found.size < 500) found.add(term);
  }
  return found;
}

function* recognised(content: RandomAccess): Generator<string> {
  const text = Buffer.from(content.read(0, maxBytes))
    .toString('utf8')
    .replace(/[\s*#;]+/g, ' ')
    .toLowerCase();
  for (const match of text.matchAll(/common-licenses\/([a-z]+(?:-\d+(?:\.\d+)*)?)/g)) {
    const name = commonLicenses[match[1]!];
    if (name === undefined) continue;
    const before = text.slice(Math.max(0, match.index - 1200), match.index);
    // Without these words the file may mean this version only, or not say: then the name stays as Debian calls the file.
    yield /any later version/.test(before) && /GPL-\d/.test(name) ? spdxId(`${name}+`) : name;
  }
  for (const [license, wording] of wordings) if (wording(text)) yield license;
}

/** The files of /usr/share/common-licenses (Debian policy 12.5) by lower-case name. */
const commonLicenses: Readonly<Record<string, string>> = {
  __proto__: null as never,
  'apache-2.0': 'Apache-2.0',
  artistic: 'Artistic',
  bsd: 'BSD-3-Clause',
  'cc0-1.0': 'CC0-1.0',
  'gfdl-1.2': 'GFDL-1.2',
  'gfdl-1.3': 'GFDL-1.3',
  gfdl: 'GFDL',
  'gpl-1': 'GPL-1',
  'gpl-2': 'GPL-2',
  'gpl-3': 'GPL-3',
  gpl: 'GPL',
  'lgpl-2': 'LGPL-2',
  'lgpl-2.1': 'LGPL-2.1',
  'lgpl-3': 'LGPL-3',
  lgpl: 'LGPL',
  'mpl-1.1': 'MPL-1.1',
  'mpl-2.0': 'MPL-2.0',
};

const redistribution = 'redistribution and use in source and binary forms';

const wordings: readonly (readonly [license: string, test: (text: string) => boolean])[] = [
  ['MIT', (text) => text.includes('permission is hereby granted, free of charge, to any person obtaining a copy')],
  [
    'ISC',
    (text) =>
      /permission to use, copy, modify, and(?:\/or)? distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright notice and this permission notice appear in all copies/.test(
        text,
      ),
  ],
  ['BSD-4-Clause', (text) => text.includes(redistribution) && text.includes('all advertising materials mentioning')],
  [
    'BSD-3-Clause',
    (text) =>
      text.includes(redistribution) &&
      text.includes('to endorse or promote products derived') &&
      !text.includes('all advertising materials mentioning'),
  ],
  [
    'BSD-2-Clause',
    (text) => text.includes(redistribution) && !text.includes('endorse') && !text.includes('advertising materials'),
  ],
  ['Zlib', (text) => text.includes('altered source versions must be plainly marked as such')],
];
