import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError } from './aws-json.ts';

export interface Published {
  readonly message: string;
  readonly subject: string | null;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface FakeSns extends AsyncDisposable {
  readonly endpoint: string;
  readonly published: readonly Published[];
  /** The next publications are refused with an error. */
  failNext(error: AwsError, times?: number): void;
  /** The next publication is never answered and comes to nobody; resolves when it is there. */
  holdNext(): Promise<void>;
}

/** Amazon SNS on loopback: Publish to one topic, with the refusals of lengths and characters. AWS Query protocol. */
export async function fakeSns(topicArn: string): Promise<FakeSns> {
  const published: Published[] = [];
  const failures: AwsError[] = [];
  const holds: (() => void)[] = [];
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    published,
    failNext(error, times = 1) {
      for (let i = 0; i < times; i++) failures.push(error);
    },
    holdNext: () => new Promise((held) => holds.push(held)),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const hold = holds.shift();
    if (hold !== undefined) return hold();
    try {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      published.push(publicationOf(new URLSearchParams(Buffer.concat(pieces).toString()), topicArn));
      end(
        response,
        200,
        `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>${randomUUID()}</MessageId></PublishResult><ResponseMetadata><RequestId>fake</RequestId></ResponseMetadata></PublishResponse>`,
      );
    } catch (thrown) {
      const error = thrown instanceof AwsError ? thrown : new AwsError('InternalError', String(thrown), 500);
      end(
        response,
        error.status,
        `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>${error.name}</Code><Message>${error.message}</Message></Error><RequestId>fake</RequestId></ErrorResponse>`,
      );
    }
  }
}

function publicationOf(form: URLSearchParams, topicArn: string): Published {
  if (form.get('Action') !== 'Publish') throw new AwsError('InvalidAction', 'The action is not valid', 400);
  if (form.get('TopicArn') !== topicArn) throw new AwsError('NotFound', 'Topic does not exist', 404);
  const message = form.get('Message') ?? '';
  const subject = form.get('Subject');
  const attributes: Record<string, string> = {};
  for (let n = 1; form.has(`MessageAttributes.entry.${n}.Name`); n++) {
    const value = form.get(`MessageAttributes.entry.${n}.Value.StringValue`) ?? '';
    if (value === '') throw new AwsError('InvalidParameterValue', 'The message attribute must contain a value.');
    attributes[form.get(`MessageAttributes.entry.${n}.Name`)!] = value;
  }
  const size = Object.entries(attributes).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value) + 6,
    Buffer.byteLength(message),
  );
  if (message === '') throw new AwsError('InvalidParameter', 'Invalid parameter: Empty message');
  if (size > 262_144) throw new AwsError('InvalidParameter', 'Invalid parameter: Message too long');
  if (subject !== null && !/^[!-~][ -~]{0,99}$/.test(subject))
    throw new AwsError('InvalidParameter', 'Invalid parameter: Subject');
  return { message, subject, attributes };
}

function end(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'content-type': 'text/xml' });
  response.end(xml);
}
