import { silentLog } from '#core/log.ts';
import { openLocalPlatform } from '#platform/local/local-platform.ts';

// write-data FOLDER: opens the folder as a server, takes a message in hand, and writes rows and blobs until it is killed.
// It prints a number after the row, the blob and the secret of that number were all written.
const [data] = process.argv.slice(2) as [string];
const { sql, blobs, secrets, queues } = await openLocalPlatform({
  data,
  purpose: 'serve',
  offline: true,
  log: silentLog,
});
await queues('work').send(['{"n":1}']);
await queues('work').receive(1, 3600);
await sql.query("insert into lease values ('left behind', 'me', 99999999999999)");
async function* pieces(n: number) {
  for (let i = 0; i < 40; i++) yield Buffer.alloc(16_384, String(n % 10));
}
for (let n = 1; ; n++) {
  await sql.transaction(async (tx) => {
    await tx.query("insert into feed_set_aside values ('test', 'a', :n::text, '')", { n: String(n) });
    await tx.query("insert into feed_set_aside values ('test', 'b', :n::text, '')", { n: String(n) });
  });
  await blobs.put(`blob/${n}`, pieces(n));
  await blobs.replace('changing', pieces(n));
  await secrets.put('number', String(n));
  process.stdout.write(`${n}\n`);
}
