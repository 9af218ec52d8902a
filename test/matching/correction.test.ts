import assert from 'node:assert/strict';
import { test } from 'node:test';
import { syncGroup } from '#feeds/sync-feed.ts';
import { corrected, correctionWords, parseCorrection } from '#matching/correction.ts';
import { addCorrection, correctionsOf, deleteCorrection, findCorrection } from '#matching/correction-store.ts';
import { reportFindings } from '#matching/judge-report.ts';
import { packageSets } from '#matching/package-set.ts';
import type { Sql } from '#platform/sql.ts';
import { inRollback } from '#test/support/database.ts';
import { advisory, fakeFeed, syncWorld } from '#test/support/fake-feed.ts';
import { isFault } from '#test/support/is-fault.ts';
import { somePackage, someReport } from '#test/support/reports.ts';

const field = (field_name: string, field_value: string) => ({ field_name, field_value });

const padding = somePackage({ type: 'npm', name: 'left-pad', version: '1.0.0' });

const renaming = parseCorrection({ type: 'npm', field_matches: [field('package', 'left-pad')] }, [
  field('name', 'right-pad'),
]);

test('a correction is read in the words of the v1 API, by its types too', () => {
  assert.deepEqual(renaming, { type: 'npm', matches: { name: 'left-pad' }, replaces: { name: 'right-pad' } });
  const cpe = 'cpe:2.3:a:redis:redis:7.2.4:*:*:*:*:*:*:*';
  assert.deepEqual(
    parseCorrection({ type: 'dpkg', field_matches: [field('name', 'x'), field('version', '1')] }, [
      field('cpes', `${cpe},${cpe}`),
    ]),
    { type: 'deb', matches: { name: 'x', version: '1' }, replaces: { cpes: [cpe, cpe] } },
  );
  const name = [field('name', 'x')];
  for (const [match, replace] of [
    [{ type: 'npm', field_matches: [] }, name],
    [{ type: 'npm', field_matches: name }, []],
    [{ type: 'npm', field_matches: [field('constructor', 'x')] }, name],
    [{ type: 'npm', field_matches: name }, [field('__proto__', 'x')]],
    [{ type: 'npm', field_matches: name }, [field('cpe', 'redis')]],
    [{ type: 'toString', field_matches: name }, name],
    [{ type: 'npm', field_matches: [field('name', 'x'.repeat(513))] }, name],
  ] as const)
    assert.throws(() => parseCorrection(match, replace), isFault('input/invalid'), JSON.stringify([match, replace]));
});

test('a corrected package has another identity, so that its sets are nobody else’s', () => {
  const [found] = corrected([padding], [renaming]);
  assert.equal(found?.name, 'right-pad');
  assert.notEqual(found?.purl, padding.purl);
  const digests = (packages: readonly (typeof padding)[]) =>
    packageSets(someReport(packages)).sets.map(({ digest }) => digest);
  assert.notDeepEqual(digests([found!]), digests([padding]));
  assert.deepEqual(corrected([{ ...padding, name: 'other' }], [renaming]), [{ ...padding, name: 'other' }]);
});

test('a correction is told in the words in which it was given', () => {
  const match = { type: 'java', field_matches: [field('package', 'a'), field('version', '1'), field('cpes', 'x')] };
  const replace = [field('type', 'npm'), field('package', 'b'), field('version', '2'), field('cpes', 'cpe:2.3:a:b:c')];
  assert.deepEqual(correctionWords(parseCorrection(match, replace)), { match, replace });
});

test('a CPE that replaces takes over what the package says; archives of Java match without their group', () => {
  const cpe = 'cpe:2.3:a:pivotal:{package}:{version}:*:*:*:*:{type}:*:*';
  const correction = parseCorrection({ type: 'java', field_matches: [field('package', 'spring-core')] }, [
    field('cpes', cpe),
  ]);
  const core = somePackage({ type: 'java', name: 'org.springframework:spring-core', version: '3.2:1+b' });
  const [found] = corrected([core], [correction]);
  assert.deepEqual(found?.cpes, ['cpe:2.3:a:pivotal:spring-core:3.2\\:1\\+b:*:*:*:*:java:*:*']);
  assert.equal(found.name, core.name);
  const other = { ...core, name: 'org.springframework:not-spring-core' };
  assert.deepEqual(corrected([other], [correction]), [other]);
  const wrong = [field('cpes', 'cpe:2.3:a:{vendor}:x:1')];
  assert.throws(
    () => parseCorrection({ type: 'npm', field_matches: [field('name', 'x')] }, wrong),
    isFault('input/invalid'),
  );
});

test('a thousand corrections of the longest are read, and no more are taken', async () => {
  await inRollback(async (sql) => {
    await accounts(sql, 'many');
    const long = '\u{1f6a2}'.repeat(256);
    const longest = parseCorrection({ type: 'npm', field_matches: [field('name', long), field('version', long)] }, [
      field('name', long),
      field('version', long),
    ]);
    const id = await addCorrection(sql, 'many', longest, { description: long, now: 1 });
    await sql.query(
      `insert into correction (account, id, type, matches, replaces, description, created_at)
       select account, n::text, type, matches, replaces, description, created_at from correction, generate_series(1, 999) n
       where account = 'many'`,
    );
    const all = await correctionsOf(sql, 'many');
    assert.equal(new Set(all.map((one) => one.id)).size, 1000);
    assert.deepEqual(
      await findCorrection(sql, 'many', id),
      all.find((one) => one.id === id),
    );
    assert.equal(await findCorrection(sql, 'other', id), null);
    await assert.rejects(addCorrection(sql, 'many', longest, { description: '', now: 2 }), isFault('input/too-large'));
  });
});

test('an account judges its images by its corrections, another judges the same image without them', async () => {
  await inRollback(async (sql) => {
    await accounts(sql, 'corrects', 'other');
    using world = syncWorld(sql);
    const records = [advisory('GHSA-left', [{}]), advisory('GHSA-right', [{ name: 'right-pad' }])];
    await syncGroup(world, fakeFeed('fake', records), 'fake', { force: true });
    const id = await addCorrection(sql, 'corrects', renaming, { description: 'a fork', now: 1 });
    const report = someReport([padding]);
    const storedSets = packageSets(report).sets.map(({ digest }) => digest);
    const ids = async (account: string, stored: readonly string[] = []) =>
      (await reportFindings(world, report, { account, storedSets: stored })).findings.map((finding) => finding.id);
    assert.deepEqual(await ids('other'), ['GHSA-left']);
    assert.deepEqual(await ids('corrects'), ['GHSA-right']);
    assert.deepEqual(await ids('other', storedSets), ['GHSA-left'], 'the sets of others stay what they are');
    assert.deepEqual(
      (await correctionsOf(sql, 'corrects')).map((one) => [one.id, one.description, one.createdAt]),
      [[id, 'a fork', 1]],
    );
    assert.equal(await deleteCorrection(sql, 'other', id), false);
    assert.equal(await deleteCorrection(sql, 'corrects', id), true);
    assert.deepEqual(await ids('corrects'), ['GHSA-left']);
  });
});

async function accounts(sql: Sql, ...names: readonly string[]): Promise<void> {
  for (const name of names)
    await sql.query(
      `insert into account (account, type, state, created_at, updated_at) values (:name::text, 'user', 'enabled', 0, 0)`,
      { name },
    );
}
