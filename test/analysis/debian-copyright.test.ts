import assert from 'node:assert/strict';
import { test } from 'node:test';
import { debianCopyright } from '#analysis/licenses/debian-copyright.ts';
import { memoryAccess } from '#analysis/layers/random-access.ts';

const licenses = (text: string) => debianCopyright(memoryAccess(Buffer.from(text)));

test('the machine-readable format gives the short names of all paragraphs, once and sorted', () => {
  const text = [
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
    '',
    'Files: *',
    'License: GPL-2+ or Artistic',
    '',
    'Files: debian/*',
    'License: Expat',
    ' See /usr/share/common-licenses/GPL-3 for no reason.',
    '',
    'License:',
    ' a text without a name',
  ];
  assert.deepEqual(licenses(text.join('\n')), ['Artistic', 'GPL-2.0-or-later', 'MIT']);
});

test('a text that points to the licences of the system gives those', () => {
  assert.deepEqual(licenses("It is under the Apache License; see `/usr/share/common-licenses/Apache-2.0'."), [
    'Apache-2.0',
  ]);
  const later =
    'either version 2 of the License, or (at your option)\n * any later version. See /usr/share/common-licenses/';
  assert.deepEqual(licenses(`${later}GPL-2.`), ['GPL-2.0-or-later']);
  assert.deepEqual(licenses('version 2 only, in /usr/share/common-licenses/GPL-2.'), ['GPL-2']);
  assert.deepEqual(licenses(`${later}GPL.`), ['GPL']);
  assert.deepEqual(licenses('see /usr/share/common-licenses/Unheard-1.0 and /usr/share/common-licenses/'), []);
});

test('wordings that belong to one licence are known', () => {
  const bsd = 'Redistribution and use in source and binary forms, with or without\nmodification, are permitted';
  const texts: Readonly<Record<string, string>> = {
    MIT: 'Permission is hereby granted, free of charge, to any person obtaining\n# a copy of this software',
    'BSD-2-Clause': bsd,
    'BSD-3-Clause': `${bsd}. Neither the name ... may be used to endorse or promote products derived from it`,
    'BSD-4-Clause': `${bsd}. All advertising materials mentioning features ... to endorse or promote products derived`,
    Zlib: 'Altered source versions must be plainly marked as such, and must not be misrepresented',
  };
  for (const [license, text] of Object.entries(texts)) assert.deepEqual(licenses(text), [license]);
});

test('a text that says nothing of the kind gives nothing', () => {
  assert.deepEqual(licenses(''), []);
  assert.deepEqual(licenses('This package was made by someone. All rights reserved.'), []);
});
