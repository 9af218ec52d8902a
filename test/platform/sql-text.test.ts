import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSqlText, replaceParameters } from '#platform/sql-text.ts';
import { isFault } from '#test/support/is-fault.ts';

const uses = (sql: string) => readSqlText(sql).uses.map(({ name, cast }) => `${name} ${cast}`);
const statements = (sql: string) => readSqlText(sql).statements;

test('parameters are found with the type they are cast to', () => {
  assert.deepEqual(uses('select :a::text, :b_1::"My Type", :c ::int, :d:: /* x */ bigint[], :e -- ::int'), [
    'a text',
    'b_1 "My Type"',
    'c int',
    'd bigint',
    'e null',
  ]);
  assert.deepEqual(uses('select CAST ( :a AS jsonb), cast(:b||:c as text), (:d as x)'), [
    'a jsonb',
    'b null',
    'c null',
    'd null',
  ]);
  assert.deepEqual(uses('select a::int, b::text, x[1:2], f(n := 1), t.:p::int'), ['p int']);
});

test('what looks like a parameter in a literal, identifier, body or comment is none', () => {
  for (const sql of [
    "':a'",
    "'it''s :a'",
    "E'\\':a'",
    "e'a\\\\' ", // ends after the escaped backslash
    '":a"',
    '"x"":a"',
    '$$:a$$',
    '$t$ :a $$ :b $t$',
    '$ü1$:a$ü1$',
    '/* :a /* :b */ :c */',
    '-- :a',
    "U&'\\0061 :a'",
    "x''':a'",
  ]) {
    assert.deepEqual(uses(sql), [], sql);
  }
  assert.deepEqual(uses("'\\' || :a::text || '" + "'"), ['a text'], 'a backslash escapes nothing in a plain literal');
  assert.deepEqual(uses('type_e :a::int'), ['a int']);
  assert.deepEqual(
    uses("like 'x' escape '\\' and :a::int = 1"),
    ['a int'],
    'the word before a literal is not always a prefix',
  );
});

test('a dollar within a name or a number does not open a body', () => {
  assert.deepEqual(uses('select a$b$, :p::int, c$b$'), ['p int']);
  assert.equal(readSqlText('select $1').positional, '$1');
  assert.equal(readSqlText("select '$1', $x$ $2 $x$").positional, null);
});

test('a file is split at its semicolons and nowhere else', () => {
  assert.deepEqual(statements("select 1 ; ; select ';' -- ;\n; /* ; */ select $$;$$ ; -- end"), [
    'select 1',
    "select ';'",
    'select $$;$$',
  ]);
  const rule = 'create rule r as on insert to t do also (insert into a values (1); insert into b values (2))';
  const atomic = 'create function f() returns int begin atomic select case when true then 1 end; select 2; end';
  assert.deepEqual(statements(`${rule};\n${atomic};\nselect 3`), [rule, atomic, 'select 3']);
  assert.deepEqual(statements(''), []);
  assert.deepEqual(statements(' ;; -- x'), []);
});

test('the first word tells what a statement does', () => {
  assert.equal(readSqlText('/* x */ SELECT 1').verb, 'select');
  assert.equal(readSqlText('(select 1)').verb, 'select');
  assert.equal(readSqlText('"select"').verb, '');
});

test('what is never closed is refused with its line', () => {
  for (const sql of ["\n'a", '\n"a', '\n$x$ a $y$', '\n/* /* */', "\nE'\\'"]) {
    assert.throws(() => readSqlText(sql), isFault('sql/refused', /begins in line 2 .*never closed/), sql);
  }
});

test('names are replaced where they stand', () => {
  const sql = "select :a::int, ':a', :b::text, :a::int";
  assert.equal(
    replaceParameters(sql, readSqlText(sql), (name) => `$${['a', 'b'].indexOf(name) + 1}`),
    "select $1::int, ':a', $2::text, $1::int",
  );
});

test('megabytes of one literal are read at once', () => {
  const long = "x''\\".repeat(1_000_000);
  assert.deepEqual(uses(`select '${long}', E'${long.replaceAll("''", "\\'")}x', "${long}", :a::int`), ['a int']);
});
