import assert from 'node:assert/strict';
import { test } from 'node:test';
import { globRegex, likePattern } from '#archive/name-pattern.ts';
import { inRollback } from '#test/support/database.ts';

/** Which of these names a pattern matches, by PostgreSQL. */
async function matching(kind: 'like' | 'glob', pattern: string, names: readonly string[]): Promise<readonly string[]> {
  let found: readonly string[] = [];
  await inRollback(async (sql) => {
    const asked = {
      names: JSON.stringify(names),
      pattern: kind === 'like' ? likePattern(pattern) : globRegex(pattern),
    };
    const rows = await sql.query<{ name: string }>(
      kind === 'like'
        ? 'select name from jsonb_array_elements_text(:names::jsonb) as j(name) where name like :pattern::text'
        : 'select name from jsonb_array_elements_text(:names::jsonb) as j(name) where name ~ :pattern::text',
      asked,
    );
    found = rows.map(({ name }) => name);
  });
  return found;
}

test('an asterisk of a selector stands for any text and nothing else is special', async () => {
  const names = ['team/app', 'team_app', 'team%', 'team\\app', 'TEAM/app', ''];
  assert.deepEqual(await matching('like', 'team*', names), ['team/app', 'team_app', 'team%', 'team\\app']);
  assert.deepEqual(await matching('like', 'team_app', names), ['team_app']);
  assert.deepEqual(await matching('like', 'team%', names), ['team%']);
  assert.deepEqual(await matching('like', 'team\\app', names), ['team\\app']);
  assert.deepEqual(await matching('like', '**', names), names);
});

test('a glob is matched as fnmatch of Python matches it', async () => {
  const names = ['v1', 'v2', 'v3', 'v10', 'va', 'v-', 'v]', 'v[', 'v^', 'v.', 'V1', 'xv1'];
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['v?', ['v1', 'v2', 'v3', 'va', 'v-', 'v]', 'v[', 'v^', 'v.']],
    ['v[12]', ['v1', 'v2']],
    ['v[1-2]*', ['v1', 'v2', 'v10']],
    ['v[!1-9a-z]', ['v-', 'v]', 'v[', 'v^', 'v.']],
    ['v[]]', ['v]']],
    ['v[!]0-9a-z]', ['v-', 'v[', 'v^', 'v.']],
    ['v[^1]', ['v1', 'v^']],
    ['v[a-]', ['va', 'v-']],
    ['v[', ['v[']],
    ['v.', ['v.']],
    ['v[9-1]', []],
    ['v1|xv1', []],
    ['*1', ['v1', 'V1', 'xv1']],
    ['', []],
  ];
  for (const [glob, wanted] of cases) assert.deepEqual(await matching('glob', glob, names), wanted, glob);
});

test('a glob of many asterisks is matched in no time', async () => {
  const name = `${'a'.repeat(250)}b`;
  assert.deepEqual(await matching('glob', `${'*a'.repeat(200)}*c`, [name]), []);
});
