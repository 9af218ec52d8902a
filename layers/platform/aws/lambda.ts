import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { executionModeStreamifyResponse } from '@middy/core/StreamifyResponse';
import type { Readable } from 'node:stream';
import { Fault } from '#core/fault.ts';
import { traceSettings } from './aws-settings.ts';
import { type LambdaLog, lambdaLog } from './lambda-log.ts';
import { late } from './late-ports.ts';
import { traceInvocation } from './xray-subsegments.ts';

/** What of Lambda's context is of use. */
export interface LambdaContext {
  readonly awsRequestId: string;
  readonly invokedFunctionArn: string;
  readonly logStreamName?: string;
  getRemainingTimeInMillis(): number;
}

/** What a function does: its world is opened at the first call, and again at the next when that failed. */
export interface LambdaWork<World, Event, Answer> {
  open(log: LambdaLog): Promise<World>;
  run(world: World, event: Event, context: LambdaContext, log: LambdaLog): Promise<Answer>;
}

export type LambdaHandler<Event, Answer> = (event: Event, context: LambdaContext) => Promise<Answer>;

/** The answer of a function behind API Gateway. */
export interface StreamedAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Readable;
}

/** A Lambda function. What it throws is one line of the log, then Lambda's to try again or to bury. */
export function lambdaHandler<World, Event, Answer>(
  work: LambdaWork<World, Event, Answer>,
): LambdaHandler<Event, Answer> {
  const log = lambdaLog();
  const edge = middy(runOf(work, log) as never).use(injectLambdaContext(log.logger));
  return edge.onError(logError(log)) as unknown as LambdaHandler<Event, Answer>;
}

/**
 * A Lambda function behind API Gateway whose integration has the response transfer mode STREAM: no limit of 6 MB for an answer, and
 * its first bytes go out before its last are made.
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html)
 */
export function streamingHandler<World, Event>(work: LambdaWork<World, Event, StreamedAnswer>): unknown {
  const log = lambdaLog();
  const options = { executionMode: executionModeStreamifyResponse } as never;
  const edge = middy(runOf(work, log) as never, options).use(injectLambdaContext(log.logger));
  return edge.onError(logError(log));
}

function runOf<World, Event, Answer>(work: LambdaWork<World, Event, Answer>, log: LambdaLog) {
  const world = late(() => work.open(log));
  return (event: Event, context: LambdaContext) =>
    traceInvocation(traceSettings(), async () => work.run(await world(), event, context, log));
}

/** Answers nothing, so that the error goes on to Lambda. */
function logError(log: LambdaLog) {
  return ({ error }: { readonly error: unknown }): void => {
    const { code, message } = Fault.from(error);
    log.error('function failed', { code, message });
  };
}
