import assert from 'node:assert/strict';
import { test } from 'node:test';
import { feeds } from '#feeds/feeds.ts';
import { findGroup } from '#feeds/feed-group.ts';
import { namespaceOfShown, shownFeed, shownGroup } from '#feeds/shown-feed.ts';

test('groups stand under the names that clients of the original know, and are found by them', () => {
  for (const [ours, feed, group] of [
    ['alpine:3.20', 'vulnerabilities', null],
    ['debian', 'vulnerabilities', null],
    ['osv:Rocky Linux', 'vulnerabilities', null],
    ['osv:npm', 'github', 'github:npm'],
    ['osv:Maven', 'github', 'github:java'],
    ['osv:Hackage', 'osv', 'osv:Hackage'],
    ['nvd', 'nvdv2', 'nvdv2:cves'],
    ['epss', 'epss', 'epss'],
    ['lifecycle', 'lifecycle', 'lifecycle'],
  ] as const) {
    assert.deepEqual(shownFeed(findGroup(ours)), { feed, group }, ours);
    if (group !== null) assert.equal(findGroup(namespaceOfShown(group)).group, ours, group);
  }
  assert.equal(findGroup(namespaceOfShown('rhel:8')).group, 'redhat');
  for (const name of ['debian:12', 'constructor']) assert.equal(shownGroup(name), name);
});

test('every group that any feed offers has a place', () => {
  for (const feed of feeds) for (const group of feed.knownGroups) assert.ok(shownFeed({ feed, group }).feed, group);
});
