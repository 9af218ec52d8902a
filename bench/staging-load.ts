import { S3Client } from '@aws-sdk/client-s3';
import { jsonLog } from '#core/log.ts';
import type { Advisory } from '#feeds/advisory.ts';
import { loadRecords } from '#feeds/load-records.ts';
import { openDataApiClient } from '#platform/aws/data-api-client.ts';
import { dataApiSql } from '#platform/aws/data-api-sql.ts';
import { s3Blobs } from '#platform/aws/s3-blobs.ts';
import { s3Staging } from '#platform/aws/s3-staging.ts';
import { systemClock as clock } from '#platform/local/system-clock.ts';
import { awsTestClient } from '#test/support/aws.ts';
import { advisory } from '#test/support/fake-feed.ts';

/** The process that loads in bench/staging.ts; prints its peak memory in MiB, looked at often: what the system keeps has the parent's in it. */
const [way, records, apiEndpoint = '', s3Endpoint = '', clusterArn = '', secretArn = ''] = process.argv.slice(2);

let peak = 0;
const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 10);
const client = openDataApiClient({ ...awsTestClient(apiEndpoint), clock });
const sql = dataApiSql({ client, clusterArn, secretArn, database: 'plimsoll', clock, patienceMs: 45_000 });
const files = new S3Client({ ...awsTestClient(s3Endpoint), forcePathStyle: true });
const staging = s3Staging({
  ...{ sql, clock, bucket: 'staged', region: 'eu-central-1' },
  files: s3Blobs({ client: files, bucket: 'staged', clock }),
  log: jsonLog((line) => process.stderr.write(line), clock.now),
});
const { written } = await loadRecords(
  { sql, clock, staging: way === 'staging' ? staging : null },
  { feed: way ?? '', group: 'bench' },
  advisories(),
  { complete: true, force: false, onRecords: () => {} },
);
if (written !== Number(records)) throw new Error(`${written} records were written`);
clearInterval(watch);
console.log(Math.round(peak / 1024 / 1024));

async function* advisories(): AsyncGenerator<Advisory> {
  for (let at = 0; at < Number(records); at++) {
    yield advisory(`CVE-2031-${at}`, [{ name: `package-${at % 20_000}`, fixed: `${at % 9}.${at % 97}.0` }], {
      title: 'A length that is read from the header is trusted before the buffer behind it is looked at',
      urls: [`https://advisories.example.test/${at}`],
      published: '2031-01-01T00:00:00Z',
    });
  }
}
