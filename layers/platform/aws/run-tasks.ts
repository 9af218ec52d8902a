import { createHash } from 'node:crypto';
import {
  type CapacityProviderStrategyItem,
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
} from '@aws-sdk/client-ecs';
import { Fault } from '#core/fault.ts';
import type { Log } from '#core/log.ts';
import type { Clock } from '../clock.ts';
import { awsFault } from './aws-fault.ts';

/** Where and how tasks run. */
export interface TaskPlace {
  /** ARN of the cluster. */
  readonly cluster: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly publicIp: boolean;
  /** `spot`: FARGATE_SPOT first, FARGATE when there is none; `on-demand`: FARGATE only. */
  readonly capacity: 'spot' | 'on-demand';
}

/** What is to run. */
export interface TaskKind {
  /** ARN of the task definition. */
  readonly definition: string;
  /** By what running tasks are found again: at most 128 of `A-Za-z0-9_/-`. */
  readonly startedBy: string;
  /** Words for the container of this name instead of its own command. */
  readonly command?: { readonly container: string; readonly words: readonly string[] };
}

/** Fargate tasks of one cluster. Throws `auth/*`, `state/not-found`, `network/unreachable` and what else the API says. */
export interface Tasks {
  /** ARNs of the tasks of this kind that run or are on their way to. */
  running(kind: TaskKind): Promise<readonly string[]>;
  /**
   * Starts tasks. Whoever asks for the same again within a minute, having seen the same tasks `running`, starts no more. `started` may be
   * less than was asked for; `refused` says then what AWS said.
   */
  start(
    kind: TaskKind,
    count: number,
    running: readonly string[],
  ): Promise<{ readonly started: number; readonly refused: string | null }>;
}

export interface TasksOptions {
  readonly client: ECSClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly place: TaskPlace;
}

type Provider = 'FARGATE_SPOT' | 'FARGATE';

/** Tasks of one call of RunTask, at most. */
const largestCall = 10;

/** Milliseconds for which Spot is left alone after it could not start a task. */
const spotRest = 15 * 60_000;

/** Milliseconds in which the same request is one request. */
const sameRequest = 60_000;

export function ecsTasks(options: TasksOptions): Tasks {
  const { log, place } = options;
  return {
    running: (kind) => list(options, { startedBy: kind.startedBy }),
    async start(kind, count, running) {
      const spot = place.capacity === 'spot' && !(await spotIsOut(options, kind));
      const first = await startOn(options, kind, spot ? 'FARGATE_SPOT' : 'FARGATE', count, running);
      if (!spot || first.refused === null || !isCapacity(first.refused)) return first;
      log.info('no Spot capacity, starting on demand', { kind: kind.startedBy, refused: first.refused });
      const rest = await startOn(options, kind, 'FARGATE', count - first.started, running);
      return { started: first.started + rest.started, refused: rest.refused };
    },
  };
}

async function list(
  { client, place }: TasksOptions,
  filter: { readonly startedBy: string } | { readonly family: string; readonly desiredStatus: 'STOPPED' },
): Promise<readonly string[]> {
  const found: string[] = [];
  for (let page: string | undefined, first = true; first || page !== undefined; first = false) {
    const request = { cluster: place.cluster, ...filter, ...(page === undefined ? {} : { nextToken: page }) };
    const answer = await attempt('listing tasks', () => client.send(new ListTasksCommand(request)));
    found.push(...(answer.taskArns ?? []));
    page = answer.nextToken;
  }
  return found;
}

/**
 * Whether Spot took a task lately and then had no place for it: RunTask says nothing of that, and would be told yes again. Without the
 * right to ask (ecs:DescribeTasks) the answer is no.
 */
async function spotIsOut(options: TasksOptions, kind: TaskKind): Promise<boolean> {
  const { client, clock, log, place } = options;
  try {
    const stopped = await list(options, { family: familyOf(kind.definition), desiredStatus: 'STOPPED' });
    for (let at = 0; at < stopped.length; at += 100) {
      const request = { cluster: place.cluster, tasks: stopped.slice(at, at + 100) };
      const { tasks = [] } = await attempt('looking at stopped tasks', () =>
        client.send(new DescribeTasksCommand(request)),
      );
      const out = tasks.some(
        (task) =>
          task.capacityProviderName === 'FARGATE_SPOT' &&
          task.stopCode === 'TaskFailedToStart' &&
          isCapacity(task.stoppedReason ?? '') &&
          (task.stoppedAt?.getTime() ?? 0) > clock.now() - spotRest,
      );
      if (out) return true;
    }
    return false;
  } catch (thrown) {
    log.error('stopped tasks not looked at, Spot is tried', { message: Fault.from(thrown).message });
    return false;
  }
}

async function startOn(
  options: TasksOptions,
  kind: TaskKind,
  provider: Provider,
  count: number,
  running: readonly string[],
): Promise<{ readonly started: number; readonly refused: string | null }> {
  const seen = [...running].sort().join(' ');
  const minute = Math.floor(options.clock.now() / sameRequest);
  let started = 0;
  // Slots are numbered from 0 by everybody, so that two who want different numbers share those that both want.
  for (const [from, size] of slots(count)) {
    const token = createHash('sha256')
      .update(JSON.stringify([kind.definition, kind.startedBy, provider, minute, seen, from, size]))
      .digest('hex');
    const { tasks, refused } = await runTask(options, requestOf(options.place, kind, provider, size, token));
    started += tasks;
    if (refused !== null) return { started, refused };
  }
  return { started, refused: null };
}

/** Tens as long as they last, then ones. */
function* slots(count: number): Generator<readonly [from: number, size: number]> {
  for (let from = 0; from < count; ) {
    const size = count - from >= largestCall ? largestCall : 1;
    yield [from, size];
    from += size;
  }
}

async function runTask(
  { client }: TasksOptions,
  request: RunTaskCommandInput,
): Promise<{ readonly tasks: number; readonly refused: string | null }> {
  try {
    const { tasks = [], failures = [] } = await client.send(new RunTaskCommand(request));
    const reasons = failures.map(({ reason, detail }) => [reason, detail].filter(Boolean).join(': '));
    const missing = tasks.length < (request.count ?? 1);
    return { tasks: tasks.length, refused: missing ? reasons.join('; ') || 'no reason was given' : null };
  } catch (thrown) {
    const fault = awsFault(thrown, `Starting ${request.count} tasks of ${request.startedBy}`);
    // Some refusals for want of capacity, or because of a quota of vCPUs, are errors of the call.
    const { message } = thrown as Error;
    if (isCapacity(message) || /limit on the number of vCPUs/i.test(message)) return { tasks: 0, refused: message };
    throw fault;
  }
}

function requestOf(
  place: TaskPlace,
  { definition, startedBy, command }: TaskKind,
  provider: Provider,
  count: number,
  clientToken: string,
): RunTaskCommandInput {
  const strategy: CapacityProviderStrategyItem[] = [{ capacityProvider: provider, weight: 1 }];
  return {
    cluster: place.cluster,
    taskDefinition: definition,
    count,
    capacityProviderStrategy: strategy,
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [...place.subnets],
        securityGroups: [...place.securityGroups],
        assignPublicIp: place.publicIp ? 'ENABLED' : 'DISABLED',
      },
    },
    ...(command === undefined
      ? {}
      : { overrides: { containerOverrides: [{ name: command.container, command: [...command.words] }] } }),
    startedBy,
    propagateTags: 'TASK_DEFINITION',
    clientToken,
  };
}

async function attempt<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw awsFault(thrown, `ECS: ${doing}`);
  }
}

/** In all of AWS's ways to say it the word is the same: "Capacity is unavailable at this time", "insufficient capacity". */
function isCapacity(reason: string): boolean {
  return /capacity/i.test(reason);
}

/** `arn:aws:ecs:REGION:ACCOUNT:task-definition/FAMILY:REVISION`. */
function familyOf(definition: string): string {
  return /(?:^|\/)([^/:]+)(?::\d+)?$/.exec(definition)?.[1] ?? definition;
}
