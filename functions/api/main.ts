import { authenticator } from '#access/authenticate.ts';
import { Fault } from '#core/fault.ts';
import { streamingHandler } from '#platform/aws/lambda.ts';
import { openAwsWorld } from '../aws-world.ts';
import { faultResponse } from './answer.ts';
import { createApp } from './app.ts';
import { fromProxyEvent, type ProxyEvent, toStreamedAnswer } from './proxy-event.ts';
import { routes } from './routes.ts';

/** API Gateway ends a request after 29 s: a database that wakes up for longer is an answer of 503 that asks to come again. */
const patienceMs = 20_000;

/** The REST API behind API Gateway. */
export const handler = streamingHandler({
  async open(log) {
    const world = openAwsWorld({ log, patienceMs });
    return { world, app: createApp(world, routes, authenticator(world)) };
  },
  async run({ world, app }, event: ProxyEvent) {
    const request = fromProxyEvent(event);
    const limit = world.limits.requestBytes;
    if (request.body.length > limit)
      return toStreamedAnswer(
        request.method,
        faultResponse(new Fault('input/too-large', `the request body passes ${limit} bytes`)),
      );
    return toStreamedAnswer(request.method, await app(request));
  },
});
