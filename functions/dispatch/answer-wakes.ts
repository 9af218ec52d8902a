import { Fault } from '#core/fault.ts';
import type { BatchAnswer, LambdaRecord } from '#platform/aws/lambda-batch.ts';
import { type WakeWorld, wakeTasks } from '#platform/aws/wake-tasks.ts';
import type { Wake } from '#schema/deployment.ts';

export type WakeEvent = { readonly Records: readonly LambdaRecord[] } | Wake;

/**
 * Answers each distinct wake once. Messages whose wake could not be answered, or that are none, are named in the result and
 * come again; a wake that is the event itself throws instead.
 */
export async function answerWakes(world: WakeWorld, event: WakeEvent): Promise<BatchAnswer> {
  if (!('Records' in event)) {
    await wakeTasks(world, check(event));
    return { batchItemFailures: [] };
  }
  const answers = new Map<string, Promise<unknown>>();
  const failed: string[] = [];
  for (const { messageId, body } of event.Records) {
    try {
      const wake = parse(body);
      const key = JSON.stringify(wake);
      const answer = answers.get(key) ?? wakeTasks(world, wake).catch((thrown: unknown) => thrown ?? true);
      answers.set(key, answer);
      const thrown = await answer;
      if (thrown !== undefined) throw thrown;
    } catch (thrown) {
      const { code, message } = Fault.from(thrown);
      world.log.error('wake not answered', { id: messageId, code, message });
      failed.push(messageId);
    }
  }
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

function parse(body: string): Wake {
  try {
    return check(JSON.parse(body));
  } catch (cause) {
    throw cause instanceof Fault ? cause : new Fault('input/invalid', 'the message is not JSON', { cause });
  }
}

function check(value: unknown): Wake {
  const { task, group } = (value ?? {}) as { readonly task?: unknown; readonly group?: unknown };
  if (task === 'analyzer') return { task };
  if (task === 'feeds' && typeof group === 'string' && /^[\w.:-]+( [\w.:-]+)*$/.test(group) && group.length <= 100)
    return { task, group };
  throw new Fault('input/invalid', 'the message is no wake of schema/deployment.ts');
}
