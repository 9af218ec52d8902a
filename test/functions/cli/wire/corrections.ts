import type { Row } from './row.ts';

const correction = {
  uuid: 'u1',
  match: { type: 'java', field_matches: [{ field_name: 'package', field_value: 'spring-core' }] },
  replace: [{ field_name: 'cpes', field_value: 'cpe:2.3:a' }],
  created_at: '2026-01-01T00:00:00Z',
  description: null,
};

export const correctionRows: readonly Row[] = [
  {
    says: 'a correction is added',
    argv: [
      'enterprise',
      'corrections',
      'add',
      '-m',
      'package=spring-core',
      '-p',
      'java',
      '--replace',
      'cpes=cpe:2.3:a',
    ],
    answers: { 'POST /enterprise/corrections': correction },
    asks: ['POST /v1/enterprise/corrections'],
    body: { type: 'package', match: correction.match, replace: correction.replace },
    shows: ['the correction is added\n'],
  },
  {
    says: 'a correction without a match is refused',
    argv: ['enterprise', 'corrections', 'add', '-p', 'java', '-r', 'a=b'],
    answers: {},
    asks: [],
    complains: /--match is missing/,
    code: 2,
  },
  {
    says: 'a correction that is no pair is refused',
    argv: ['enterprise', 'corrections', 'add', '-m', 'a=b=c', '-p', 'java', '-r', 'a=b'],
    answers: {},
    asks: [],
    complains: /--match a=b=c: give FIELD=VALUE/,
    code: 2,
  },
  {
    says: 'a correction is shown',
    argv: ['enterprise', 'corrections', 'get', 'u1'],
    answers: { 'GET /enterprise/corrections/u1': correction },
    asks: ['GET /v1/enterprise/corrections/u1'],
    shows: ['Match:       java package=spring-core', 'Replace:     cpes=cpe:2.3:a'],
  },
  {
    says: 'corrections are listed',
    argv: ['enterprise', 'corrections', 'list'],
    answers: { 'GET /enterprise/corrections': [correction] },
    asks: ['GET /v1/enterprise/corrections'],
    shows: [/u1 +java package=spring-core +cpes=cpe:2\.3:a +2026-01-01T00:00:00Z +-\n$/],
  },
  {
    says: 'a correction is deleted',
    argv: ['enterprise', 'corrections', 'delete', 'u1'],
    answers: { 'DELETE /enterprise/corrections/u1': undefined },
    asks: ['DELETE /v1/enterprise/corrections/u1'],
    shows: ['the correction u1 is deleted'],
  },
  {
    says: 'a server without corrections is a failure',
    argv: ['enterprise', 'corrections', 'list'],
    answers: {},
    asks: ['GET /v1/enterprise/corrections'],
    complains: /no GET/,
    code: 2,
  },
];
