import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate } from '#policy/evaluate.ts';
import { bundleOf, facts, messages, reasons, refusals, ruleOf, withDetails } from '../sample-facts.ts';

const path = '/etc/httpd.conf';
const kept = (content: string | Buffer) =>
  withDetails({ retrievedFiles: [{ path, content: Buffer.from(content).toString('base64') }] });
const some = kept('Listen 80\n  SSLEngine\ton\n');

test('content_not_available tells once that a file was not kept', () => {
  const asked = (of: typeof facts, wanted = path) =>
    messages('retrieved_files', 'content_not_available', { path: wanted }, of);
  assert.deepEqual(asked(facts), ['Cannot locate file in the image analysis']);
  assert.deepEqual(asked(some, '/etc/passwd'), ['Cannot locate file in the image analysis']);
  assert.deepEqual(asked(some), []);
});

const content = (regex: string, check: string, of = some) =>
  reasons('retrieved_files', 'content_regex', { path, regex, check }, of);

test('content_regex matches words from their start, and has the id of its rule and file', () => {
  assert.deepEqual(content('SSL', 'match'), [
    {
      id: 'retrieved_files-content_regex+file:///etc/httpd.conf',
      message: "Content regex 'SSL' check 'match' found in retrieved file '/etc/httpd.conf'",
    },
  ]);
  assert.deepEqual(content('Engine', 'match'), []);
  assert.deepEqual(content('Listen 80', 'match'), []);
});

test('content_regex can ask that nothing matches; an empty file has nothing', () => {
  assert.equal(content('TLS', 'no_match').length, 1);
  assert.deepEqual(content('SSL', 'no_match'), []);
  assert.equal(content('SSL', 'no_match', kept('')).length, 1);
});

test('content_regex says nothing of a file that was not kept, and reads what is no text', () => {
  assert.deepEqual(content('.*', 'match', facts), []);
  assert.deepEqual(content('.*', 'no_match', facts), []);
  assert.equal(content('SSL', 'match', kept(Buffer.from([0xff, 0x20, 0x53, 0x53, 0x4c]))).length, 1);
});

test('a word too long to look at is a problem of the rule', () => {
  const rule = ruleOf('retrieved_files', 'content_regex', 'STOP', { path, regex: 'a+b', check: 'match' });
  const verdict = evaluate(bundleOf([rule]), kept('a'.repeat(70_000)));
  assert.equal(verdict.action, 'stop');
  assert.match(verdict.problems[0]!.details, /70000 characters/);
});

test('parameters that mean nothing are refused', () => {
  assert.match(refusals('retrieved_files', 'content_not_available', {})[0]!, /Required parameter/);
  assert.match(
    refusals('retrieved_files', 'content_regex', { path, regex: '*', check: 'match' })[0]!,
    /regular expression/,
  );
  assert.match(refusals('retrieved_files', 'content_regex', { path, regex: 'a', check: 'found' })[0]!, /'no_match'/);
});
