import { digest, imageId, type Row } from './row.ts';
import { byTag, missing, asksTag, at, path } from './images.ts';

export const evaluateRows: readonly Row[] = (() => {
  const evaluation = (status: string, detail: object = {}) => ({
    policyId: 'p1',
    status,
    last_evaluation: '2026-01-01T00:00:00Z',
    detail,
  });
  const verdict = (list: readonly object[]) => [{ [digest]: { 'docker.io/library/alpine:3.20': list } }];
  const check = `GET ${at}/check`;
  const asks = (query: string) => [asksTag, `GET ${path}/check?${query}&tag=alpine%3A3.20`];
  const row = (gate: string, action: string, allowed: unknown) => [
    imageId,
    't',
    'id',
    gate,
    'trigger',
    'a reason',
    action,
    allowed,
    'p1',
  ];
  const detail = {
    result: {
      ...{ image_id: imageId, final_action: 'stop', final_action_reason: 'policy_evaluation' },
      result: {
        [imageId]: {
          result: {
            rows: [
              row('files', 'go', false),
              row('vulnerabilities', 'stop', { whitelist_name: 'mine' }),
              row('dockerfile', 'stop', false),
            ],
          },
        },
      },
    },
  };
  return [
    {
      says: 'an image that may ship',
      argv: ['evaluate', 'check', 'alpine:3.20'],
      answers: { ...byTag, [check]: verdict([evaluation('pass')]) },
      asks: asks('history=false&detail=false'),
      shows: ['Status:       pass', 'Policy ID:    p1'],
    },
    {
      says: 'an image that may not ship is exit code 1',
      argv: ['evaluate', 'check', 'alpine:3.20', '--show-history'],
      answers: { ...byTag, [check]: verdict([evaluation('fail'), evaluation('pass')]) },
      asks: asks('history=true&detail=false'),
      shows: ['Status:       fail', 'Status:       pass'],
      code: 1,
    },
    {
      says: 'what a policy says of each finding is listed',
      argv: ['evaluate', 'check', 'alpine:3.20', '--detail', '--policy', 'p1'],
      answers: { ...byTag, [check]: verdict([evaluation('fail', detail)]) },
      asks: [asksTag, `GET ${path}/check?history=false&detail=true&tag=alpine%3A3.20&policyId=p1`],
      shows: [
        'Final Action:        stop',
        /\nGATE +TRIGGER +DETAIL +STATUS\nfiles +trigger +a reason +go\nvulnerabilities +trigger +a reason +whitelisted\(mine\)\ndockerfile +trigger +a reason +stop\n$/,
      ],
      code: 1,
    },
    {
      says: 'a digest is judged under a tag that is named',
      argv: ['evaluate', 'check', digest, '--tag', 'alpine:3.20'],
      answers: { [check]: verdict([]) },
      asks: asks('history=false&detail=false').slice(1),
      shows: ['no_eval_available'],
      code: 2,
    },
    {
      says: 'a digest without a tag cannot be judged',
      argv: ['evaluate', 'check', digest],
      answers: {},
      asks: [],
      complains: /give --tag too/,
      code: 2,
    },
    {
      says: 'an image that is not there cannot be judged',
      argv: ['evaluate', 'check', 'no:1'],
      answers: { 'GET /images': missing },
      asks: ['GET /v1/images?fulltag=no%3A1&history=false'],
      complains: /image data not found/,
      code: 2,
    },
  ];
})();
