import type { FaultCode } from '#core/fault.ts';
import { sendEvents } from '#platform/bus.ts';
import type { Platform } from '#platform/platform.ts';
import { raiseEvents } from '#platform/raise-events.ts';
import type { LogEvent } from '#schema/event-log.ts';

/** Why a registry did not give an image that was asked for, or pushed. */
export interface LookupFailure {
  readonly account: string;
  readonly reference: string;
  readonly code: FaultCode | string;
  readonly reason: string;
  /** In the words of the contract. */
  readonly errorCodes?: readonly string[];
}

/** Failures that repeat themselves within this are told once: who asks in a loop fills no log. */
const hour = 3_600_000;

/** Characters of a reason. */
const longestReason = 2000;

/** Tells in the log of events that a registry did not give an image. */
export async function tellLookupFailed(
  world: Pick<Platform, 'sql' | 'queues' | 'clock'>,
  { account, reference, code, reason, errorCodes = [] }: LookupFailure,
): Promise<void> {
  const at = world.clock.now();
  const event: LogEvent = {
    id: `${code} ${Math.floor(at / hour)}`,
    account,
    type: unreadable.includes(code)
      ? 'system.image_analysis.manifest_parse_fail'
      : 'system.image_analysis.registry_lookup_failed',
    resource: reference,
    details: { error_codes: errorCodes, code, message: reason.slice(0, longestReason) },
    at,
  };
  await raiseEvents(world.sql, 'catalog', [event]);
  await sendEvents(world.queues, [{ kind: 'notice.raised', account }]);
}

/** The registry gave something, and nobody can read it. */
const unreadable: readonly string[] = [
  'image/unsupported',
  'image/corrupt',
  'image/digest-mismatch',
] satisfies FaultCode[];
