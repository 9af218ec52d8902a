import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ComposedFile } from '#analysis/compose.ts';
import { evaluate } from '#policy/evaluate.ts';
import type { Facts } from '#policy/gate.ts';
import { bundleOf, facts, image, messages, refusals, ruleOf, withDetails } from '../sample-facts.ts';

const sha256 = 'ab'.repeat(32);

function entry(change: Partial<ComposedFile> = {}): ComposedFile {
  return {
    path: '',
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: 1,
    sha256,
    link: null,
    layer: 'sha256:own',
    ...change,
  };
}

function withFiles(files: Readonly<Record<string, ComposedFile>>): Facts {
  return { ...facts, files: new Map(Object.entries(files)) };
}

const some = withFiles({
  '/etc': entry({ type: 'dir', mode: 0o755, sha256: null }),
  '/etc/ssl/private/key.pem': entry({ mode: 0o600 }),
  '/usr/bin/su': entry({ mode: 0o4755 }),
  '/usr/bin/wall': entry({ mode: 0o2755 }),
  '/var/mail': entry({ type: 'dir', mode: 0o2775, sha256: null }),
});

test('name_match asks for paths that match from their start, in the words of the original', () => {
  const asked = (regex: string) => messages('files', 'name_match', { regex }, some);
  assert.deepEqual(asked('.*\\.pem'), [
    'Application of regex matched file found in container: file=/etc/ssl/private/key.pem regexp=.*\\.pem',
  ]);
  assert.deepEqual(asked('\\.pem'), []);
  assert.equal(asked('(?i)/USR/').length, 2);
  assert.deepEqual(asked('/etc$').length, 1);
});

test('attribute_match fires where checksum and mode are as asked, and only where something was asked', () => {
  const asked = (parameters: Readonly<Record<string, string>>) =>
    messages('files', 'attribute_match', { filename: '/etc/ssl/private/key.pem', ...parameters }, some);
  assert.deepEqual(asked({ checksum: sha256 }), [
    `filename=/etc/ssl/private/key.pem and checksum=${sha256} op=equals specified_checksum=${sha256}`,
  ]);
  assert.deepEqual(asked({ checksum: sha256.toUpperCase(), mode: '00600' }), [
    `filename=/etc/ssl/private/key.pem and checksum=${sha256} op=equals specified_checksum=${sha256.toUpperCase()} and mode=0o600 op=equals specified_mode=0o600`,
  ]);
  assert.deepEqual(asked({ checksum: sha256, mode: '644' }), []);
  assert.deepEqual(asked({ checksum: sha256, checksum_match: 'not_equals', mode: '600' }), []);
  assert.deepEqual(asked({ mode: '0644', mode_op: 'not_equals' }), [
    'filename=/etc/ssl/private/key.pem and mode=0o600 op=not_equals specified_mode=0o644',
  ]);
  assert.deepEqual(asked({}), []);
});

test('attribute_match knows that a folder has no content', () => {
  const parameters = { filename: '/etc', checksum: sha256, checksum_match: 'not_equals' };
  assert.deepEqual(messages('files', 'attribute_match', parameters, some), [
    `filename=/etc and checksum=DIRECTORY_OR_OTHER op=not_equals specified_checksum=${sha256}`,
  ]);
});

test('attribute_match says nothing of a file that is not there, unless it is asked to', () => {
  const asked = (parameters: Readonly<Record<string, string>>) =>
    messages('files', 'attribute_match', { filename: '/nowhere', ...parameters }, some);
  assert.deepEqual(asked({ mode: '600' }), []);
  assert.deepEqual(asked({ mode: '600', skip_missing: 'False' }), ['filename=/nowhere and skip_missing=False']);
});

test('suid_or_guid_set tells files and folders with their whole mode', () => {
  assert.deepEqual(messages('files', 'suid_or_guid_set', {}, some), [
    'SUID or SGID found set on file /usr/bin/su. Mode: 0o104755',
    'SUID or SGID found set on file /usr/bin/wall. Mode: 0o102755',
    'SUID or SGID found set on file /var/mail. Mode: 0o42775',
  ]);
  assert.deepEqual(messages('files', 'suid_or_guid_set', {}, withFiles({ '/etc': entry({ type: 'dir' }) })), []);
});

test('suid_or_guid_set can leave out what comes from the image that this one was built on', () => {
  const layers = ['sha256:base', 'sha256:own'].map((diffId) => ({ ...layer, diffId }));
  const files = new Map([
    ['/usr/bin/su', entry({ mode: 0o4755, layer: 'sha256:base' })],
    ['/srv/su', entry({ mode: 0o4755 })],
  ]);
  const base = { reference: 'alpine:3', digest: null, layers: 1, by: 'layers' } as const;
  const built: Facts = { ...facts, image: { ...image, layers }, files, base };
  const asked = (of: Facts) => messages('files', 'suid_or_guid_set', { only_added: 'true' }, of);
  assert.deepEqual(asked(built), ['SUID or SGID found set on file /srv/su. Mode: 0o104755']);
  assert.equal(asked({ ...built, base: null }).length, 2);
  assert.equal(messages('files', 'suid_or_guid_set', {}, built).length, 2);
});

const layer = { digest: null, diffId: '', mediaType: '', size: 1, cached: false };

test('content_regex_match tells what the content search found, of all patterns or of one', () => {
  const searched = withDetails({
    contentMatches: [
      {
        path: '/srv/a.env',
        matches: [
          { name: 'PASSWORD', regex: 'password=.*', lines: [0] },
          { name: 'TOKEN', regex: 'token=.*', lines: [3] },
        ],
      },
    ],
  });
  const asked = (parameters: Readonly<Record<string, string>>) =>
    messages('files', 'content_regex_match', parameters, searched);
  assert.deepEqual(asked({ regex_name: 'PASSWORD' }), [
    'File content analyzer found regexp match in container: file=/srv/a.env regexp=PASSWORD=password=.*',
  ]);
  assert.deepEqual(asked({ regex_name: 'token=.*' }), [
    'File content analyzer found regexp match in container: file=/srv/a.env regexp=TOKEN=token=.*',
  ]);
  assert.equal(asked({}).length, 2);
  assert.deepEqual(asked({ regex_name: 'PASS' }), []);
  assert.deepEqual(messages('files', 'content_regex_match', {}, facts), []);
});

test('what cannot be run is refused when the bundle is saved', () => {
  assert.match(refusals('files', 'name_match', { regex: '(' })[0]!, /regular expression/);
  assert.match(refusals('files', 'name_match', {})[0]!, /Required parameter/);
  assert.match(refusals('files', 'attribute_match', { filename: '/a', mode: '899' })[0]!, /octal/);
  assert.match(refusals('files', 'attribute_match', { filename: '/a', checksum_algorithm: 'md5' })[0]!, /'sha256'/);
  assert.match(refusals('files', 'attribute_match', { filename: '/a', mode_op: 'EQUALS' })[0]!, /'equals'/);
});

test('a match has the id that the original makes of its words', () => {
  const { rows } = evaluate(bundleOf([ruleOf('files', 'name_match', 'WARN', { regex: '.*\\.pem' })]), some);
  // md5 of 'files' + 'name_match' + the message.
  assert.equal(rows[0]?.triggerId, 'f031040784f947b428d621f94ca522e7');
});
