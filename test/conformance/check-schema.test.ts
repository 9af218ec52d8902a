import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSchema, type Declared } from './check-schema.ts';
import { answerSchema, nameOf } from './contract.ts';

const declared: Declared = {
  definitions: {
    Ship: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        kind: { type: 'string', enum: ['brig', 'sloop'] },
        masts: { type: 'integer' },
        launched: { type: 'string', format: 'date-time' },
        crew: { type: 'array', items: { ref: 'Sailor' } },
        flag: { type: 'string', 'x-nullable': true },
      },
    },
    Sailor: {
      type: 'object',
      properties: { rank: { type: 'string' }, pay: { type: 'number' }, oath: { type: 'object' } },
    },
    Steamer: { allOf: [{ ref: 'Ship' }, { type: 'object', properties: { boilers: { type: 'integer' } } }] },
  },
  corrections: {},
};
const sailor = { rank: 'cook', pay: 1.5, oath: {} };
const ship = { name: 'A', kind: 'brig', masts: 2, launched: '2031-01-01T00:00:00Z', crew: [sailor], flag: null };
const check = (value: unknown, corrections: Declared['corrections'] = {}, ref = 'Ship') =>
  checkSchema({ ...declared, corrections }, { ref }, value, 'GET /ships');

test('an answer as declared has no differences', () => {
  assert.deepEqual(check(ship), []);
  assert.deepEqual(check({ ...ship, boilers: 3 }, {}, 'Steamer'), []);
});

test('keys that are missing, other types, words outside a list and nulls are told by their place', () => {
  const wrong: readonly [object, string][] = [
    [{ ...ship, name: 7 }, 'Ship.name'],
    [{ ...ship, name: null }, 'Ship.name'],
    [{ ...ship, kind: 'raft' }, 'Ship.kind'],
    [{ ...ship, masts: 2.5 }, 'Ship.masts'],
    [{ ...ship, masts: '2' }, 'Ship.masts'],
    [{ ...ship, launched: '2031-01-01 00:00:00' }, 'Ship.launched'],
    [{ ...ship, crew: sailor }, 'Ship.crew'],
    [{ ...ship, crew: [sailor, { ...sailor, oath: [] }] }, 'Sailor.oath'],
    [{ ...ship, crew: [{ rank: 'cook', oath: {} }] }, 'Sailor.pay'],
    [[ship], 'Ship'],
  ];
  for (const [value, place] of wrong) {
    const [difference, ...others] = check(value);
    assert.match(difference ?? '', new RegExp(`^${place} `));
    assert.deepEqual(others, []);
  }
  assert.equal(check(ship, {}, 'Steamer').length, 1);
  assert.equal(check(ship, {}, 'Raft').length, 1);
});

test('a correction replaces what is declared, of a definition or of a property', () => {
  assert.deepEqual(check({ ...ship, masts: 'two' }, { 'Ship.masts': { holds: { type: 'string' } } }), []);
  assert.deepEqual(check({ ...ship, crew: ['cook'] }, { Sailor: { holds: { type: 'string' } } }), []);
  assert.equal(check(ship, { Sailor: { holds: { type: 'string' } } }).length, 1);
  const crew = {
    'Ship.crew': { holds: { type: 'array', items: { type: 'object', properties: { rank: { type: 'string' } } } } },
  };
  assert.deepEqual(check({ ...ship, crew: [{ rank: 'cook' }] }, crew), []);
  assert.equal(check({ ...ship, crew: [{}] }, crew).length, 1);
});

test('a correction says what is never sent, what may be left out and what may be null', () => {
  const { masts: _, ...without } = ship;
  assert.deepEqual(check(without, { 'Ship.masts': { holds: 'absent' } }), []);
  assert.equal(check(ship, { 'Ship.masts': { holds: 'absent' } }).length, 1);
  assert.deepEqual(check(without, { 'Ship.*': { holds: 'optional' } }), []);
  assert.equal(check({ ...ship, masts: null }, { 'Ship.masts': { holds: 'optional' } }).length, 1);
  assert.deepEqual(check({ ...ship, masts: null }, { 'Ship.masts': { holds: 'nullable' } }), []);
  assert.equal(check(without, { 'Ship.masts': { holds: 'nullable' } }).length, 1);
});

test('what an operation answers is read as the contract writes it', () => {
  const answers = (schema: string | null) => answerSchema({ method: 'GET', path: '/', responses: { 200: { schema } } });
  assert.deepEqual(answers('Ship'), { ref: 'Ship' });
  assert.deepEqual(answers('[Ship]'), { type: 'array', items: { ref: 'Ship' } });
  assert.deepEqual(answers('[string]'), { type: 'array', items: { type: 'string' } });
  assert.deepEqual(answers("[{'type': 'string', 'enum': ['a']}]"), {
    type: 'array',
    items: { type: 'string', enum: ['a'] },
  });
  assert.equal(answers(null), null);
  assert.equal(answers('file'), null);
  assert.equal(nameOf({ method: 'GET', path: '/a/{b}/c/{d}' }), 'GET /a/{}/c/{}');
});
