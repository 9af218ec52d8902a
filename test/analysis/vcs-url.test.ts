import assert from 'node:assert/strict';
import { test } from 'node:test';
import { vcsUrl } from '#analysis/texts/vcs-url.ts';

test('what was built from git is named by repository and commit, without passwords and options', () => {
  const commit = '17f4079e9441eb0675216d71aedb1bcf1126bdd1';
  for (const [url, want] of [
    ['https://example.org/a/b.git', `git+https://example.org/a/b.git@${commit}`],
    ['git+ssh://git@example.org/a/b.git', `git+ssh://git@example.org/a/b.git@${commit}`],
    ['git://example.org/b', `git://example.org/b@${commit}`],
    ['git+https://jo:secret@example.org/b?branch=main#v1', `git+https://example.org/b@${commit}`],
    ['../b', null],
    ['https://example.org/a b', null],
    [7, null],
  ] as const) {
    assert.equal(vcsUrl(url, commit), want, String(url));
  }
  for (const none of ['', 'v1.2.3', 'HEAD', null, undefined, `${commit}/x`]) {
    assert.equal(vcsUrl('https://example.org/b', none), null, String(none));
  }
});
