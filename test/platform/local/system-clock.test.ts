import { clockContract } from '#test/platform/contracts/clock-contract.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { testClock } from '#test/support/test-clock.ts';

clockContract('the clock of the machine', systemClock, (milliseconds) => systemClock.sleep(milliseconds));

const clock = testClock();
clockContract('the clock of tests', clock, (milliseconds) => clock.advance(milliseconds));
