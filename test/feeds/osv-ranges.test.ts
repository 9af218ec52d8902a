import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stretchesOf } from '#feeds/osv/osv-ranges.ts';
import { comparators } from '#versions/comparators.ts';
import { contains, interval } from '#versions/interval.ts';
import { seededRandom } from '../versions/seeded-random.ts';

const { semver } = comparators;

/** `i0 f1.2.0 i2.0.0 l2.5.0 L3.0.0`: introduced, fixed, last_affected, limit. */
function eventsOf(text: string) {
  const kinds: Readonly<Record<string, string>> = { i: 'introduced', f: 'fixed', l: 'last_affected', L: 'limit' };
  return text.split(' ').map((word) => ({ [kinds[word[0]!]!]: word.slice(1) }));
}

/** `[a,b)` up to a fix, `[a,b]` up to and with the last affected, `[a,` without an end; a star where no fix is meant. */
function read(events: string, upTo: string | null = null): string {
  const stretches = stretchesOf(eventsOf(events), semver, upTo);
  if (typeof stretches === 'string') return stretches;
  return stretches
    .map(({ introduced, fixed, lastAffected, state }) => {
      const end = fixed !== null ? `${fixed})` : lastAffected !== null ? `${lastAffected}]` : '';
      return `[${introduced ?? ''},${end}${{ fixed: '', unknown: '*', 'not-fixed': '!' }[state as string] ?? state}`;
    })
    .join(' ');
}

const cases: readonly (readonly [events: string, stretches: string])[] = [
  ['i0', '[,!'],
  ['i0 f1.2.0', '[,1.2.0)'],
  ['i1.0.0 l1.2.0', '[1.0.0,1.2.0]*'],
  ['i0 f1.2.0 i2.0.0 f2.1.0', '[,1.2.0) [2.0.0,2.1.0)'],
  ['i0 f1.2.0 i2.0.0', '[,1.2.0) [2.0.0,!'],
  ['f2.1.0 i2.0.0 f1.2.0 i0', '[,1.2.0) [2.0.0,2.1.0)'],
  ['i1.0.0 i2.0.0 f1.2.0 f2.1.0', '[1.0.0,1.2.0) [2.0.0,2.1.0)'],
  ['i0 i1.0.0 f1.2.0', '[,1.2.0)'],
  ['i0 f1.2.0 f1.3.0', '[,1.2.0)'],
  ['f0.9.0 i1.0.0', '[1.0.0,!'],
  ['i0 f1.0.0 i1.0.0 f1.2.0', '[,1.0.0) [1.0.0,1.2.0)'],
  ['i1.0.0 f1.0.0', '[1.0.0,1.0.0)'],
  ['i1.0.0-rc.1 f1.0.0', '[1.0.0-rc.1,1.0.0)'],
  ['i10.0.0 f10.1.0 i9.0.0 f9.9.0', '[9.0.0,9.9.0) [10.0.0,10.1.0)'],
  // Not sorted where a version cannot be placed: the pairs are as upstream wrote them.
  ['i2.0.0 fnonsense i1.0.0 f1.1.0', '[2.0.0,nonsense) [1.0.0,1.1.0)'],
  ['i0 L2.0.0', '[,2.0.0)*'],
  ['i0 L*', '[,!'],
  ['i0 f3.0.0 L2.0.0', '[,2.0.0)*'],
  ['i0 f1.0.0 i3.0.0 f4.0.0 L2.0.0', '[,1.0.0)'],
  ['i0 f3.0.0 L1.0.0 L5.0.0', '[,3.0.0)'],
  ['i0 l2.0.0 L2.0.0', '[,2.0.0)*'],
];

test('the events of an OSV range give the stretches that the schema says, in any order', () => {
  for (const [events, stretches] of cases) assert.equal(read(events), stretches, events);
});

test('the end that GitHub keeps beside an open range bounds it; other words do not', () => {
  assert.equal(read('i0', '<= 1.2.3'), '[,1.2.3]*');
  assert.equal(read('i1.0.0', '<1.2.3'), '[1.0.0,1.2.3)*');
  assert.equal(read('i0 f1.0.0 i2.0.0', '<= 2.9.9'), '[,1.0.0) [2.0.0,2.9.9]*');
  assert.equal(read('i0 f1.0.0', '<= 0.5.0'), '[,1.0.0)');
  for (const odd of ['', '1.2.3', '= 1.2.3', '>= 1.0.0, < 2.0.0', '< 1 || < 2']) assert.equal(read('i0', odd), '[,!');
});

test('events that are no events are said to be so', () => {
  assert.match(String(stretchesOf(undefined, semver, null)), /no events/);
  assert.match(String(stretchesOf([], semver, null)), /no events/);
  assert.match(String(stretchesOf([{ fixed: '1' }, null, 'text'], semver, null)), /no event introduced/);
  assert.match(String(stretchesOf([{ introduced: 0 }], semver, null)), /not a text/);
  assert.match(String(stretchesOf(Array(3000).fill({ introduced: '1' }), semver, null)), /more than 2000/);
});

test('a version lies in the stretches just when the evaluation of the schema says affected, whatever the order of the events', () => {
  const seed = 1_707;
  const random = seededRandom(seed);
  let affected = 0;
  for (let times = 0; times < 5_000; times++) {
    const events = randomEvents(random);
    const version = `${random.below(7)}.0.0`;
    const wanted = evaluated(events, version);
    const key = semver.key(version);
    const stretches = stretchesOf(
      events.map(({ kind, version: at }) => ({ [kind]: at })),
      semver,
      null,
    );
    assert.ok(key instanceof Uint8Array && typeof stretches !== 'string');
    const found = stretches.some((stretch) => {
      const keys = interval(semver, stretch);
      return keys.kind === 'interval' && contains(keys, key);
    });
    assert.equal(found, wanted, `${version} in ${JSON.stringify(events)} (seed ${seed})`);
    if (wanted) affected++;
  }
  assert.ok(affected > 500, `only ${affected} affected`);
});

interface SomeEvent {
  readonly kind: 'introduced' | 'fixed' | 'last_affected' | 'limit';
  readonly version: string;
}

/** Up to six events in any order, no two at one version. */
function randomEvents(random: ReturnType<typeof seededRandom>): readonly SomeEvent[] {
  const events = new Map<string, SomeEvent>();
  const first = random.pick(['0', '1.0.0', '3.0.0']);
  events.set(first, { kind: 'introduced', version: first });
  for (let more = random.below(6); more > 0; more--) {
    const version = `${1 + random.below(6)}.0.0`;
    const kind = random.pick(['introduced', 'introduced', 'fixed', 'fixed', 'last_affected', 'limit'] as const);
    if (!events.has(version)) events.set(version, { kind, version });
  }
  const shuffled = [...events.values()].map((event) => ({ event, place: random.below(1_000) }));
  return shuffled.sort((a, b) => a.place - b.place).map(({ event }) => event);
}

/** The algorithm of the OSV schema, word by word: a switch that each event at or below the version turns. */
function evaluated(events: readonly SomeEvent[], version: string): boolean {
  const order = (at: string) => (at === '0' ? 1 : Number(semver.compare(version, at)));
  const limits = events.filter(({ kind }) => kind === 'limit');
  if (limits.length > 0 && !limits.some(({ version: limit }) => order(limit) < 0)) return false;
  let vulnerable = false;
  for (const { kind, version: at } of events.toSorted(
    (a, b) => Number.parseInt(a.version, 10) - Number.parseInt(b.version, 10),
  )) {
    if (kind === 'introduced' && order(at) >= 0) vulnerable = true;
    if (kind === 'fixed' && order(at) >= 0) vulnerable = false;
    if (kind === 'last_affected' && order(at) > 0) vulnerable = false;
  }
  return vulnerable;
}
