import { noDetails } from '#schema/image-report.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detailSentences } from '#reports/detail-sentences.ts';

test('malware is told with its place and signature, and a clean result as one', () => {
  const findings = [{ path: '/srv/x', signature: 'Test.Bad' }];
  const malware = [
    { scanner: 'clamav', findings, databases: { daily: '27811', main: '62' } },
    { scanner: 'clamav', findings: [], databases: {} },
  ];
  assert.deepEqual(
    [...detailSentences({ ...noDetails, malware })],
    ['malware: /srv/x (Test.Bad), by clamav 27811', 'malware: none found, by clamav'],
  );
});

test('secrets and searched content are told by file, five of them', () => {
  const found = (path: string) => ({
    path,
    matches: ['ONE', 'TWO'].map((name) => ({ name, regex: 'x', lines: [1, 2] })),
  });
  const secrets = ['/a', '/b', '/c', '/d', '/e', '/f', '/g'].map(found);
  assert.deepEqual(
    [...detailSentences({ ...noDetails, secrets, contentMatches: [found('/x')] })],
    [
      `secrets: in 7 files: ${['/a', '/b', '/c', '/d', '/e'].map((path) => `${path} (ONE, TWO)`).join(', ')} and 2 more`,
      'searched: matches in 1 file: /x (ONE, TWO)',
    ],
  );
});

test('accounts that anybody may use are told, others are not', () => {
  const user = { uid: 0, gid: 0, home: '/', shell: '/bin/sh' };
  const users = (['none', 'locked', 'empty', 'set'] as const).map((password) => ({
    ...user,
    name: password,
    password,
  }));
  assert.deepEqual([...detailSentences({ ...noDetails, users })], ['accounts without a password: empty']);
  assert.deepEqual([...detailSentences(noDetails)], []);
});
