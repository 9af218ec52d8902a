import assert from 'node:assert/strict';
import { test } from 'node:test';
import { archiveCandidates, deletionCandidates } from '#archive/candidate-store.ts';
import { archiveImage } from '#archive/archive-image.ts';
import type { ArchiveRule } from '#archive/archive-rule.ts';
import { beginArchiving, findArchived, noteRestored } from '#archive/archive-store.ts';
import { digestOf } from '#core/digest.ts';
import { addImage, type ArchiveTestWorld, dayMs, inArchiveWorld, type TestImage, today } from './archive-world.ts';

const everything = { registry: '*', repository: '*', tag: '*' };

function rule(change: Partial<ArchiveRule> = {}): ArchiveRule {
  return {
    ...{ ruleId: 'r', account: 'team', transition: 'archive', systemGlobal: false, maxImages: null },
    selector: everything,
    exclude: { registry: '', repository: '', tag: '' },
    ...{ excludeDays: -1, ageDays: -1, versionsNewer: -1, createdAt: 0, updatedAt: 0 },
    ...change,
  };
}

const page = { after: 0, limit: 100 };

/** Names of the images that rules put away. */
async function matched(world: ArchiveTestWorld, images: readonly TestImage[], rules: readonly ArchiveRule[]) {
  for (const image of images) await addImage(world, image);
  return names(await archiveCandidates(world, 'team', rules, today, page), images);
}

const names = (found: readonly { readonly digest: string }[], images: readonly TestImage[]) =>
  found.map(({ digest }) => images.find(({ name }) => digestOf(name) === digest)?.name ?? digest);

interface Case {
  readonly says: string;
  readonly images: readonly TestImage[];
  readonly rules: readonly ArchiveRule[];
  readonly wanted: readonly string[];
}

/** Three versions of a tag, the last of today. */
const versions: readonly TestImage[] = [
  { name: 'oldest', analyzed: 50, tags: { 'app:v1': 50 } },
  { name: 'older', analyzed: 40, tags: { 'app:v1': 40 } },
  { name: 'latest', analyzed: 1, tags: { 'app:v1': 1 } },
];

const cases: readonly Case[] = [
  {
    says: 'a rule without conditions takes every image',
    images: versions,
    rules: [rule()],
    wanted: ['oldest', 'older', 'latest'],
  },
  {
    says: 'an image is old enough behind that many days, not at them',
    images: versions,
    rules: [rule({ ageDays: 40 })],
    wanted: ['oldest'],
  },
  {
    says: 'age 0 takes what was analyzed before now',
    images: versions,
    rules: [rule({ ageDays: 0 })],
    wanted: ['oldest', 'older', 'latest'],
  },
  {
    says: 'with one newer version the latest stays',
    images: versions,
    rules: [rule({ versionsNewer: 1 })],
    wanted: ['oldest', 'older'],
  },
  {
    says: 'with two newer versions two stay',
    images: versions,
    rules: [rule({ versionsNewer: 2 })],
    wanted: ['oldest'],
  },
  {
    says: '0 newer versions take the latest too',
    images: versions,
    rules: [rule({ versionsNewer: 0 })],
    wanted: ['oldest', 'older', 'latest'],
  },
  {
    says: 'age and versions have to hold both',
    images: versions,
    rules: [rule({ ageDays: 45, versionsNewer: 1 })],
    wanted: ['oldest'],
  },
  {
    says: 'newer versions count though they are too young for the rule themselves',
    images: versions,
    rules: [rule({ ageDays: 30, versionsNewer: 1 })],
    wanted: ['oldest', 'older'],
  },
  {
    says: 'a selector names tags with asterisks, and nothing else in it is special',
    images: [
      { name: 'a', tags: { 'team/app:v1': 0 } },
      { name: 'b', tags: { 'team/tool:v1': 0 } },
      { name: 'c', tags: { 'team_app:v1': 0 } },
    ],
    rules: [rule({ selector: { registry: 'r.test', repository: 'team_*', tag: 'v*' } })],
    wanted: ['c'],
  },
  {
    says: 'an image with a tag that no rule matches stays; rules match its tags together',
    images: [
      { name: 'both', tags: { 'app:v1': 0, 'app:v2': 0 } },
      { name: 'one', tags: { 'app:v3': 0, 'other:v1': 0 } },
    ],
    rules: ['v1', 'v2', 'v3'].map((tag) => rule({ selector: { registry: '*', repository: 'app', tag } })),
    wanted: ['both'],
  },
  {
    says: 'what is excluded stays, until it is as old as the exclusion says',
    images: [
      { name: 'kept', analyzed: 5, tags: { 'keep/it:v1': 5 } },
      { name: 'expired', analyzed: 20, tags: { 'keep/old:v1': 20 } },
      { name: 'plain', analyzed: 5, tags: { 'app:v1': 5 } },
    ],
    rules: [rule({ exclude: { registry: '*', repository: 'keep/[i-o]?*', tag: '*' }, excludeDays: 10 })],
    wanted: ['expired', 'plain'],
  },
  {
    says: 'an exclusion without end is for ever, one with an empty part excludes nothing',
    images: [
      { name: 'kept', analyzed: 900, tags: { 'keep:v1': 5 } },
      { name: 'plain', analyzed: 5, tags: { 'app:v1': 5 } },
    ],
    rules: [
      rule({ exclude: { registry: 'r.test', repository: 'keep', tag: 'v1' } }),
      rule({
        selector: { ...everything, repository: 'app' },
        exclude: { registry: 'r.test', repository: 'app', tag: '' },
      }),
    ],
    wanted: ['plain'],
  },
  {
    says: 'images that are not analyzed stay, and count as newer ones',
    images: [
      { name: 'before', analyzed: 3, tags: { 'app:v1': 3 } },
      { name: 'waiting', analyzed: null, tags: { 'app:v1': 1 } },
    ],
    rules: [rule({ versionsNewer: 1 })],
    wanted: ['before'],
  },
  {
    says: 'an image without tags is matched by no selector',
    images: [{ name: 'bare', analyzed: 90, tags: {} }],
    rules: [rule()],
    wanted: [],
  },
  {
    says: 'above a number of images the oldest go, whatever their tags',
    images: [...versions, { name: 'bare', analyzed: 70, tags: {} }],
    rules: [rule({ maxImages: 2, systemGlobal: true })],
    wanted: ['oldest', 'bare'],
  },
  { says: 'up to a number of images all stay', images: versions, rules: [rule({ maxImages: 3 })], wanted: [] },
];

for (const { says, images, rules, wanted } of cases)
  test(says, () =>
    inArchiveWorld(async (world) => {
      assert.deepEqual(await matched(world, images, rules), wanted);
    }),
  );

test('candidates are of one account, come in pages and tell how many tags lead to them', () =>
  inArchiveWorld(async (world) => {
    const [first, second] = [
      await addImage(world, { name: 'a', tags: { 'app:1': 0, 'app:2': 0 } }),
      await addImage(world, { name: 'b' }),
    ];
    await addImage(world, { name: 'c', account: 'other' });
    const one = await archiveCandidates(world, 'team', [rule()], today, { after: 0, limit: 1 });
    assert.deepEqual(
      one.map(({ digest, tags }) => [digest, tags]),
      [[first, 2]],
    );
    const two = await archiveCandidates(world, 'team', [rule()], today, { after: one[0]!.no, limit: 9 });
    assert.deepEqual(
      two.map(({ digest, tags }) => [digest, tags]),
      [[second, 1]],
    );
  }));

test('an image that was restored is as old as that', () =>
  inArchiveWorld(async (world) => {
    const digest = await addImage(world, { name: 'a', analyzed: 100 });
    const [begun] = await beginArchiving(world, 'team', [digest], false, today);
    assert.equal((await archiveImage(world, begun!)).kind, 'archived');
    const aged = [rule({ ageDays: 30 })];
    assert.equal((await archiveCandidates(world, 'team', aged, today, page)).length, 1);
    await noteRestored(world, (await findArchived(world, 'team', digest))!, today);
    assert.equal((await archiveCandidates(world, 'team', aged, today, page)).length, 0);
    assert.equal((await archiveCandidates(world, 'team', aged, today + 31 * dayMs, page)).length, 1);
  }));

test('archives are deleted by how long they were there and by newer ones of the tag that are archived', () =>
  inArchiveWorld(async (world) => {
    for (const image of versions) {
      const digest = await addImage(world, image);
      const [begun] = await beginArchiving(world, 'team', [digest], false, world.clock.now());
      await archiveImage(world, begun!);
      await world.clock.advance(dayMs);
    }
    const found = async (change: Partial<ArchiveRule>) =>
      names(
        await deletionCandidates(world, 'team', [rule({ transition: 'delete', ...change })], today + 3 * dayMs, page),
        versions,
      );
    assert.deepEqual(await found({}), ['oldest', 'older', 'latest']);
    assert.deepEqual(await found({ ageDays: 2 }), ['oldest']);
    assert.deepEqual(await found({ versionsNewer: 1 }), ['oldest', 'older']);
    assert.deepEqual(await found({ exclude: { registry: 'r.test', repository: 'a*', tag: '*' }, excludeDays: 45 }), [
      'oldest',
    ]);
    assert.deepEqual(await deletionCandidates(world, 'other', [rule()], today, page), []);
  }));
