import { once } from 'node:events';
import { acquirePidLock, type LockPurpose } from '#platform/local/pid-lock.ts';
import { systemClock } from '#platform/local/system-clock.ts';

// hold-lock FOLDER PURPOSE [URL]: takes the lock when it is told to, says so, and ends when it is told again.
const [folder, purpose, url] = process.argv.slice(2) as [string, LockPurpose, string | undefined];
console.log('ready');
await once(process.stdin, 'data');
try {
  await acquirePidLock(folder, { purpose, ...(url === undefined ? {} : { url }), waitMs: 0, clock: systemClock });
  console.log('taken');
  await once(process.stdin, 'data');
} catch (thrown) {
  console.log((thrown as { code: string }).code);
}
// The end of the process gives the lock back.
process.exit(0);
