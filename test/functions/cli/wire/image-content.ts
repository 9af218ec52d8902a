import { Status } from '#test/support/wire-server.ts';
import { digest, type Row } from './row.ts';
import { byTag, notYet, asksTag, at, path, base64, content, vulnerability } from './images.ts';

export const imageContentRows: readonly Row[] = [
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
];
