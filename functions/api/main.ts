import { authenticator } from '#access/authenticate.ts';
import { streamingHandler } from '#platform/aws/lambda.ts';
import { openAwsWorld } from '../aws-world.ts';
import { createApp } from './app.ts';
import { fromProxyEvent, type ProxyEvent, toStreamedAnswer } from './proxy-event.ts';
import { routes } from './routes.ts';

/** A database that wakes up for longer is an answer of 503 that asks to come again. */
const patienceMs = 20_000;

/** What the rest of a request may take after its last wait for the database. Milliseconds. */
const restMs = 3000;

/** The REST API behind API Gateway. */
export const handler = streamingHandler({
  async open(log) {
    // Lambda gives a process one request at a time.
    const now = { until: Number.POSITIVE_INFINITY };
    const opened = openAwsWorld({ log, patienceMs, until: () => now.until - restMs, deadLetters: true });
    const place = { host: `aws-${opened.settings.region}`, url: () => '', process: null };
    const world = { ...opened, place };
    return { world, now, app: createApp(world, routes, authenticator(world)) };
  },
  async run({ world, now, app }, event: ProxyEvent, context) {
    const request = fromProxyEvent(event, world.clock.now(), context.getRemainingTimeInMillis());
    now.until = request.until;
    return toStreamedAnswer(request.method, await app(request));
  },
});
