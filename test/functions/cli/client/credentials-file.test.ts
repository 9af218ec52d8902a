import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { parseCredentials, readCredentials } from '#functions/cli/client/credentials-file.ts';
import { isFault } from '#test/support/is-fault.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';

const files: readonly string[] = [
  'default:\n  ANCHORE_CLI_USER: admin\n  ANCHORE_CLI_PASS: foobar\n  ANCHORE_CLI_URL: http://localhost:8228/v1\n',
  "# mine\n---\ndefault: # here\n    ANCHORE_CLI_USER: 'it''s me'   # who\n\n    # and\n    ANCHORE_CLI_PASS: 'a # b: c'\n",
  'default:\r\n  ANCHORE_CLI_PASS: "q\\"\\u00e9\\x41\\\\ # no comment"\r\n',
  'default:\n  ANCHORE_CLI_PASS: p#w:x@y!z\n  ANCHORE_CLI_SSL_VERIFY: n\n',
  'default:\n  "ANCHORE_CLI_PASS": -dash\n',
];

for (const [at, text] of files.entries())
  test(`the credentials file is read as YAML is: ${at + 1}`, () => {
    const wanted = parse(text).default as Record<string, unknown>;
    assert.deepEqual(
      parseCredentials(text, 'f'),
      Object.fromEntries(Object.entries(wanted).map(([key, value]) => [key.replace('ANCHORE_CLI_', ''), value])),
    );
  });

test('only what stands below default counts, under names of either client', () => {
  const text =
    'other:\n  ANCHORE_CLI_USER: no\ndefault:\n  PLIMSOLL_TOKEN: t\n  SOMETHING: else\n  ANCHORE_CLI_PASS: ~\nmore: yes\n';
  assert.deepEqual(parseCredentials(text, 'f'), { TOKEN: 't', PASS: '' });
  assert.deepEqual(parseCredentials('', 'f'), {});
});

const wrong: readonly (readonly [text: string, message: RegExp])[] = [
  ['default:\n  ANCHORE_CLI_PASS: {a: b}\n', /line 2: put the value in single quotes/],
  ['default:\n  ANCHORE_CLI_PASS: "a\n', /line 2: put the value in single quotes/],
  ['default:\n  ANCHORE_CLI_PASS: "\\q"\n', /line 2: \\q is no escape/],
  ['default:\n  ANCHORE_CLI_PASS: a: b\n', /line 2: put the value/],
  ['default:\n  ANCHORE_CLI_PASS: |\n', /line 2: put the value/],
  ['default:\n  ANCHORE_CLI_USER: a\n   ANCHORE_CLI_PASS: b\n', /line 3: all settings are indented alike/],
  ['default:\n\tANCHORE_CLI_USER: a\n', /line 2: give NAME: VALUE, indented by spaces/],
  ['default: {ANCHORE_CLI_USER: a}\n', /line 1: put the value/],
  ['default: a\n', /line 1: settings stand below default:/],
  ['- a\n', /line 1: give NAME: VALUE/],
];

for (const [text, message] of wrong)
  test(`a credentials file of another form is refused with its line: ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseCredentials(text, 'f'), isFault('input/invalid', message));
  });

test('a password of a file that is refused is not told', () => {
  assert.throws(
    () => parseCredentials('default:\n  ANCHORE_CLI_PASS: "sesame\n', 'f'),
    isFault('input/invalid', /line 2/, ['sesame']),
  );
});

test('a file that is not there is none; one that cannot be read, or is huge, is told', async () => {
  await using folder = await temporaryFolder();
  assert.equal(await readCredentials(join(folder.path, 'none.yaml')), null);
  await assert.rejects(readCredentials(folder.path), isFault('input/invalid', /cannot be read/));
  await writeFile(join(folder.path, 'huge'), '#'.repeat(65 * 1024));
  await assert.rejects(readCredentials(join(folder.path, 'huge')), isFault('input/invalid', /larger than 64 KiB/));
});
