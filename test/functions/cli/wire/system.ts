import { Status, Turns } from '#test/support/wire-server.ts';
import type { Row } from './row.ts';

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
