// Lambda's Node runtime in small: loads a bundle and calls its handler with what comes over IPC, one call after the other.
import { Writable } from 'node:stream';

interface Call {
  readonly event: unknown;
  readonly milliseconds: number;
}

type Handler = (...args: readonly unknown[]) => Promise<unknown>;

const streaming = new WeakSet<Handler>();

/** The body of a streamed answer: the prelude as JSON, eight zero bytes, then what is written. */
class AnswerStream extends Writable {
  readonly pieces: Buffer[] = [];

  override _write(piece: Buffer, _encoding: string, done: () => void): void {
    this.pieces.push(Buffer.from(piece));
    done();
  }
}

Object.assign(globalThis, {
  awslambda: {
    streamifyResponse(handler: Handler) {
      streaming.add(handler);
      return handler;
    },
    HttpResponseStream: {
      from(stream: AnswerStream, prelude: unknown) {
        stream.pieces.push(Buffer.from(JSON.stringify(prelude)), Buffer.alloc(8));
        return stream;
      },
    },
  },
});

const began = performance.now();
const { handler } = (await import(process.argv[2]!)) as { readonly handler: Handler };
process.send!({ importMs: performance.now() - began });

process.on('message', ({ event, milliseconds }: Call) => void answer(event, Date.now() + milliseconds));

async function answer(event: unknown, until: number): Promise<void> {
  const context = {
    awsRequestId: '00000000-0000-4000-8000-000000000000',
    functionName: 'test',
    functionVersion: '$LATEST',
    memoryLimitInMB: '512',
    logStreamName: '2026/01/01/[$LATEST]test',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:${process.env['PLIMSOLL_AWS_ACCOUNT_ID']}:function:test`,
    getRemainingTimeInMillis: () => Math.max(0, until - Date.now()),
  };
  try {
    const stream = new AnswerStream();
    const result = streaming.has(handler) ? await handler(event, stream, context) : await handler(event, context);
    process.send!({ result, streamed: Buffer.concat(stream.pieces).toString('base64') });
  } catch (thrown) {
    process.send!({ error: thrown instanceof Error ? thrown.message : String(thrown) });
  }
}
