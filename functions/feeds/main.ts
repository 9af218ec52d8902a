import { jsonLog } from '#core/log.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { openAwsWorld } from '../aws-world.ts';
import { refreshDue } from './refresh-due.ts';

/** A task for feed groups that outlast a function; the group, or `in-use`, is the first argument. */
const log = jsonLog((line) => process.stdout.write(line), systemClock.now);

await refreshDue(openAwsWorld({ log, patienceMs: 45_000 }), process.argv[2] ?? 'in-use');
