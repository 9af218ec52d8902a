import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { Fault } from '#core/fault.ts';
import type { Topic, TopicMessage } from '../topic.ts';
import { awsFault } from './aws-fault.ts';

export interface SnsTopicOptions {
  readonly client: SNSClient;
  readonly arn: string;
}

/** Bytes of a message with its attributes; not raised when that of SQS was. */
const largestMessage = 256 * 1024;

/** Attributes that reach a queue behind the topic; a message with more is dropped there without a word. */
const mostAttributes = 10;

/** A standard topic of Amazon SNS. A publication whose answer was lost is repeated by the SDK: listeners may get it twice. */
export function snsTopic({ client, arn }: SnsTopicOptions): Topic {
  return {
    async publish(message) {
      check(arn, message);
      const attributes = Object.entries(message.attributes ?? {}).map(
        ([name, value]) => [name, { DataType: 'String', StringValue: value }] as const,
      );
      const subject = subjectOf(message.subject);
      try {
        await client.send(
          new PublishCommand({
            TopicArn: arn,
            Message: message.text,
            ...(subject === '' ? {} : { Subject: subject }),
            ...(attributes.length === 0 ? {} : { MessageAttributes: Object.fromEntries(attributes) }),
          }),
        );
      } catch (thrown) {
        throw awsFault(thrown, `Topic ${arn}: publishing`);
      }
    },
  };
}

function check(arn: string, { text, attributes = {} }: TopicMessage): void {
  const entries = Object.entries(attributes);
  const bytes = entries.reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value) + 'String'.length,
    Buffer.byteLength(text),
  );
  if (bytes > largestMessage) {
    throw new Fault(
      'input/too-large',
      `Topic ${arn}: a message has ${bytes} bytes, 256 KiB are allowed; publish a summary with a link to the document`,
    );
  }
  const good =
    entries.length <= mostAttributes &&
    entries.every(([name, value]) => /^(?!\.|.*\.\.|.*\.$)[A-Za-z0-9_.-]{1,256}$/.test(name) && value !== '');
  if (good && text !== '') return;
  throw new Fault(
    'input/invalid',
    `Topic ${arn}: a message needs a text, and at most ten attributes with values, named by A-Z, a-z, 0-9, '_', '.' and '-'`,
  );
}

/** One line of at most 100 characters of ASCII that begins with a letter, digit or punctuation: what SNS takes as a subject. */
function subjectOf(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[\s\p{Control}]+/gu, ' ')
    .replace(/[^ -~]/gu, '?')
    .trim()
    .slice(0, 100)
    .trimEnd();
}
