import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '#core/fault.ts';
import { familiarReference, formatReference, parseReference, registryHost } from '#registry/reference.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

const good: readonly (readonly [string, string, string])[] = [
  ['alpine', 'docker.io/library/alpine:latest', 'alpine:latest'],
  ['alpine:3.20', 'docker.io/library/alpine:3.20', 'alpine:3.20'],
  ['library/alpine', 'docker.io/library/alpine:latest', 'alpine:latest'],
  ['docker.io/alpine', 'docker.io/library/alpine:latest', 'alpine:latest'],
  ['index.docker.io/library/alpine', 'docker.io/library/alpine:latest', 'alpine:latest'],
  ['registry-1.docker.io/library/alpine', 'docker.io/library/alpine:latest', 'alpine:latest'],
  ['team/app', 'docker.io/team/app:latest', 'team/app:latest'],
  ['docker.io/library/a/b', 'docker.io/library/a/b:latest', 'library/a/b:latest'],
  ['localhost/app', 'localhost/app:latest', 'localhost/app:latest'],
  ['localhost:5000/app', 'localhost:5000/app:latest', 'localhost:5000/app:latest'],
  ['host:5000/a/b/c:1', 'host:5000/a/b/c:1', 'host:5000/a/b/c:1'],
  ['ghcr.io/o/r:v1.0_x-Y', 'ghcr.io/o/r:v1.0_x-Y', 'ghcr.io/o/r:v1.0_x-Y'],
  ['Host/app', 'Host/app:latest', 'Host/app:latest'],
  ['[::1]:5000/app:x', '[::1]:5000/app:x', '[::1]:5000/app:x'],
  ['[2001:db8::1]/app', '[2001:db8::1]/app:latest', '[2001:db8::1]/app:latest'],
  [`alpine@${digest}`, `docker.io/library/alpine@${digest}`, `alpine@${digest}`],
  [`ghcr.io/o/r:1@${digest}`, `ghcr.io/o/r:1@${digest}`, `ghcr.io/o/r:1@${digest}`],
  ['a__b/c-d/e--f.g', 'docker.io/a__b/c-d/e--f.g:latest', 'a__b/c-d/e--f.g:latest'],
  [
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:b',
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:b',
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:b',
  ],
];

test('references are read as docker reads them, and written out whole or as people write them', () => {
  for (const [text, full, familiar] of good) {
    const reference = parseReference(text);
    assert.equal(formatReference(reference), full, text);
    assert.equal(familiarReference(reference), familiar, text);
    assert.deepEqual(parseReference(full), reference, text);
    assert.deepEqual(parseReference(familiar), reference, text);
  }
});

test('what is no reference is refused with the part that is wrong', () => {
  const bad: readonly (readonly [string, RegExp])[] = [
    ['', /it is empty/],
    ['a'.repeat(1025), /longer than 1024/],
    ['https://docker.io/alpine', /leave out the scheme/],
    ['Alpine', /'Alpine' is not part of a repository name; it must be lower case/],
    ['team/App', /'App' .* lower case/],
    ['alpine:', /'' is not a tag/],
    ['alpine:.x', /not a tag/],
    [`alpine:${'x'.repeat(129)}`, /not a tag/],
    ['alpine@sha256:abc', /'sha256:abc' is not sha256: and 64/],
    [`alpine@sha512:${'a'.repeat(128)}`, /is not sha256/],
    ['a//b', /a part of the repository name is empty/],
    ['a/', /empty/],
    ['/a', /empty|host/],
    ['ghcr.io/', /empty/],
    ['a b', /'a b' is not part/],
    ['-a', /'-a' is not part/],
    ['a___b', /not part/],
    ['a.-b', /not part/],
    ['host:port/a', /'host:port' is not a host name/],
    ['ho_st.io/a', /not a host name/],
    ['[::1/a', /host name/],
    ['a\nb', /not part/],
    ['../etc', /host name/],
    [`${'a/'.repeat(130)}b`, /longer than 255/],
  ];
  for (const [text, form] of bad) {
    assert.throws(
      () => parseReference(text),
      (thrown: Fault) => thrown.code === 'input/invalid' && form.test(thrown.message),
      text,
    );
  }
});

test('Docker Hub answers under another name than its own', () => {
  assert.equal(registryHost('docker.io'), 'registry-1.docker.io');
  assert.equal(registryHost('ghcr.io'), 'ghcr.io');
});
