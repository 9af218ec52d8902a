import { ECSClient } from '@aws-sdk/client-ecs';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Fault } from '#core/fault.ts';
import type { Log } from '#core/log.ts';
import { environment, queueName } from '#schema/deployment.ts';
import { systemClock } from '../local/system-clock.ts';
import { awsSettings } from './aws-settings.ts';
import { ecsTasks } from './run-tasks.ts';
import { sqsQueues } from './sqs-queue.ts';
import type { WakeWorld } from './wake-tasks.ts';
import { traceCalls } from './xray-subsegments.ts';

/**
 * What dispatch has of AWS, by the variables that infra sets: queues to count and tasks to start; no database, no blobs. Throws
 * `state/not-found` with the name of a variable that is missing, `input/invalid` for one that is wrong.
 */
export function openDispatchPlatform(log: Log): WakeWorld {
  const { region, required, optional } = awsSettings();
  const listed = (name: keyof typeof environment) => required(name).split(',').filter(Boolean);
  const clock = systemClock;
  const prefix = required('queueUrlPrefix');
  const place = {
    cluster: required('taskCluster'),
    subnets: listed('taskSubnets'),
    securityGroups: listed('taskSecurityGroups'),
    publicIp: required('taskPublicIp') === 'ENABLED',
    capacity: optional('taskCapacity') === 'on-demand' ? 'on-demand' : 'spot',
  } as const;
  const taskLimit = Number(required('taskLimit'));
  if (!Number.isInteger(taskLimit) || taskLimit < 1)
    throw new Fault('input/invalid', `${environment.taskLimit} is no number of tasks; deploy the stack again`);
  const kinds = { analyzer: required('analyzerTask'), feeds: required('feedsTask') };
  const sqs = traceCalls(new SQSClient({ region }));
  const urls = (name: string) => prefix + queueName(name);
  return {
    // It may not ask for dead letters, and need not.
    queues: sqsQueues({ client: sqs, clock, urls, dead: () => null }),
    clock,
    log,
    tasks: ecsTasks({ client: traceCalls(new ECSClient({ region })), clock, log, place }),
    kinds,
    taskLimit,
  };
}
