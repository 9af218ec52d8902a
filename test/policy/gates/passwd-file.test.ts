import assert from 'node:assert/strict';
import { test } from 'node:test';
import { facts, messages, refusals, withDetails } from '../sample-facts.ts';

const lines = [
  'root:x:0:0:root:/root:/bin/bash',
  'ftp:x:14:50:FTP User:/var/ftp:/sbin/nologin',
  '',
  'cut:x',
  'app:x:1000:999::/srv:/bin/sh',
  'app:x:1001:999::/srv:/bin/false',
];
const file = (text: string) =>
  withDetails({ retrievedFiles: [{ path: '/etc/passwd', content: Buffer.from(text).toString('base64') }] });
const some = file(`${lines.join('\n')}\n`);

const asked = (trigger: string, parameters: Readonly<Record<string, string>>, of = some) =>
  messages('passwd_file', trigger, parameters, of);

/** Trigger, parameters, and what fires: what is named, and its line. */
const cases: readonly (readonly [string, Readonly<Record<string, string>>, readonly (readonly [string, number])[]])[] =
  [
    [
      'blacklist_usernames',
      { user_names: 'ftp, root' },
      [
        ["user 'root'", 0],
        ["user 'ftp'", 1],
      ],
    ],
    ['blacklist_usernames', { usernameblacklist: 'cut' }, [["user 'cut'", 3]]],
    ['blacklist_usernames', { user_names: 'FTP' }, []],
    ['blacklist_userids', { user_ids: '007,0' }, [["uid '0'", 0]]],
    ['blacklist_userids', { useridblacklist: '14' }, [["uid '14'", 1]]],
    ['blacklist_userids', { user_ids: '1000' }, []],
    ['blacklist_groupids', { group_ids: '999' }, [["gid '999'", 5]]],
    ['blacklist_groupids', { group_ids: '7' }, []],
    ['blacklist_shells', { shells: '/bin/bash,/bin/zsh' }, [["shell '/bin/bash'", 0]]],
    ['shellmatch', { shells: '/sbin/nologin' }, [["shell '/sbin/nologin'", 1]]],
    ['blacklist_shells', { shells: '/bin/sh' }, []],
    ['blacklist_full_entry', { entry: ` ${lines[1]} ` }, [[`pentry '${lines[1]}'`, 1]]],
    ['blacklist_full_entry', { entry: 'ftp' }, []],
  ];

for (const [trigger, parameters, found] of cases)
  test(`${trigger} ${JSON.stringify(parameters)} fires ${found.length} times`, () => {
    const words = found.map(
      ([what, line]) => `Blacklisted ${what} found in image's /etc/passwd: pentry=${lines[line]}`,
    );
    assert.deepEqual(asked(trigger, parameters), words);
  });

test('a file that was not kept, or is empty, is told by content_not_available alone', () => {
  const told = ['Cannot locate /etc/passwd in image stored files archive: check analyzer settings.'];
  assert.deepEqual(asked('content_not_available', {}, facts), told);
  assert.deepEqual(asked('content_not_available', {}, file('\n')), told);
  assert.deepEqual(asked('content_not_available', {}), []);
  assert.deepEqual(asked('blacklist_usernames', { user_names: 'root' }, facts), []);
});

test('lists that are none are refused', () => {
  assert.match(refusals('passwd_file', 'blacklist_usernames', {})[0]!, /Required parameter/);
  assert.match(refusals('passwd_file', 'blacklist_userids', { user_ids: 'root' })[0]!, /whole numbers/);
  assert.match(refusals('passwd_file', 'blacklist_groupids', { group_ids: '-1' })[0]!, /whole numbers/);
  assert.match(refusals('passwd_file', 'blacklist_shells', { shells: '' })[0]!, /comma-separated/);
  assert.match(refusals('passwd_file', 'blacklist_full_entry', {})[0]!, /Required parameter/);
  assert.match(refusals('passwd_file', 'content_not_available', { path: '/etc/passwd' })[0]!, /no such parameter/);
});
