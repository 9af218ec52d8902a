import { join } from 'node:path';
import { Status, Turns } from '#test/support/wire-server.ts';
import { digest, imageId, inPath, otherDigest, type Row } from './row.ts';

const detail = (tag: string, since: string, more: object = {}) => ({
  ...{ registry: 'docker.io', repo: 'library/alpine', tag, fulltag: `docker.io/library/alpine:${tag}`, imageId },
  ...{ created_at: since, tag_detected_at: since, ...more },
});

const image = {
  ...{ imageDigest: digest, parentDigest: otherDigest, analysis_status: 'analyzed', image_type: 'docker' },
  ...{ analyzed_at: '2026-01-02T03:04:05Z', annotations: { team: 'hull', keel: 'oak' } },
  image_content: {
    metadata: {
      ...{ dockerfile_mode: 'Guessed', distro: 'alpine', distro_version: '3.20' },
      image_size: 7,
      arch: 'amd64',
      layer_count: 1,
    },
  },
  image_detail: [detail('3.20', '2026-01-01T00:00:00Z')],
};

const older = { ...image, imageDigest: otherDigest, image_detail: [detail('3.20', '2025-01-01T00:00:00Z')] };
const state = (analysis_status: string) => [{ ...image, analysis_status }];

const missing = new Status(404, { message: 'image data not found in DB', httpcode: 404, detail: { error_codes: [] } });
const notYet = (status: string) =>
  new Status(404, { message: `image is not analyzed - analysis_status: ${status}`, httpcode: 404, detail: {} });

const byTag = { 'GET /images': [image] };
const asksTag = 'GET /v1/images?fulltag=alpine%3A3.20&history=false';
const at = `/images/${digest}`;
const path = `/v1/images/${inPath(digest)}`;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const content = (content: unknown) => ({ imageDigest: digest, content_type: 'x', content });

const vulnerability = (vuln: string, severity: string, fix: string) => ({
  ...{ vuln, severity, fix, package: 'musl-1.2.5-r0', url: `https://example.test/${vuln}`, package_type: 'APKG' },
  ...{ feed_group: 'alpine:3.20', package_path: 'pkgdb', nvd_data: [{ id: 'CVE-2031-9' }, { id: 'CVE-2031-8' }] },
});

export const imageRows: readonly Row[] = [
  {
    says: 'an image is added by its tag, and watched',
    argv: ['image', 'add', 'alpine:3.20'],
    answers: { 'POST /images': state('not_analyzed') },
    asks: ['POST /v1/images?autosubscribe=true'],
    body: { tag: 'alpine:3.20' },
    shows: [
      `Image Digest:    ${digest}`,
      `Parent Digest:   ${otherDigest}`,
      'Analysis Status: not_analyzed',
      'Annotations:     team=hull, keel=oak',
      /alpine:3\.20 +2026-01-01/,
    ],
  },
  {
    says: 'an image is added with everything that can be said of it',
    argv: [
      'image',
      'add',
      'alpine:3.20',
      '--force',
      '--dockerfile',
      join(import.meta.dirname, 'Dockerfile'),
      '--annotation',
      'a=b=c',
      '--annotation',
      'd=null',
      '--noautosubscribe',
    ],
    answers: { 'POST /images': [image] },
    asks: ['POST /v1/images?autosubscribe=false&force=true'],
    body: { tag: 'alpine:3.20', dockerfile: base64('FROM scratch\n'), annotations: { a: 'b=c', d: 'null' } },
  },
  {
    says: 'an image is added and waited for',
    argv: ['image', 'add', 'alpine:3.20', '--wait', '--interval', '0.001'],
    answers: {
      'POST /images': state('not_analyzed'),
      [`GET ${at}`]: new Turns(state('not_analyzed'), state('analyzing'), [image]),
    },
    asks: ['POST /v1/images?autosubscribe=true', ...Array<string>(3).fill(`GET ${path}?history=false`)],
    shows: ['Analysis Status: analyzed'],
  },
  {
    says: 'an image that is waited for and cannot be analyzed is no success',
    argv: ['image', 'add', 'alpine:3.20', '--wait', '--interval', '0'],
    answers: {
      'POST /images': state('analyzing'),
      [`GET ${at}`]: [{ ...image, analysis_status: 'analysis_failed', analysis_status_detail: 'no manifest' }],
    },
    asks: ['POST /v1/images?autosubscribe=true', `GET ${path}?history=false`],
    shows: ['Failure:         no manifest'],
    code: 1,
  },
  {
    says: 'only tags are added',
    argv: ['image', 'add', digest],
    answers: {},
    asks: [],
    complains: /is no tag; give registry\/repository:tag/,
    code: 2,
  },
  {
    says: 'a registry that does not have the image is told with its codes',
    argv: ['image', 'add', 'alpine:0'],
    answers: {
      'POST /images': new Status(400, {
        message: 'cannot fetch image digest/manifest from registry',
        httpcode: 400,
        detail: { error_codes: ['REGISTRY_IMAGE_NOT_FOUND'], raw_exception_message: 'none' },
      }),
    },
    asks: ['POST /v1/images?autosubscribe=true'],
    complains:
      /cannot fetch image digest\/manifest from registry \(input\/invalid\)\n {2}error_codes: REGISTRY_IMAGE_NOT_FOUND\n {2}raw_exception_message: none\n$/,
    code: 1,
  },
  {
    says: 'an image is shown by tag',
    argv: ['image', 'get', 'alpine:3.20'],
    answers: byTag,
    asks: [asksTag],
    shows: ['Distro Version:  3.20', 'Image ID:        c3c3'],
  },
  {
    says: 'an image is shown by id',
    argv: ['image', 'get', imageId],
    answers: { [`GET /images/by_id/${imageId}`]: [image] },
    asks: [`GET /v1/images/by_id/${imageId}?history=false`],
    shows: [digest],
  },
  {
    says: 'an image is shown by digest',
    argv: ['image', 'get', digest],
    answers: { [`GET ${at}`]: [image] },
    asks: [`GET ${path}?history=false`],
    shows: [digest],
  },
  {
    says: 'every image that a tag pointed to is shown',
    argv: ['image', 'get', 'alpine:3.20', '--show-history'],
    answers: { 'GET /images': [image, older] },
    asks: ['GET /v1/images?fulltag=alpine%3A3.20&history=true'],
    shows: [`Image Digest:    ${digest}`, `Image Digest:    ${otherDigest}`],
  },
  {
    says: 'an image that is not there is refused',
    argv: ['image', 'get', 'no:1'],
    answers: { 'GET /images': missing },
    asks: ['GET /v1/images?fulltag=no%3A1&history=false'],
    complains: /image data not found in DB \(state\/not-found\)/,
    code: 1,
  },
  {
    says: 'tags are listed, each with the image that it points to since the latest time',
    argv: ['image', 'list'],
    answers: { 'GET /images': [older, image, { ...image, image_detail: [detail('3.9', '2024-01-01T00:00:00Z')] }] },
    asks: ['GET /v1/images'],
    shows: [
      new RegExp(
        `^FULL TAG +IMAGE DIGEST +ANALYSIS STATUS\\ndocker.io/library/alpine:3.9 +${digest} +analyzed\\ndocker.io/library/alpine:3.20 +${digest} +analyzed\\n$`,
      ),
    ],
  },
  {
    says: 'all images of tags are listed with their ids',
    argv: ['image', 'list', '--full', '--show-all'],
    answers: { 'GET /images': [older, image] },
    asks: ['GET /v1/images'],
    shows: [new RegExp(`${otherDigest} +analyzed +${imageId}\\n`), new RegExp(`${digest} +analyzed +${imageId}\\n`)],
  },
  {
    says: 'an image is waited for',
    argv: ['image', 'wait', 'alpine:3.20', '--interval', '0'],
    answers: { 'GET /images': new Turns(state('analyzing'), [image]) },
    asks: [asksTag, asksTag],
    shows: ['Analysis Status: analyzed'],
  },
  {
    says: 'a wait for an analysis that fails ends well, as in anchore-cli',
    argv: ['image', 'wait', 'alpine:3.20'],
    answers: { 'GET /images': state('analysis_failed') },
    asks: [asksTag],
    shows: ['analysis_failed'],
  },
  {
    says: 'a wait ends when its time is over',
    argv: ['image', 'wait', 'alpine:3.20', '--timeout', '0.05', '--interval', '0.02'],
    answers: { 'GET /images': state('analyzing') },
    asks: [],
    complains: /time to wait for the analysis is over: alpine:3.20 is analyzing/,
    code: 2,
  },
  {
    says: 'a wait without time does not even look',
    argv: ['image', 'wait', 'alpine:3.20', '--timeout', '0'],
    answers: {},
    asks: [],
    complains: /is over/,
    code: 2,
  },
  {
    says: 'kinds of content are listed',
    argv: ['image', 'content', digest],
    answers: { [`GET ${at}/content`]: ['os', 'files'] },
    asks: [`GET ${path}/content`],
    shows: [/^AVAILABLE\nos\nfiles\n$/],
  },
  {
    says: 'packages of the system are listed by name',
    argv: ['image', 'content', 'alpine:3.20', 'os'],
    answers: {
      ...byTag,
      [`GET ${at}/content/os`]: content([
        { package: 'zlib', version: '1', licenses: ['Zlib', 'MIT'] },
        { package: 'musl', version: '1.2', license: 'MIT' },
      ]),
    },
    asks: [asksTag, `GET ${path}/content/os`],
    shows: [/^PACKAGE +VERSION +LICENSES\nmusl +1\.2 +MIT\nzlib +1 +Zlib, MIT\n$/],
  },
  {
    says: 'files are listed, the largest first',
    argv: ['image', 'content', digest, 'files'],
    answers: {
      [`GET ${at}/content/files`]: content([
        { filename: '/a', size: 9 },
        { filename: '/b', size: 10 },
      ]),
    },
    asks: [`GET ${path}/content/files`],
    shows: [/^FILENAME +SIZE\n\/b +10\n\/a +9\n$/],
  },
  {
    says: 'Java packages are listed with both of their versions',
    argv: ['image', 'content', digest, 'java'],
    answers: {
      [`GET ${at}/content/java`]: content([
        { package: 'keel', 'specification-version': '1', 'implementation-version': '1.0.2', location: '/k.jar' },
      ]),
    },
    asks: [`GET ${path}/content/java`],
    shows: [/^PACKAGE +SPECIFICATION-VERSION +IMPLEMENTATION-VERSION +LOCATION\nkeel +1 +1\.0\.2 +\/k\.jar\n$/],
  },
  ...['npm', 'gem', 'python', 'go'].map(
    (type): Row => ({
      says: `packages of ${type} are listed with their place`,
      argv: ['image', 'content', digest, type],
      answers: { [`GET ${at}/content/${type}`]: content([{ package: '@keel/x', version: '1', location: '/x', type }]) },
      asks: [`GET ${path}/content/${type}`],
      shows: [/^PACKAGE +VERSION +LOCATION\n@keel\/x +1 +\/x\n$/],
    }),
  ),
  {
    says: 'what scanners found is listed',
    argv: ['image', 'content', digest, 'malware'],
    answers: {
      [`GET ${at}/content/malware`]: content([
        { scanner: 'clamav', enabled: true, findings: [{ path: '/bin/x', signature: 'Test.Sig' }] },
      ]),
    },
    asks: [`GET ${path}/content/malware`],
    shows: [/^SCANNER +MATCHED SIGNATURE +PATH\nclamav +Test\.Sig +\/bin\/x\n$/],
  },
  {
    says: 'kinds that nobody knows are listed with all that they have',
    argv: ['image', 'content', digest, 'rust'],
    answers: { [`GET ${at}/content/rust`]: content([{ crate: 'keel', v: 2 }]) },
    asks: [`GET ${path}/content/rust`],
    shows: [/^CRATE +V\nkeel +2\n$/],
  },
  {
    says: 'a document of an image is written as it is',
    argv: ['image', 'content', digest, 'dockerfile'],
    answers: { [`GET ${at}/content/dockerfile`]: content(base64('FROM scratch\nRUN \u0007x')) },
    asks: [`GET ${path}/content/dockerfile`],
    shows: [/^FROM scratch\nRUN \u0007x$/],
  },
  {
    says: 'a document that is empty is none',
    argv: ['image', 'content', digest, 'dockerfile'],
    answers: { [`GET ${at}/content/dockerfile`]: content('') },
    asks: [`GET ${path}/content/dockerfile`],
    complains: /the image has no dockerfile to show/,
    code: 2,
  },
  {
    says: 'a kind that was not recorded is refused',
    argv: ['image', 'content', digest, 'nix'],
    answers: {
      [`GET ${at}/content/nix`]: new Status(500, {
        message: 'content type (nix) not available',
        httpcode: 500,
        detail: {},
      }),
    },
    asks: Array<string>(3).fill(`GET ${path}/content/nix`),
    complains: /content type \(nix\) not available/,
    code: 2,
  },
  {
    says: 'documents of an image are listed',
    argv: ['image', 'metadata', digest],
    answers: { [`GET ${at}/metadata`]: ['manifest'] },
    asks: [`GET ${path}/metadata`],
    shows: ['manifest'],
  },
  {
    says: 'a manifest is written byte by byte',
    argv: ['image', 'metadata', digest, 'manifest'],
    answers: {
      [`GET ${at}/metadata/manifest`]: { imageDigest: digest, metadata: base64('{"a": 1}'), metadata_type: 'manifest' },
    },
    asks: [`GET ${path}/metadata/manifest`],
    shows: [/^\{"a": 1\}$/],
  },
  {
    says: 'kinds of vulnerabilities are listed',
    argv: ['image', 'vuln', digest],
    answers: { [`GET ${at}/vuln`]: ['os', 'non-os', 'all'] },
    asks: [`GET ${path}/vuln`],
    shows: ['os\nnon-os\nall\n'],
  },
  {
    says: 'vulnerabilities are listed, the worst first',
    argv: ['image', 'vuln', 'alpine:3.20', 'all'],
    answers: {
      ...byTag,
      [`GET ${at}/vuln/all`]: {
        imageDigest: digest,
        vulnerability_type: 'all',
        vulnerabilities: [
          vulnerability('CVE-2031-1', 'Low', 'None'),
          vulnerability('CVE-2031-2', 'Critical', '1.2.5-r1'),
        ],
      },
    },
    asks: [asksTag, `GET ${path}/vuln/all?vendor_only=true`],
    shows: [
      /^VULNERABILITY ID +PACKAGE +SEVERITY +FIX +CVE REFS +VULNERABILITY URL +TYPE +FEED GROUP +PACKAGE PATH\nCVE-2031-2 +musl-1\.2\.5-r0 +Critical +1\.2\.5-r1 +CVE-2031-9, CVE-2031-8 +https:\/\/example\.test\/CVE-2031-2 +APKG +alpine:3\.20 +pkgdb\nCVE-2031-1 +musl-1\.2\.5-r0 +Low +- /,
    ],
  },
  {
    says: 'also what the vendor will not fix is listed',
    argv: ['image', 'vuln', digest, 'os', '--vendor-only', 'False'],
    answers: { [`GET ${at}/vuln/os`]: { vulnerabilities: [] } },
    asks: [`GET ${path}/vuln/os?vendor_only=false`],
  },
  {
    says: 'an image that is being analyzed has an exit code of its own',
    argv: ['image', 'vuln', digest, 'os'],
    answers: { [`GET ${at}/vuln/os`]: notYet('analyzing') },
    asks: [`GET ${path}/vuln/os?vendor_only=true`],
    complains: /not analyzed/,
    code: 100,
  },
  {
    says: 'an image that waits for its analysis has another',
    argv: ['image', 'vuln', digest, 'os'],
    answers: { [`GET ${at}/vuln/os`]: notYet('not_analyzed') },
    asks: [`GET ${path}/vuln/os?vendor_only=true`],
    code: 101,
    complains: /./,
  },
  {
    says: 'an image is deleted',
    argv: ['image', 'del', `repo/x@${digest}`, '--force'],
    answers: { [`DELETE ${at}`]: { digest, status: 'deleting', detail: null } },
    asks: [`DELETE ${path}?force=true`],
    shows: ['is deleted\n'],
  },
  {
    says: 'an image that may not be deleted is told in the answer and not by its status',
    argv: ['image', 'del', digest],
    answers: { [`DELETE ${at}`]: { digest, status: 'delete_failed', detail: 'it is watched' } },
    asks: [`DELETE ${path}`],
    complains: /was not deleted: it is watched/,
    code: 1,
  },
  {
    says: 'all images are deleted, and those that may not be are named',
    argv: ['image', 'del', '--all'],
    answers: {
      'GET /images': [image, older],
      [`DELETE ${at}`]: { status: 'deleting' },
      [`DELETE /images/${otherDigest}`]: { status: 'delete_failed', detail: 'watched' },
    },
    asks: ['GET /v1/images', `DELETE ${path}`, `DELETE /v1/images/${inPath(otherDigest)}`],
    shows: [new RegExp(`${digest} +deleted\\n.*${otherDigest} +watched\\n$`)],
    code: 2,
  },
  {
    says: 'an image to be deleted is named',
    argv: ['image', 'del'],
    answers: {},
    asks: [],
    complains: /IMAGE is missing; give it, or --all/,
    code: 2,
  },
  {
    says: 'an export in JSON is sent where anchore-cli sends it',
    argv: ['image', 'import', '--infile', join(import.meta.dirname, 'bundle.json')],
    answers: {},
    asks: ['POST /v1/imageimport'],
    body: { name: 'hull', version: '1_0' },
    complains: /no POST \/imageimport/,
    code: 1,
  },
];

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
