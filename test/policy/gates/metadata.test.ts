import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageReport } from '#schema/image-report.ts';
import { facts, image, messages, refusals } from '../sample-facts.ts';

const layer = { digest: null, diffId: '', mediaType: '', size: 1, cached: false };
const some: ImageReport = {
  ...image,
  size: 2 * 1024 ** 3,
  layers: [layer, layer],
  config: { architecture: 'amd64', os: 'linux' },
  distro: { id: 'ubuntu', versionId: '9.10', codename: null, name: null, idLike: ['debian', 'other'] },
};

function asked(parameters: Readonly<Record<string, string>>, of: ImageReport = some): readonly string[] {
  return messages('metadata', 'attribute', parameters, { ...facts, image: of });
}

const words = (attribute: string, check: string, value: string, actual: string) => [
  `Attribute check for attribute: '${attribute}' check: '${check}' check_value: '${value}' matched image value: '${actual}'`,
];

/** Attribute, check, value, and the value as the message has it; null: it does not fire. */
const cases: readonly (readonly [string, string, string | null, string | null])[] = [
  ['size', '>', '1gb', '1073741824'],
  ['size', '>', '1073741824', '1073741824'],
  ['size', '>', '2gb', null],
  ['size', '>=', '2GB', '2147483648'],
  ['size', '<', '3gb', '3221225472'],
  ['size', '<=', '1mb', null],
  ['size', '=', '2147483648', '2147483648'],
  ['size', 'in', '1, 2gb', '1, 2gb'],
  ['size', 'exists', null, ''],
  ['layer_count', '>', '1', '1'],
  ['layer_count', '>', '10', null],
  ['layer_count', 'not_in', '1,3', '1,3'],
  ['architecture', '=', 'amd64', 'amd64'],
  ['architecture', '!=', 'arm64', 'arm64'],
  ['architecture', 'in', 'arm64, amd64', 'arm64, amd64'],
  ['os_type', 'not_in', 'windows', 'windows'],
  ['os_type', '=', 'Linux', null],
  ['distro', 'like', 'ubu', 'ubu'],
  ['distro', 'like', 'bun', null],
  ['distro', 'not_like', 'bun', 'bun'],
  ['distro_version', '<', '10.04', '10.04'],
  ['distro_version', '>', '9.9', '9.9'],
  ['like_distro', '=', 'debian,other', 'debian,other'],
  ['distro', 'not_exists', null, null],
];

for (const [attribute, check, value, printed] of cases)
  test(`${attribute} ${check} ${value ?? ''} ${printed === null ? 'does not fire' : 'fires'}`, () => {
    const actual = { size: '2147483648', layer_count: '2', architecture: 'amd64', os_type: 'linux' }[attribute];
    const shown = actual ?? { distro: 'ubuntu', distro_version: '9.10', like_distro: 'debian,other' }[attribute]!;
    const found = asked({ attribute, check, ...(value === null ? {} : { value }) });
    assert.deepEqual(found, printed === null ? [] : words(attribute, check, printed, shown));
  });

test('what an image does not tell differs from everything, and is neither before nor after nor like anything', () => {
  const silent = { ...some, config: {} };
  const fires = ['!=', 'not_in', 'not_exists'];
  for (const check of ['=', '!=', '>', '<', '>=', '<=', 'exists', 'not_exists', 'like', 'not_like', 'in', 'not_in'])
    assert.deepEqual(
      asked({ attribute: 'architecture', check, value: 'amd64' }, silent),
      fires.includes(check) ? words('architecture', check, 'amd64', 'None') : [],
      check,
    );
});

test('an image without a distribution is Unknown 0, one that is like none is like itself', () => {
  const unknown = { ...some, distro: null };
  assert.equal(asked({ attribute: 'distro', check: '=', value: 'Unknown' }, unknown).length, 1);
  assert.equal(asked({ attribute: 'distro_version', check: '=', value: '0' }, unknown).length, 1);
  assert.equal(asked({ attribute: 'like_distro', check: '=', value: 'alpine' }, image).length, 1);
});

const refused: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
  [{ attribute: 'size', check: '>' }, /needs a value/],
  [{ attribute: 'size', check: '>', value: '1 pound' }, /kb, mb, gb or tb/],
  [{ attribute: 'size', check: 'in', value: '1,x' }, /kb, mb, gb or tb/],
  [{ attribute: 'layer_count', check: '>', value: 'many' }, /whole number/],
  [{ attribute: 'distro', check: 'like', value: '(' }, /regular expression/],
  [{ attribute: 'colour', check: '=', value: 'red' }, /'size', 'architecture'/],
  [{ attribute: 'size', check: '~', value: '1' }, /'not_in'/],
  [{ check: '=', value: '1' }, /Required parameter/],
];

for (const [parameters, reason] of refused)
  test(`refused: ${JSON.stringify(parameters)}`, () => {
    assert.match(refusals('metadata', 'attribute', parameters)[0]!, reason);
  });

test('age is that of the image, or, where it does not tell, since it is known', () => {
  const older = (max: string, created: string | null) =>
    messages('metadata', 'age', { max_days: max }, { ...facts, image: { ...image, created } });
  assert.deepEqual(older('30', '2026-09-01T00:00:00Z'), ['The image is of 2026-09-01, which is more than 30 days ago']);
  assert.deepEqual(older('90', '2026-09-01T00:00:00Z'), []);
  for (const unset of [null, '1970-01-01T00:00:00Z', '1980-01-01T00:00:01Z', 'yesterday']) {
    assert.equal(older('19', unset).length, 1, String(unset));
    assert.equal(older('20', unset).length, 0, String(unset));
  }
  assert.match(refusals('metadata', 'age', { max_days: '-1' })[0]!, /whole number/);
});
