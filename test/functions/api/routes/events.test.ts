import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deletedEvents, event, events, eventTypes } from '#schema/api/events.ts';
import { logEventTypes } from '#schema/event-log.ts';
import { problemAnswer } from '#schema/api/system.ts';
import { newCrew } from '#test/support/api-accounts.ts';
import { fits } from '#test/support/fits.ts';

/** A crew to whom a few things have happened: lookups that failed. */
async function bench(happened: readonly string[]) {
  const { ask, account, captain: sender } = await newCrew();
  for (const tag of happened) {
    const added = await ask('POST', '/v1/images', { sender, body: { tag } });
    assert.equal(added.status, 400, added.text);
  }
  const list = async (query = '') => {
    const answer = await ask('GET', `/v1/events${query}`, { sender });
    assert.equal(answer.status, 200, answer.text);
    return fits(events, answer.json);
  };
  const resources = async (query = '') => (await list(query)).results.map((one) => one.event.resource.id);
  return { ask, account, sender, list, resources };
}

const tags = ['a', 'b', 'c'].map((name) => `127.0.0.1:1/${name}:1`);

test('what happened in an account is listed, the newest first, and shown by its id', async () => {
  const { ask, account, sender, list } = await bench(tags);
  const { results, ...rest } = await list();
  assert.deepEqual(rest, { next_page: false, item_count: 3, page: 1 });
  assert.deepEqual(
    results.map((one) => one.event.resource),
    tags.toReversed().map((id) => ({ user_id: account, type: 'image_reference', id })),
  );
  const [newest] = results;
  const { type, level, details, source } = newest!.event;
  assert.deepEqual([type, level], ['system.image_analysis.registry_lookup_failed', 'error']);
  assert.deepEqual(details['error_codes'], ['REGISTRY_NOT_ACCESSIBLE']);
  assert.equal(source.servicename, 'catalog');
  const shown = await ask('GET', `/v1/events/${newest!.generated_uuid}`, { sender });
  assert.deepEqual(fits(event, shown.json), newest);
  assert.deepEqual((await ask('GET', `/v1/events/${newest!.generated_uuid}/details`, { sender })).json, details);
});

test('events come in pages that are counted', async () => {
  const { list, resources } = await bench(tags);
  const first = await list('?limit=2');
  assert.deepEqual([first.next_page, first.item_count, first.page], [true, 2, 1]);
  assert.deepEqual(await resources('?limit=2&page=2'), [tags[0]]);
  assert.deepEqual(await resources('?limit=2&page=3'), []);
  assert.equal((await list('?limit=2&page=2')).next_page, false);
  assert.equal((await list('?limit=3')).next_page, false);
});

test('events are found by what they are about', async () => {
  const { account, list, resources } = await bench(tags);
  const newest = tags[2];
  for (const [query, count] of [
    ['?event_type=system.image_analysis.registry_lookup_failed', 3],
    ['?event_type=system.*', 3],
    ['?event_type=*lookup*', 3],
    ['?event_type=system.image.analysis.registry_lookup_failed', 0],
    ['?event_type=user.*', 0],
    ['?level=error', 3],
    // As in the original: levels are compared as they stand.
    ['?level=ERROR', 0],
    ['?level=info', 0],
    ['?source_servicename=catalog', 3],
    ['?source_servicename=analyzer', 0],
    ['?source_hostid=plimsoll', 3],
    ['?source_hostid=elsewhere', 0],
    ['?resource_type=image_reference', 3],
    ['?resource_type=image_tag', 0],
    ['?since=2026-01-01', 3],
    ['?before=2026-01-01', 0],
    ['?since=2001-01-01&before=9999-01-01T00:00:00Z', 3],
    ['?since=&nobody=knows', 3],
  ] as const)
    assert.equal((await list(query)).item_count, count, query);
  assert.deepEqual(await resources(`?resource_id=${encodeURIComponent(newest!)}`), [newest]);
  assert.ok(account);
});

test('a question that cannot be answered is a problem that says why', async () => {
  const { ask, sender } = await bench([]);
  for (const [query, problem] of [
    ['?page=0', /1 to/],
    ['?limit=1001', /1 to 1000/],
    ['?limit=few', /1 to 1000/],
    ['?event_type=A%25', /name of a type/],
    ['?since=yesterday', /give a date/],
    ['?since=2026-02-01&before=2026-01-01', /before/],
    ['?since=2026-02-01&before=2026-02-01', /before/],
  ] as const) {
    const { status, json } = await ask('GET', `/v1/events${query}`, { sender });
    assert.equal(status, 400, query);
    assert.match(fits(problemAnswer, json).detail, problem);
  }
});

test('events are deleted one by one, or those of a time, or all', async () => {
  const { ask, sender, list, resources } = await bench(tags);
  const [newest] = (await list()).results;
  const path = `/v1/events/${newest!.generated_uuid}`;
  const gone = await ask('DELETE', path, { sender });
  assert.deepEqual([gone.status, gone.text], [200, '']);
  for (const method of ['GET', 'DELETE']) assert.equal((await ask(method, path, { sender })).status, 404);
  const remove = async (query: string) =>
    fits(deletedEvents, (await ask('DELETE', `/v1/events${query}`, { sender })).json);
  assert.deepEqual(await remove('?before=2026-01-01'), []);
  assert.deepEqual(await remove('?level=info'), []);
  const left = (await list()).results.map((one) => one.generated_uuid);
  assert.deepEqual((await remove('')).sort(), left.sort());
  assert.deepEqual(await resources(), []);
  assert.equal((await ask('DELETE', '/v1/events?since=2026-02-01&before=2026-01-01', { sender })).status, 400);
});

test('a lookup that fails again and again is told once an hour', async () => {
  const { resources } = await bench([tags[0]!, tags[0]!]);
  assert.deepEqual(await resources(), [tags[0]]);
});

test('every type of event stands in the list of types, once', async () => {
  const { ask, sender } = await bench([]);
  const tree = fits(eventTypes, (await ask('GET', '/v1/event_types', { sender })).json);
  const listed = tree.flatMap((category) => category.subcategories.flatMap((sub) => sub.events));
  assert.deepEqual(listed.map(({ type }) => type).sort(), Object.keys(logEventTypes).sort());
  assert.deepEqual(
    listed.find(({ type }) => type === 'user.checks.tag.policy_evaluation.update'),
    {
      name: 'tag.policy_evaluation.update',
      type: 'user.checks.tag.policy_evaluation.update',
      message: 'The verdict on a tag changed',
      resource_type: 'image_tag',
    },
  );
});

test('events of an official image of Docker Hub are found by the tag as it was typed, and without library', async () => {
  const { resources } = await bench(['docker.io/pilot:1', 'docker.io/library/pilot:1', 'docker.io/team/pilot:1']);
  const [team, official, typed] = await resources();
  assert.deepEqual(
    [team, official, typed],
    ['docker.io/team/pilot:1', 'docker.io/library/pilot:1', 'docker.io/pilot:1'],
  );
  assert.deepEqual(await resources('?resource_id=docker.io/pilot:1'), [official, typed]);
  assert.deepEqual(await resources('?resource_id=docker.io/library/pilot:1'), [official]);
  assert.deepEqual(await resources('?resource_id=docker.io/team/pilot:1'), [team]);
});
