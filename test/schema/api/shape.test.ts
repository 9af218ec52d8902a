import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { readShape } from '#schema/api/shape.ts';

const ship = z.object({
  name: z.string(),
  masts: z.array(z.object({ height: z.number() })).optional(),
  flag: z.string().optional(),
});
const problemOf = (shape: z.ZodType, value: unknown) => {
  const read = readShape(shape, value);
  return read.kind === 'refused' ? read.problem : null;
};

test('what is missing is told in the words that clients of the original look for, by its whole path', () => {
  assert.equal(problemOf(ship, {}), "'name' is a required property");
  assert.equal(problemOf(ship, { name: 'A', masts: [{ height: 3 }, {}] }), "'masts.1.height' is a required property");
  assert.equal(problemOf(z.object({ any: z.unknown().nonoptional() }), {}), "'any' is a required property");
});

test('what is there and of another kind is told by what it has to be', () => {
  assert.match(problemOf(ship, { name: 7 })!, /^'name': .*expected string, received number/);
  assert.match(problemOf(ship, { name: null })!, /^'name': .*received null/);
  assert.match(problemOf(ship, undefined)!, /^Invalid input: expected object/);
});

test('a rule of ours about what is left out keeps its own words', () => {
  const rule = ship.check(({ value, issues }) => {
    if (value.flag === undefined)
      issues.push({ code: 'custom', message: 'a ship without a flag is a pirate', input: value, path: ['flag'] });
  });
  assert.equal(problemOf(rule, { name: 'A' }), "'flag': a ship without a flag is a pirate");
});
