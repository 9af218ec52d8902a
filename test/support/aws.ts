import { randomBytes } from 'node:crypto';
import { systemClock } from '#platform/local/system-clock.ts';
import type { TestClock } from './test-clock.ts';

/** What every client of the AWS SDK is given in tests: nothing is looked up on the machine. */
export function awsTestClient(endpoint: string) {
  return {
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
    maxAttempts: 3,
  } as const;
}

/**
 * Endpoint of a foreign emulator (moto_server, ...) that judges the same promises as our own fakes, null when none was named.
 * It goes by the time of the world, so its tests take minutes.
 */
export const foreignAws: string | null = process.env['PLIMSOLL_TEST_AWS_ENDPOINT'] || null;

/** The end of a test's name: why it is skipped, or against what it runs. */
export const foreignAwsNote =
  foreignAws === null ? 'skipped: PLIMSOLL_TEST_AWS_ENDPOINT names no emulator' : `at ${foreignAws}`;

/** A name that no test had before: an emulator keeps what it was given. */
export function freshName(): string {
  return `t${randomBytes(6).toString('hex')}`;
}

/**
 * The time of the world for tests that move it: moving is waiting. A wait that ends 1 ms before something happens ends a little
 * earlier still, all others a little later, so that the way to the emulator and back changes no answer.
 */
export function worldClock(): TestClock {
  return {
    ...systemClock,
    advance: (milliseconds) => systemClock.sleep(milliseconds % 1000 === 999 ? milliseconds - 900 : milliseconds + 900),
  };
}
