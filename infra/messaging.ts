import { Duration, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { deadLetterName, queueName, wakeQueue } from '../schema/deployment.ts';
import { event } from '../schema/events.ts';
import { functions, type QueueKind } from './functions.ts';

/** Each kind of event has the queue of its name; then there is the one that wakes dispatch. */
export const queueKinds: readonly QueueKind[] = [...event.options.map(({ shape }) => shape.kind.value), wakeQueue];

/** A task extends this every minute while it works; a killed one's message is free again soon. */
const taskVisibility = Duration.minutes(5);

/** A queue that nobody can drain for days must not lose anything; its dead letters count from when they were first sent. */
const retention = Duration.days(7);
const deadRetention = Duration.days(14);

/** Steps give up by themselves, with a reason that people see, after 8 deliveries; this is for those that take the process down. */
const maxReceives = 10;

/** Queues, each with dead letters, and the topic of notices. Encrypted, over TLS only. */
export class Messaging extends Construct {
  readonly queues: ReadonlyMap<QueueKind, Queue>;
  /** Every queue of dead letters by the name of what it is of. */
  readonly deadLetters = new Map<string, Queue>();
  /** URL of every queue up to its name. */
  readonly queueUrlPrefix: string;
  readonly notices: Topic;
  readonly #namePrefix: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { stackName, region, account, urlSuffix } = Stack.of(this);
    this.#namePrefix = `${stackName}-`;
    this.queueUrlPrefix = `https://sqs.${region}.${urlSuffix}/${account}/${this.#namePrefix}`;
    this.queues = new Map(queueKinds.map((kind) => [kind, this.#queue(kind)]));
    this.notices = new Topic(this, 'Notices', { displayName: 'Plimsoll notices', enforceSSL: true });
  }

  queue(kind: QueueKind): Queue {
    const queue = this.queues.get(kind);
    if (queue === undefined) throw new Error(`There is no queue for ${kind}: it is no kind of schema/events.ts`);
    return queue;
  }

  /** A new queue of dead letters for what is not delivered by a queue: rules, schedules, asynchronous calls. */
  deadLetter(of: string): Queue {
    const queue = new Queue(this, `${pascal(of)}Dead`, {
      queueName: this.#namePrefix + deadLetterName(of),
      retentionPeriod: deadRetention,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    this.deadLetters.set(of, queue);
    return queue;
  }

  #queue(kind: QueueKind): Queue {
    return new Queue(this, pascal(kind), {
      queueName: this.#namePrefix + queueName(kind),
      visibilityTimeout: visibility(kind),
      retentionPeriod: retention,
      receiveMessageWaitTime: Duration.seconds(20),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      deadLetterQueue: { queue: this.deadLetter(kind), maxReceiveCount: maxReceives },
    });
  }
}

/** Six times what the function may take, as Lambda asks for: a throttled batch must not come back while it waits. */
function visibility(kind: QueueKind): Duration {
  const taker = Object.values(functions).find((line) => 'takes' in line && line.takes.queue === kind);
  return taker === undefined ? taskVisibility : Duration.seconds(6 * taker.timeout);
}

function pascal(name: string): string {
  return name.replace(/(^|[^a-z0-9])([a-z0-9])/g, (_all, _gap, letter: string) => letter.toUpperCase());
}
