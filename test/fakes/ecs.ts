import { randomBytes } from 'node:crypto';
import type { Clock } from '#platform/clock.ts';
import {
  AwsError,
  type AwsJsonServer,
  awsJsonServer,
  type JsonObject,
  numberIn,
  optionalText,
  requiredText,
} from './aws-json.ts';

/** A task of the fake, as DescribeTasks shows it and with what it was started by. */
export interface FakeTask {
  readonly taskArn: string;
  readonly family: string;
  readonly startedBy: string | undefined;
  readonly capacityProviderName: string;
  readonly request: JsonObject;
  lastStatus: 'PROVISIONING' | 'RUNNING' | 'STOPPED';
  stopCode?: string;
  stoppedReason?: string;
  stoppedAt?: number;
}

export interface FakeEcs extends AwsJsonServer {
  readonly tasks: readonly FakeTask[];
  /** The tasks that did not stop. */
  running(): readonly FakeTask[];
  stop(task: FakeTask, stopCode: string, stoppedReason: string): void;
  /** How many tasks a provider has place for; all when it is not said. What is over is refused by RunTask. */
  readonly room: Map<string, number>;
  /** New tasks are not listed yet as long as this is true: ECS is consistent in the end. */
  late: boolean;
}

const capacity = 'Capacity is unavailable at this time. Please try again later or in a different availability zone';

/** Hours that a stopped task is shown. */
const shownMs = 3_600_000;

/** Amazon ECS with one Fargate cluster on loopback: RunTask, ListTasks, DescribeTasks, with their limits and client tokens. */
export async function fakeEcs(clock: Clock, cluster: string, families: readonly string[]): Promise<FakeEcs> {
  const tasks: FakeTask[] = [];
  const room = new Map<string, number>();
  const tokens = new Map<string, { readonly request: string; readonly answer: JsonObject }>();
  const state = { late: false, hidden: new Set<FakeTask>() };
  const server = await awsJsonServer({
    target: 'AmazonEC2ContainerServiceV20141113',
    version: '1.1',
    operations: {
      RunTask(input) {
        const token = optionalText(input, 'clientToken');
        if (token !== undefined && !/^[!-~]{1,64}$/.test(token)) throw invalid('clientToken can have 64 characters.');
        const known = tokens.get(token ?? '');
        if (known !== undefined) {
          if (known.request === JSON.stringify(input)) return known.answer;
          throw new AwsError(
            'ConflictException',
            'The clientToken is already in use with a different RunTask request.',
          );
        }
        const answer = run(input);
        if (token !== undefined) tokens.set(token, { request: JSON.stringify(input), answer });
        return answer;
      },
      ListTasks(input) {
        inCluster(input);
        const [startedBy, family] = [optionalText(input, 'startedBy'), optionalText(input, 'family')];
        const asked = optionalText(input, 'desiredStatus');
        if (startedBy !== undefined && (family !== undefined || asked !== undefined))
          throw invalid('When you specify startedBy as the filter, it must be the only filter that you use.');
        const stopped = asked === 'STOPPED';
        const found = tasks.filter(
          (task) =>
            (task.lastStatus === 'STOPPED') === stopped &&
            (startedBy === undefined || task.startedBy === startedBy) &&
            (family === undefined || task.family === family) &&
            !state.hidden.has(task) &&
            (!stopped || task.stoppedAt! > clock.now() - shownMs),
        );
        const max = numberIn(input, 'maxResults', { from: 1, to: 100, otherwise: 100 }, 'InvalidParameterException');
        const from = Number(optionalText(input, 'nextToken') ?? 0);
        const to = from + max;
        return {
          taskArns: found.slice(from, to).map(({ taskArn }) => taskArn),
          ...(to < found.length ? { nextToken: String(to) } : {}),
        };
      },
      DescribeTasks(input) {
        inCluster(input);
        const arns = (input['tasks'] ?? []) as readonly string[];
        if (arns.length === 0 || arns.length > 100) throw invalid('Tasks can be 1 to 100.');
        const found = tasks.filter(({ taskArn }) => arns.includes(taskArn));
        return {
          tasks: found.map(({ request: _, stoppedAt, ...task }) => ({
            ...task,
            ...(stoppedAt === undefined ? {} : { stoppedAt: stoppedAt / 1000 }),
          })),
          failures: arns
            .filter((arn) => !found.some(({ taskArn }) => taskArn === arn))
            .map((arn) => ({ arn, reason: 'MISSING' })),
        };
      },
    },
  });
  return {
    ...server,
    tasks,
    room,
    get late() {
      return state.late;
    },
    set late(late) {
      state.late = late;
      if (!late) state.hidden.clear();
    },
    running: () => tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED'),
    stop: (task, stopCode, stoppedReason) =>
      void Object.assign(task, { lastStatus: 'STOPPED', stopCode, stoppedReason, stoppedAt: clock.now() }),
  };

  function inCluster(input: JsonObject): void {
    if (requiredText(input, 'cluster') !== cluster)
      throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
  }

  function run(input: JsonObject): JsonObject {
    inCluster(input);
    const count = numberIn(input, 'count', { from: 1, to: 10, otherwise: 1 }, 'InvalidParameterException');
    const family = /task-definition\/([^:]+):\d+$/.exec(requiredText(input, 'taskDefinition'))?.[1] ?? '';
    if (!families.includes(family)) throw new AwsError('ClientException', 'TaskDefinition not found.');
    const startedBy = optionalText(input, 'startedBy');
    if (startedBy !== undefined && !/^[A-Za-z0-9_/-]{1,128}$/.test(startedBy)) throw invalid('startedBy is invalid.');
    if (input['launchType'] !== undefined && input['capacityProviderStrategy'] !== undefined)
      throw invalid('Specifying both a launch type and capacity provider strategy is not supported.');
    const [item] = (input['capacityProviderStrategy'] ?? []) as readonly { readonly capacityProvider?: string }[];
    const provider = item?.capacityProvider ?? '';
    if (provider !== 'FARGATE' && provider !== 'FARGATE_SPOT') throw invalid('The provider is not in the cluster.');
    const network = input['networkConfiguration'] as
      | {
          readonly awsvpcConfiguration?: {
            readonly subnets?: readonly string[];
            readonly securityGroups?: readonly string[];
          };
        }
      | undefined;
    const { subnets = [], securityGroups = [] } = network?.awsvpcConfiguration ?? {};
    if (subnets.length < 1 || subnets.length > 16) throw invalid('subnets can not be empty, or more than 16.');
    if (securityGroups.length > 5) throw invalid('At most 5 security groups.');
    const left = room.get(provider) ?? Number.POSITIVE_INFINITY;
    const started = Math.min(count, left);
    room.set(provider, left - started);
    const made = Array.from({ length: started }, (): FakeTask => {
      const taskArn = `${cluster.replace(':cluster/', ':task/')}/${randomBytes(16).toString('hex')}`;
      return { taskArn, family, startedBy, capacityProviderName: provider, request: input, lastStatus: 'PROVISIONING' };
    });
    tasks.push(...made);
    if (state.late) for (const task of made) state.hidden.add(task);
    return {
      tasks: made.map(({ request: _, ...task }) => task),
      failures: started < count ? [{ reason: capacity }] : [],
    };
  }
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
