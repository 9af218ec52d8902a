import { digest, type Row } from './row.ts';

const reference = {
  imageDigest: digest,
  imageId: 'x',
  analyzed_at: null,
  tag_history: [{ fulltag: 'r/a:1' }, { fulltag: 'r/a:2' }],
};

export const queryRows: readonly Row[] = [
  {
    says: 'images with a vulnerability are listed',
    argv: [
      'query',
      'images-by-vulnerability',
      '--vulnerability-id',
      'CVE-2031-1',
      '--namespace',
      'debian:12',
      '--package',
      'sed',
      '--severity',
      'High',
      '--vendor_only',
    ],
    answers: {
      'GET /query/images/by_vulnerability': {
        images: [
          {
            image: reference,
            vulnerable_packages: [
              { name: 'sed', version: '4', type: 'dpkg', namespace: 'debian:12', severity: 'High' },
            ],
          },
        ],
        page: '1',
        returned_count: 1,
      },
    },
    asks: [
      'GET /v1/query/images/by_vulnerability?vulnerability_id=CVE-2031-1&namespace=debian%3A12&affected_package=sed&severity=High&vendor_only=true',
    ],
    shows: [
      new RegExp(
        `^FULL TAG +SEVERITY +PACKAGE +PACKAGE TYPE +NAMESPACE +DIGEST\\nr/a:1 +High +sed-4 +dpkg +debian:12 +${digest}\\nr/a:2 `,
      ),
    ],
  },
  {
    says: 'a vulnerability has to be named',
    argv: ['query', 'images-by-vulnerability'],
    answers: {},
    asks: [],
    complains: /--vulnerability-id is missing/,
    code: 2,
  },
  {
    says: 'images with a package are listed',
    argv: ['query', 'images-by-package', '--name', 'a&b', '--version', '1', '--package-type', 'npm'],
    answers: {
      'GET /query/images/by_package': {
        images: [{ image: { ...reference, tag_history: [] }, packages: [{ name: 'a&b', version: '1', type: 'npm' }] }],
      },
    },
    asks: ['GET /v1/query/images/by_package?name=a%26b&version=1&package_type=npm'],
    shows: [new RegExp(`^FULL TAG +PACKAGE +PACKAGE TYPE +DIGEST\\n- +a&b-1 +npm +${digest}\\n$`)],
  },
  {
    says: 'a package has to be named',
    argv: ['query', 'images-by-package'],
    answers: {},
    asks: [],
    complains: /--name is missing/,
    code: 2,
  },
];
