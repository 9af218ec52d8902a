import { Logger } from '@aws-lambda-powertools/logger';
import { aboutNow } from '#core/about.ts';
import type { Log } from '#core/log.ts';

/** The log of a function: JSON lines with the request's id and the ids of what the work is about. */
export interface LambdaLog extends Log {
  readonly logger: Logger;
}

export function lambdaLog(): LambdaLog {
  const logger = new Logger();
  return {
    logger,
    info: (fact, ids) => logger.info(fact, renamedIds(ids)),
    error: (fact, ids) => logger.error(fact, renamedIds(ids)),
  };
}

/** Keys that the logger keeps for itself; our ids of these names go by others. */
const renamed: Readonly<Record<string, string>> = { message: 'reason', level: 'at_level', timestamp: 'at' };

function renamedIds(ids: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries({ ...aboutNow(), ...ids }).map(([key, value]) => [renamed[key] ?? key, value]),
  );
}
