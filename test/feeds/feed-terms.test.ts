import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptFeed } from '#feeds/consent-store.ts';
import type { Feed } from '#feeds/feed.ts';
import { reasonsNotToFetch } from '#feeds/feed-terms.ts';
import { syncGroup } from '#feeds/sync-feed.ts';
import { inRollback } from '../support/database.ts';
import { syncWorld } from '../support/fake-feed.ts';
import { advisory, fakeFeed } from './fake-feed.ts';

const group = 'alpine:3.99';
const licence = { name: 'Scanner Terms 2', url: 'https://terms.example.test/' };

function withTerms() {
  const { feed, upstream } = fakeFeed([advisory('CVE-2031-1', 'hull', '1-r0')]);
  return { feed: { ...feed, licence } satisfies Feed, upstream };
}

test('a feed with terms of its own is not asked before they are accepted, and says so', () =>
  inRollback(async (sql) => {
    using world = syncWorld(sql);
    const { feed, upstream } = withTerms();
    const refused = await syncGroup(world, feed, group);
    assert(refused.kind === 'failed');
    assert.match(refused.reason, /Scanner Terms 2, https:\/\/terms\.example\.test\/.*'plimsoll feeds accept alpine'/);
    assert.deepEqual([refused.status.state, upstream.asked], ['never', 0]);
    await acceptFeed(sql, feed, 1);
    await acceptFeed(sql, feed, 2);
    assert.equal((await syncGroup(world, feed, group)).kind, 'changed');
    assert.deepEqual(await sql.query('select accepted_at from feed_consent'), [{ accepted_at: 1 }]);
  }));

test('terms that were changed are accepted anew, a setting of the deployment accepts by name', () =>
  inRollback(async (sql) => {
    using world = syncWorld(sql);
    const { feed } = withTerms();
    await acceptFeed(sql, { ...feed, licence: { ...licence, name: 'Scanner Terms 1' } }, 1);
    assert.equal((await syncGroup(world, feed, group)).kind, 'failed');
    assert.equal((await syncGroup({ ...world, acceptedFeeds: ['debian'] }, feed, group)).kind, 'failed');
    assert.equal((await syncGroup({ ...world, acceptedFeeds: ['alpine'] }, feed, group)).kind, 'changed');
  }));

test('groups that are too large to wait for, or need consent, say what to do; others say nothing', () =>
  inRollback(async (sql) => {
    const { feed } = fakeFeed([]);
    const noteOf = await reasonsNotToFetch({ sql }, [{ feed, group }]);
    assert.equal(noteOf({ feed, group }), null);
    assert.match(noteOf({ feed: { ...feed, demand: 'tell' }, group }) ?? '', /plimsoll feeds sync alpine:3\.99/);
    const large = { feed: { ...feed, demand: 'tell' as const }, group };
    const loaded = await reasonsNotToFetch({ sql }, [large], { waitedFor: new Set(), loaded: true });
    assert.match(loaded(large) ?? '', /the image is judged anew/);
    const waited = await reasonsNotToFetch({ sql }, [large], { waitedFor: new Set([group]), loaded: true });
    assert.equal(waited(large), null);
    const terms = withTerms().feed;
    const termsNote = await reasonsNotToFetch({ sql }, [{ feed: terms, group }]);
    assert.match(termsNote({ feed: terms, group }) ?? '', /plimsoll feeds accept alpine/);
  }));
