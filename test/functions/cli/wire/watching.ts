import { Status, Turns } from '#test/support/wire-server.ts';
import type { Row } from './row.ts';

const subscription = (type: string, key: string, active: boolean, value: object | null = null) => ({
  ...{ subscription_id: `id-${type}`, subscription_key: key, subscription_type: type, active, userId: 'crew' },
  ...{ subscription_value: value === null ? null : JSON.stringify(value), created_at: 1, last_updated: 1 },
});

const tag = 'docker.io/library/alpine:latest';
const tagUpdate = subscription('tag_update', tag, false);
const repository = subscription('repo_update', 'docker.io/alpine', true, { tagcount: 12, repotags: [] });
const dockers = subscription('repo_update', 'docker.io/library/busybox', false, { autosubscribe: true });
const ofRepositories = 'GET /v1/subscriptions?subscription_type=repo_update';
const ofKey = (key: string, type: string) =>
  `GET /v1/subscriptions?subscription_key=${encodeURIComponent(key)}&subscription_type=${type}`;

export const subscriptionRows: readonly Row[] = [
  {
    says: 'a subscription is switched on',
    argv: ['subscription', 'activate', 'tag_update', tag],
    answers: { 'GET /subscriptions': [tagUpdate], 'PUT /subscriptions/id-tag_update': [tagUpdate] },
    asks: [ofKey(tag, 'tag_update'), 'PUT /v1/subscriptions/id-tag_update'],
    body: { active: true, subscription_key: tag, subscription_type: 'tag_update' },
    shows: ['tag_update of docker.io/library/alpine:latest is active'],
  },
  {
    says: 'a subscription is found under the whole name of the tag',
    argv: ['subscription', 'deactivate', 'tag_update', 'alpine:latest'],
    answers: { 'GET /subscriptions': new Turns([], [tagUpdate]), 'PUT /subscriptions/id-tag_update': [tagUpdate] },
    asks: [ofKey('alpine:latest', 'tag_update'), ofKey(tag, 'tag_update'), 'PUT /v1/subscriptions/id-tag_update'],
    body: { active: false, subscription_key: tag, subscription_type: 'tag_update' },
  },
  {
    says: 'a subscription that is not there is told',
    argv: ['subscription', 'activate', 'vuln_update', tag],
    answers: { 'GET /subscriptions': [] },
    asks: [ofKey(tag, 'vuln_update'), ofKey('docker.io/alpine:latest', 'vuln_update')],
    complains: /there is no subscription vuln_update of/,
    code: 2,
  },
  {
    says: 'subscriptions are listed',
    argv: ['subscription', 'list'],
    answers: { 'GET /subscriptions': [tagUpdate, repository] },
    asks: ['GET /v1/subscriptions'],
    shows: [
      /^TAG +SUBSCRIPTION TYPE +ACTIVE\ndocker\.io\/alpine +repo_update +yes\ndocker\.io\/library\/alpine:latest +tag_update +no\n$/,
    ],
  },
  {
    says: 'subscriptions are listed with their ids',
    argv: ['subscription', 'list', '--full'],
    answers: { 'GET /subscriptions': [tagUpdate] },
    asks: ['GET /v1/subscriptions'],
    shows: [/SUBSCRIPTION ID\n.*id-tag_update\n$/],
  },
  {
    says: 'a subscription is shown',
    argv: ['subscription', 'get', 'id-tag_update'],
    answers: { 'GET /subscriptions/id-tag_update': [tagUpdate] },
    asks: ['GET /v1/subscriptions/id-tag_update'],
    shows: [/USER ID\n.*crew\n$/],
  },
  {
    says: 'a subscription is deleted',
    argv: ['subscription', 'del', 'id-1'],
    answers: { 'DELETE /subscriptions/id-1': true },
    asks: ['DELETE /v1/subscriptions/id-1'],
    shows: ['id-1 is deleted'],
  },
];

export const repositoryRows: readonly Row[] = [
  {
    says: 'a repository is watched',
    argv: ['repo', 'add', 'alpine', '--lookuptag', '3.20'],
    answers: { 'POST /repositories': [repository] },
    asks: ['POST /v1/repositories?repository=docker.io%2Falpine&autosubscribe=true&dryrun=false&lookuptag=3.20'],
    shows: [/^REPOSITORY +WATCHED +TAGCOUNT\ndocker\.io\/alpine +yes +12\n$/],
  },
  {
    says: 'what would be watched is shown',
    argv: ['repo', 'add', 'quay.io/a/b', '--noautosubscribe', '--dryrun'],
    answers: { 'POST /repositories': [repository] },
    asks: ['POST /v1/repositories?repository=quay.io%2Fa%2Fb&autosubscribe=false&dryrun=true'],
    shows: [/^Dry run: the repository was not added\.\n\nREPOSITORY/],
  },
  {
    says: 'repositories are listed',
    argv: ['repo', 'list'],
    answers: { 'GET /subscriptions': [dockers, repository, tagUpdate] },
    asks: [ofRepositories],
    shows: [/TAGCOUNT\ndocker\.io\/alpine +yes +12\ndocker\.io\/library\/busybox +no +-\n$/],
  },
  {
    says: 'a repository is shown under the name of Docker too',
    argv: ['repo', 'get', 'busybox'],
    answers: { 'GET /subscriptions': [dockers, repository] },
    asks: [ofRepositories],
    shows: [/TAGCOUNT\ndocker\.io\/library\/busybox +no +-\n$/],
  },
  {
    says: 'a repository is forgotten',
    argv: ['repo', 'del', 'alpine'],
    answers: { 'GET /subscriptions': [repository], 'DELETE /subscriptions/id-repo_update': true },
    asks: [ofKey('docker.io/alpine', 'repo_update'), 'DELETE /v1/subscriptions/id-repo_update'],
    shows: ['alpine is watched no more'],
  },
  {
    says: 'a repository that is not watched cannot be forgotten',
    argv: ['repo', 'del', 'quay.io/a/b'],
    answers: { 'GET /subscriptions': [] },
    asks: [ofKey('quay.io/a/b', 'repo_update')],
    complains: /there is no subscription repo_update of 'quay.io\/a\/b'/,
    code: 2,
  },
  {
    says: 'new tags are added again',
    argv: ['repo', 'watch', 'busybox'],
    answers: { 'GET /subscriptions': [dockers], 'PUT /subscriptions/id-repo_update': [{ ...dockers, active: true }] },
    asks: [ofKey('docker.io/busybox', 'repo_update'), 'PUT /v1/subscriptions/id-repo_update'],
    body: { active: true, subscription_key: 'docker.io/library/busybox', subscription_type: 'repo_update' },
    shows: [/yes +-\n$/],
  },
  {
    says: 'new tags are left alone',
    argv: ['repo', 'unwatch', 'alpine'],
    answers: { 'GET /subscriptions': [repository], 'PUT /subscriptions/id-repo_update': [repository] },
    asks: [ofKey('docker.io/alpine', 'repo_update'), 'PUT /v1/subscriptions/id-repo_update'],
    body: { active: false, subscription_key: 'docker.io/alpine', subscription_type: 'repo_update' },
  },
  {
    says: 'what is no repository is not asked for',
    argv: ['repo', 'add', 'Not A Repo'],
    answers: {},
    asks: [],
    complains: /is not an image reference/,
    code: 2,
  },
];

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

const services = (up: boolean) => ({
  service_states: ['catalog', 'apiext', 'policy_engine', 'simplequeue', 'analyzer'].map((servicename) => ({
    ...{
      servicename,
      hostid: 'h1',
      base_url: 'http://h1',
      status: up || servicename !== 'analyzer',
      status_message: up ? 'available' : 'gone',
    },
    service_detail: { up: up || servicename !== 'analyzer', version: '0.1.0', db_version: '17' },
  })),
});
const feed = (more: object, ...groups: readonly object[]) => ({
  ...{
    name: 'vulnerabilities',
    enabled: true,
    created_at: null,
    updated_at: null,
    last_full_sync: '2026-01-01T00:00:00Z',
    groups,
  },
  ...more,
});
const group = (name: string, enabled: boolean, last_sync: string | null) => ({
  name,
  enabled,
  last_sync,
  record_count: 7,
  created_at: null,
  updated_at: null,
});
const loaded = feed({}, group('alpine:3.20', true, '2026-01-01T00:00:00Z'), group('alpine:3.3', false, null));
const loading = feed({}, group('alpine:3.20', true, null));

export const systemRows: readonly Row[] = [
  {
    says: 'services and versions are shown',
    argv: ['system', 'status'],
    answers: { 'GET /system': services(false) },
    asks: ['GET /v1/system'],
    shows: [
      /analyzer +h1 +http:\/\/h1 +down \(gone\)\napiext +h1 +http:\/\/h1 +up\n/,
      'Engine DB Version:   17\nEngine Code Version: 0.1.0\n',
    ],
  },
  {
    says: 'codes of errors are described',
    argv: ['system', 'errorcodes'],
    answers: { 'GET /system/error_codes': [{ name: 'UNKNOWN', description: 'Nobody knows' }] },
    asks: ['GET /v1/system/error_codes'],
    shows: [/^ERROR CODE +DESCRIPTION\nUNKNOWN +Nobody knows\n$/],
  },
  {
    says: 'a server is waited for until it answers, its services are up and its feeds are loaded',
    argv: ['system', 'wait', '--interval', '0'],
    answers: {
      'GET ': new Turns(new Status(503, {}), 'v1'),
      'GET /system': new Turns(services(false), services(true)),
      'GET /system/feeds': new Turns([loading], [loaded]),
    },
    asks: ['GET /v1', 'GET /v1', 'GET /v1/system', 'GET /v1/system', 'GET /v1/system/feeds', 'GET /v1/system/feeds'],
    shows: ['the server is ready'],
  },
  {
    says: 'a server is waited for without its feeds',
    argv: ['system', 'wait', '--feedsready', '', '--servicesready', 'catalog'],
    answers: { 'GET ': 'v1', 'GET /system': services(true) },
    asks: ['GET /v1', 'GET /v1/system'],
    shows: ['the server is ready'],
  },
  {
    says: 'a feed that is switched off is not waited for',
    argv: ['system', 'wait'],
    answers: { 'GET ': 'v1', 'GET /system': services(true), 'GET /system/feeds': [feed({ enabled: false })] },
    asks: ['GET /v1', 'GET /v1/system', 'GET /v1/system/feeds'],
    complains: /vulnerabilities is switched off/,
    code: 2,
  },
  {
    says: 'a wait for a server ends when its time is over',
    argv: ['system', 'wait', '--timeout', '0.05', '--interval', '0.02'],
    answers: { 'GET ': 'v1', 'GET /system': services(false) },
    asks: [],
    complains: /time to wait for the services is over: not up: analyzer/,
    code: 2,
  },
  {
    says: 'a wrong password is not waited for',
    argv: ['system', 'wait'],
    answers: { 'GET ': 'v1', 'GET /system': new Status(401, 'Unauthorized') },
    asks: ['GET /v1', 'GET /v1/system'],
    complains: /does not know this user/,
    code: 2,
  },
  {
    says: 'a service is removed',
    argv: ['system', 'del', 'h1', 'analyzer'],
    answers: { 'DELETE /system/services/analyzer/h1': undefined },
    asks: ['DELETE /v1/system/services/analyzer/h1'],
    shows: ['analyzer of h1 is removed'],
  },
  {
    says: 'feeds are listed with what is pending and what is off',
    argv: ['system', 'feeds', 'list'],
    answers: { 'GET /system/feeds': [feed({}, group('alpine:3.20', true, null), group('alpine:3.3', false, null))] },
    asks: ['GET /v1/system/feeds'],
    shows: [
      /^FEED +GROUP +LASTSYNC +RECORDCOUNT\nvulnerabilities +alpine:3\.20 +pending +7\nvulnerabilities +alpine:3\.3 \(disabled\) +- +7\n$/,
    ],
  },
  {
    says: 'feeds are brought up to date once somebody said that it is meant',
    argv: ['system', 'feeds', 'sync', '--flush'],
    answers: {
      'POST /system/feeds': [
        {
          feed: 'vulnerabilities',
          status: 'success',
          total_time_seconds: 1,
          groups: [
            {
              group: 'alpine:3.20',
              status: 'success',
              updated_record_count: 3,
              updated_image_count: 0,
              total_time_seconds: 1.234,
            },
          ],
        },
      ],
    },
    asks: ['POST /v1/system/feeds?flush=true'],
    stdin: 'Y\n',
    complains: /Really do it now\? \(y\/N\) $/,
    shows: [/vulnerabilities +alpine:3\.20 +success +3 +1\.23s\n$/],
  },
  {
    says: 'feeds are left alone where nobody says yes',
    argv: ['system', 'feeds', 'sync'],
    answers: {},
    asks: [],
    stdin: 'n\n',
    complains: /./,
    shows: ['nothing was done'],
  },
  {
    says: 'a feed is switched off',
    argv: ['system', 'feeds', 'config', 'github', '--disable'],
    answers: { 'PUT /system/feeds/github': feed({ name: 'github', enabled: false }, group('github:npm', true, null)) },
    asks: ['PUT /v1/system/feeds/github?enabled=false'],
    shows: [/github \(disabled\) +github:npm +- +7\n$/],
  },
  {
    says: 'a group of a feed is switched on',
    argv: ['system', 'feeds', 'config', 'github', '--group', 'github:npm', '--enable'],
    answers: { 'PUT /system/feeds/github/github:npm': group('github:npm', true, null) },
    asks: ['PUT /v1/system/feeds/github/github%3Anpm?enabled=true'],
    shows: [/^GROUP +LASTSYNC +RECORDCOUNT\ngithub:npm +pending +7\n$/],
  },
  {
    says: 'a feed is switched on or off, not both',
    argv: ['system', 'feeds', 'config', 'github', '--enable', '--disable'],
    answers: {},
    asks: [],
    complains: /give either --enable or --disable/,
    code: 2,
  },
  {
    says: 'what is stored of a group is deleted',
    argv: ['system', 'feeds', 'delete', 'github', '--group', 'github:npm'],
    answers: { 'DELETE /system/feeds/github/github:npm': group('github:npm', false, null) },
    asks: ['DELETE /v1/system/feeds/github/github%3Anpm'],
    shows: ['github:npm (disabled)'],
  },
  {
    says: 'a feed that is in use is not deleted',
    argv: ['system', 'feeds', 'delete', 'github'],
    answers: { 'DELETE /system/feeds/github': new Status(409, { message: 'still on', httpcode: 409, detail: {} }) },
    asks: ['DELETE /v1/system/feeds/github'],
    complains: /still on \(state\/conflict\)/,
    code: 1,
  },
  {
    says: 'a webhook is tried',
    argv: ['system', 'webhook', 'test'],
    answers: { 'POST /system/webhooks/general/test': undefined },
    asks: ['POST /v1/system/webhooks/general/test?notification_type=tag_update'],
    shows: ['the notification was sent'],
  },
  {
    says: 'a webhook of a type is tried',
    argv: ['system', 'webhook', 'test', 'policy_eval', '--ntype', 'vuln_update'],
    answers: { 'POST /system/webhooks/policy_eval/test': {} },
    asks: ['POST /v1/system/webhooks/policy_eval/test?notification_type=vuln_update'],
  },
];
