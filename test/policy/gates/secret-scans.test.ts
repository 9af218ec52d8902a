import assert from 'node:assert/strict';
import { test } from 'node:test';
import { facts, messages, refusals, withDetails } from '../sample-facts.ts';

const found = (name: string) => ({ name, regex: `${name.toLowerCase()}.*`, lines: [0] });
const some = withDetails({
  secrets: [
    { path: '/etc/app.env', matches: [found('AWS_ACCESS_KEY'), found('API_KEY')] },
    { path: '/root/.ssh/id_rsa', matches: [found('PRIV_KEY')] },
  ],
});

const asked = (parameters: Readonly<Record<string, string>>, of = some) =>
  messages('secret_scans', 'content_regex_checks', parameters, of);
const told = (path: string, name: string) =>
  `Secret content search analyzer found regexp match in container: file=${path} regexp=${name}=${name.toLowerCase()}.*`;

test('every pattern of every file is told, or those of names', () => {
  const all = [
    told('/etc/app.env', 'AWS_ACCESS_KEY'),
    told('/etc/app.env', 'API_KEY'),
    told('/root/.ssh/id_rsa', 'PRIV_KEY'),
  ];
  assert.deepEqual(asked({}), all);
  assert.deepEqual(asked({ content_regex_name: 'API_KEY' }), [all[1]]);
  assert.deepEqual(asked({ content_regex_name: 'AWS_ACCESS_KEY, PRIV_KEY' }), [all[0], all[2]]);
  assert.deepEqual(asked({ content_regex_name: 'priv_key.*' }), [all[2]]);
  assert.deepEqual(asked({ content_regex_name: 'MY_API_KEY' }), []);
});

test('files are asked for by a path from its start', () => {
  assert.equal(asked({ filename_regex: '/root/' }).length, 1);
  assert.equal(asked({ filename_regex: 'root' }).length, 0);
  assert.equal(asked({ filename_regex: '/etc/.*', content_regex_name: 'PRIV_KEY' }).length, 0);
});

test('that nothing was found can be asked for', () => {
  assert.deepEqual(asked({ match_type: 'notfound' }, facts), [
    'Secret content search analyzer did not find regexp match in container: filename_regex=* content_regex_name=all',
  ]);
  assert.deepEqual(asked({ match_type: 'notfound', filename_regex: '/srv/', content_regex_name: 'API_KEY' }), [
    'Secret content search analyzer did not find regexp match in container: filename_regex=/srv/ content_regex_name=API_KEY',
  ]);
  assert.deepEqual(asked({ match_type: 'notfound', content_regex_name: 'API_KEY' }), []);
  assert.deepEqual(asked({}, facts), []);
});

test('what cannot be run is refused', () => {
  assert.match(refusals('secret_scans', 'content_regex_checks', { filename_regex: '[' })[0]!, /regular expression/);
  assert.match(refusals('secret_scans', 'content_regex_checks', { match_type: 'maybe' })[0]!, /'notfound'/);
});
