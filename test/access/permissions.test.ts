import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Action, actions, allows, narrowed, type Role, roleNames } from '#access/permissions.ts';

const contractFile = join(import.meta.dirname, '../../../shared/reference/anchore/contract.json');
const absent = existsSync(contractFile) ? false : 'the contract is not beside this repository';

test('every right of the contract is in the table', { skip: absent }, () => {
  const { operations } = JSON.parse(readFileSync(contractFile, 'utf8')) as {
    readonly operations: readonly { readonly extensions: { readonly 'x-anchore-authz-action'?: string } }[];
  };
  const named = new Set(operations.map(({ extensions }) => extensions['x-anchore-authz-action'] ?? 'None'));
  named.delete('None');
  for (const action of named) assert.ok(Object.hasOwn(actions, action), action);
});

test('each role allows what it says and nothing global', () => {
  const may: Readonly<Record<Role, readonly Action[]>> = {
    'read-only': ['getImage'],
    'image-developer': ['getImage', 'createImage'],
    'policy-editor': ['getImage', 'updatePolicy'],
    'full-control': ['getImage', 'createImage', 'updatePolicy', 'createUser', 'updateRegistry'],
  };
  const tried = [...may['full-control'], 'listAccounts', 'updateFeeds'] as const;
  for (const role of roleNames)
    assert.deepEqual(
      tried.filter((action) => allows(role, action)),
      may[role],
      role,
    );
});

test('two roles together allow exactly what both allow', () => {
  for (const one of roleNames)
    for (const other of roleNames)
      for (const action of Object.keys(actions) as Action[])
        assert.equal(
          allows(narrowed(one, other), action),
          allows(one, action) && allows(other, action),
          `${one} ${other}`,
        );
});
