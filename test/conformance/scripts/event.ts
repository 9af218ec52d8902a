import type { Script } from '../session.ts';

const listed = ['Timestamp', 'Level', 'Event', 'Resource', 'ID'];
const whole = ['Timestamp', 'Level', 'Event', 'ResourceType', 'Resource', 'Service', 'Host', 'ID'];

interface Events {
  readonly results: readonly { readonly generated_uuid: string; readonly event: { readonly type: string } }[];
}

/** `event ...`: what happened to the account's images, filtered, one by one, and deleted. */
export const eventScript: Script = async ({ type, typeJson, refused, world }) => {
  const tag = `${world.registry}/team/app:v1`;
  await type(['image', 'add', tag], { exit: 0 });
  await type(['image', 'wait', tag, '--timeout', '60', '--interval', '1'], { exit: 0 });
  // A lookup that fails is an event too.
  await type(['image', 'add', `${world.registry}/team/app:none`], { exit: 1 });

  const completed = [/^\d{4}-/, 'info', 'user.image.analysis.completed', tag, /.+/];
  const failed = [/^\d{4}-/, 'error', 'system.image_analysis.registry_lookup_failed', /.+/, /.+/];
  await type(['event', 'list'], { exit: 0, columns: listed, rows: [completed, failed] });
  await type(['event', 'list', '--full', '--all'], {
    exit: 0,
    columns: whole,
    rows: [[/^\d{4}-/, 'info', 'user.image.analysis.completed', 'image_tag', tag, /.+/, /.+/, /.+/]],
  });
  await type(['event', 'list', '--level', 'ERROR'], { exit: 0, columns: listed, rows: [failed], never: ['completed'] });
  await type(['event', 'list', '--event_type', 'user.image.*', '--resource_type', 'image_tag', tag], {
    exit: 0,
    columns: listed,
    rows: [completed],
    never: ['registry_lookup_failed'],
  });
  await type(['event', 'list', '--since', '2020-01-01T00:00:00', '--before', '2020-01-02'], {
    exit: 0,
    columns: listed,
    count: 0,
  });
  await type(['event', 'list', '--service', 'keel'], { exit: 0, columns: listed, count: 0 });
  await type(['event', 'list', '--host', 'keel'], { exit: 0, columns: listed, count: 0 });
  await type(['event', 'list', '--level', 'fatal'], { exit: 2, prints: ['invalid value for --level'] });
  await type(['event', 'list', '--since', 'yesteryear'], { exit: 1, prints: [/^(Error|Detail): .*since/m] });
  await refused(['event', 'list']);

  const events = await typeJson<Events>(['event', 'list', '--event_type', 'user.image.analysis.completed']);
  const id = events?.results[0]?.generated_uuid ?? 'no-event';
  await type(['event', 'get', id], {
    exit: 0,
    prints: ['type: user.image.analysis.completed', 'level: info', 'resource:\n'],
  });
  await type(['event', 'get', '0'.repeat(32)], { exit: 1, prints: ['HTTP Code: 404'] });
  // The client says nothing of one event, neither that it is gone nor that it never was.
  await type(['event', 'delete', id], { exit: 0 });
  await type(['event', 'get', id], { exit: 1, prints: ['HTTP Code: 404'] });
  await type(['event', 'delete'], { exit: 2, prints: ['Must include'] });
  await type(['event', 'delete', '--before', '2020-01-01'], { exit: 0, prints: ['No matching events found'] });
  await refused(['event', 'delete', '--all', '--dontask']);
  await type(['event', 'delete', '--all'], { exit: 0, never: ['Deleted'] }, { stdin: 'n\n' });
  await type(['event', 'delete', '--all'], { exit: 0, prints: [/Deleted \d+ events/] }, { stdin: 'y\n' });
  await type(['event', 'list'], { exit: 0, columns: listed, count: 0 });
  await type(['event', 'delete', '--all', '--dontask'], { exit: 0, prints: ['No matching events found'] });
};
