import { Turns } from '#test/support/wire-server.ts';
import type { Row } from './row.ts';
import { tag } from './subscriptions.ts';

const event = (id: string, level: string, type: string) => ({
  generated_uuid: id,
  created_at: '2026-01-01T00:00:00Z',
  event: {
    ...{ type, level, message: 'It was', details: { count: 2 }, timestamp: '2026-01-01T00:00:00Z' },
    resource: { user_id: 'crew', type: 'image_tag', id: tag },
    source: { servicename: 'catalog', hostid: 'h1', base_url: 'http://h1', request_id: null },
  },
});
const page = (results: readonly object[], at: number, next: boolean) => ({
  results,
  page: at,
  next_page: next,
  item_count: results.length,
});

export const eventRows: readonly Row[] = [
  {
    says: 'events are listed',
    argv: ['event', 'list'],
    answers: { 'GET /events': page([event('e1', 'info', 'user.image.analysis.completed')], 1, true) },
    asks: ['GET /v1/events'],
    shows: [
      /^TIMESTAMP +LEVEL +EVENT +RESOURCE +ID\n2026-01-01T00:00:00Z +info +user\.image\.analysis\.completed +docker\.io\/library\/alpine:latest +e1\n$/,
    ],
  },
  {
    says: 'events are asked for by all that they are known by',
    argv: [
      'event',
      'list',
      tag,
      '--since',
      '2026-01-01',
      '--before',
      '2026-02-01',
      '--level',
      'ERROR',
      '--service',
      's',
      '--host',
      'h',
      '--event_type',
      'user.*',
      '--resource_type',
      'image_tag',
      '--full',
    ],
    answers: { 'GET /events': page([event('e1', 'error', 'x')], 1, false) },
    asks: [
      'GET /v1/events?since=2026-01-01&before=2026-02-01&level=error&source_servicename=s&source_hostid=h&resource_id=docker.io%2Flibrary%2Falpine%3Alatest&event_type=user.*&resource_type=image_tag',
    ],
    shows: [/RESOURCETYPE +RESOURCE +SERVICE +HOST +ID\n.*image_tag .*catalog +h1 +e1\n$/],
  },
  {
    says: 'all events are listed, page by page',
    argv: ['event', 'list', '--all'],
    answers: {
      'GET /events': new Turns(
        page([event('e1', 'info', 'x')], 1, true),
        page([event('e2', 'info', 'x')], 2, true),
        page([event('e3', 'info', 'x')], 3, false),
      ),
    },
    asks: ['GET /v1/events', 'GET /v1/events?page=2', 'GET /v1/events?page=3'],
    shows: [/e1\n.*e2\n.*e3\n$/],
  },
  {
    says: 'a server that gives one page for ever is not asked for ever',
    argv: ['event', 'list', '--all'],
    answers: { 'GET /events': page([event('e1', 'info', 'x')], 1, true) },
    asks: ['GET /v1/events', 'GET /v1/events?page=2'],
    shows: [/e1\n$/],
  },
  {
    says: 'there are two levels of events',
    argv: ['event', 'list', '--level', 'warn'],
    answers: {},
    asks: [],
    complains: /--level warn: give info or error/,
    code: 2,
  },
  {
    says: 'an event is shown with all its fields',
    argv: ['event', 'get', 'e1'],
    answers: { 'GET /events/e1': event('e1', 'info', 'x') },
    asks: ['GET /v1/events/e1'],
    shows: [/^type: +x\n/, /\ndetails\.count: +2\n/, /\nresource\.id: +docker\.io\/library\/alpine:latest\n/],
  },
  {
    says: 'an event is deleted',
    argv: ['event', 'delete', 'e1'],
    answers: { 'DELETE /events/e1': undefined },
    asks: ['DELETE /v1/events/e1'],
    shows: ['the event e1 is deleted'],
  },
  {
    says: 'an event that is not there is a failure',
    argv: ['event', 'delete', 'e1'],
    answers: {},
    asks: ['DELETE /v1/events/e1'],
    complains: /no DELETE/,
    code: 1,
  },
  {
    says: 'events of a time are deleted',
    argv: ['event', 'delete', '--before', '2026-01-01'],
    answers: { 'DELETE /events': ['a', 'b'] },
    asks: ['DELETE /v1/events?before=2026-01-01'],
    shows: [/^2 events are deleted\n$/],
  },
  {
    says: 'all events are deleted once somebody said that it is meant',
    argv: ['event', 'delete', '--all'],
    answers: { 'DELETE /events': [] },
    asks: ['DELETE /v1/events'],
    stdin: 'y\n',
    complains: /^Really delete all events\? \(y\/N\) $/,
    shows: ['no events were deleted: none match'],
  },
  {
    says: 'nothing is deleted where nobody says yes',
    argv: ['event', 'delete', '--all'],
    answers: {},
    asks: [],
    stdin: '',
    complains: /Really/,
    shows: ['nothing was deleted'],
  },
  {
    says: 'all events are deleted without a question where none is wanted',
    argv: ['event', 'delete', '--all', '--dontask'],
    answers: { 'DELETE /events': ['a'] },
    asks: ['DELETE /v1/events'],
    shows: [/^1 event is deleted\n$/],
  },
  {
    says: 'which events are to be deleted has to be said',
    argv: ['event', 'delete'],
    answers: {},
    asks: [],
    complains: /give the id of an event, --since, --before or --all/,
    code: 2,
  },
];
