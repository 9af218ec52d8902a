import { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from '#core/log.ts';

/** The log of a function: JSON lines with the request's id, and for a part of the work with a correlation id. */
export interface LambdaLog extends Log {
  readonly logger: Logger;
  /** The same log whose lines carry this id: an image and what is done with it. */
  about(correlation: string): Log;
}

export function lambdaLog(): LambdaLog {
  const logger = new Logger();
  const about = (correlation: string) => asLog(logger.createChild({ persistentKeys: { correlation_id: correlation } }));
  return { ...asLog(logger), logger, about };
}

/** Keys that the logger keeps for itself; our ids of these names go by others. */
const renamed: Readonly<Record<string, string>> = { message: 'reason', level: 'at_level', timestamp: 'at' };

function asLog(logger: Logger): Log {
  const rename = (ids: Readonly<Record<string, unknown>> = {}) =>
    Object.fromEntries(Object.entries(ids).map(([key, value]) => [renamed[key] ?? key, value]));
  return {
    info: (fact, ids) => logger.info(fact, rename(ids)),
    error: (fact, ids) => logger.error(fact, rename(ids)),
  };
}
