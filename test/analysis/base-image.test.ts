import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { chainIds, findBaseImage, statedBase } from '#analysis/base-image.ts';
import type { BaseQuestion, KnownBase } from '#catalog/base-image-store.ts';
import { type Digest, digestOf } from '#core/digest.ts';
import type { BaseImage, ReportLayer } from '#schema/image-report.ts';

const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}` as Digest;
const [a, b, c] = ['a', 'b', 'c'].map(digestOf) as [Digest, Digest, Digest];
const names = { name: 'org.opencontainers.image.base.name', digest: 'org.opencontainers.image.base.digest' };
const stated: BaseImage = { reference: 'docker.io/library/ruby:3.3', digest: a, layers: null, by: 'annotation' };
const known: KnownBase = { reference: 'r.example/debian:12', digest: b, layers: 2, isStated: false };

function layersOf(...diffIds: readonly Digest[]): readonly ReportLayer[] {
  return diffIds.map((diffId) => ({ digest: null, diffId, mediaType: '', size: 1, cached: false }));
}

async function baseOf(base: BaseImage | null, found: KnownBase | null, layers = layersOf(a, b, c)) {
  const asked: BaseQuestion[] = [];
  const answer = await findBaseImage({ base, layers }, async (question) => {
    asked.push(question);
    return found;
  });
  return { answer, asked };
}

test('layers are named together by the digest of the name of those below and their own', () => {
  const two = sha256(`${a} ${b}`);
  assert.deepEqual(chainIds([a, b, c]), [a, two, sha256(`${two} ${c}`)]);
  assert.deepEqual(chainIds([]), []);
});

test('an image names its base in annotations of the manifest, else in labels of the config', () => {
  const manifest = (annotations: unknown) => JSON.stringify({ annotations });
  const config = (Labels: unknown) => ({ config: { Labels } });
  const named = (reference: string | null, digest: string | null) => ({
    ...{ reference, digest, layers: null, by: 'annotation' },
  });
  const both = { [names.name]: 'debian:12', [names.digest]: a };
  const cases: readonly (readonly [string | null, Record<string, unknown>, unknown])[] = [
    [manifest(both), config({ [names.name]: 'other:1' }), named('debian:12', a)],
    [manifest({}), config(both), named('debian:12', a)],
    [null, config(both), named('debian:12', a)],
    [manifest({ [names.digest]: b }), {}, named(null, b)],
    [manifest({ [names.name]: 'debian:12', [names.digest]: 'sha256:short' }), {}, named('debian:12', null)],
    // From scratch is on nothing.
    [manifest({ [names.name]: 'scratch' }), {}, null],
    [manifest({ [names.name]: '' }), config({ [names.name]: 'a b\n' }), null],
    [manifest({ [names.name]: 'x'.repeat(513) }), config({ [names.name]: ['debian'] }), null],
    [manifest('text'), { config: null }, null],
    ['null', { config: { Labels: [] } }, null],
    [null, {}, null],
  ];
  for (const [document, raw, want] of cases) assert.deepEqual(statedBase(document, raw), want);
});

test('known images are asked for every lower part of the layers, never for all of them', async () => {
  const { asked } = await baseOf(stated, null);
  assert.deepEqual(asked, [{ chains: [a, sha256(`${a} ${b}`)], stated: a }]);
  for (const layers of [layersOf(), layersOf(a)])
    assert.deepEqual(await baseOf(stated, known, layers), { answer: stated, asked: [] });
});

test('what an image says names its base, and a known chain of layers tells how many are from it', async () => {
  const { isStated: _, ...found } = known;
  const cases: readonly (readonly [BaseImage | null, KnownBase | null, BaseImage | null])[] = [
    [null, null, null],
    [null, known, { ...found, by: 'layers' }],
    [stated, null, stated],
    [stated, { ...known, isStated: true }, { ...stated, layers: 2 }],
    // The longest known chain is another image, which the stated one was built on.
    [stated, known, stated],
    [{ ...stated, digest: null }, known, { ...stated, digest: null, layers: 2 }],
    [
      { ...stated, reference: null },
      { ...known, isStated: true },
      { ...stated, reference: found.reference, layers: 2 },
    ],
    [{ ...stated, reference: null }, known, { ...stated, reference: null }],
  ];
  for (const [base, image, want] of cases) assert.deepEqual((await baseOf(base, image)).answer, want);
});
