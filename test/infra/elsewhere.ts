/** Settings with everything switched on that is off by default, for one more synthesis. */
export const elsewhere = {
  network: 'endpoints',
  databaseMajor: '17',
  databaseMinAcu: 0.5,
  deletionProtection: false,
  analyzerImage: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/plimsoll@sha256:${'a'.repeat(64)}`,
  analyzerDisk: 100,
  analyzerCapacity: 'on-demand',
  feeds: [
    { group: 'in-use', every: 'rate(12 hours)' },
    { group: 'osv:npm', every: 'cron(0 3 * * ? *)', on: 'task' },
  ],
  feedsMirror: 'https://mirror.example.com/feeds',
  repositories: 'arn:aws:ecr:eu-west-1:111122223333:repository/shop/*',
  assumeRoles: [
    { role: 'arn:aws:iam::111122223333:role/plimsoll-reader', externalId: 'plimsoll,42' },
    'arn:aws:iam::444455556666:role/plimsoll-reader',
  ],
  sourceAccounts: '111122223333,444455556666',
  organization: 'o-abcdefghij',
  apiWaf: 'true',
  apiDomain: 'scan.example.com',
  apiCertificate: 'arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d',
  securityHub: true,
  logDays: '90',
  alarmTopic: 'arn:aws:sns:eu-west-1:123456789012:pager',
  tags: { 'cost-center': '42' },
} as const;
