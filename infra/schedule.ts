import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { BundledFunction } from './bundled-function.ts';

export interface ScheduleProps {
  /** `rate(6 hours)` or `cron(0 3 * * ? *)`, UTC. */
  readonly every: string;
  readonly description: string;
  /** A function, called with the input, or a queue, to which the input is sent. */
  readonly target: BundledFunction | IQueue;
  readonly input: unknown;
  /** For what the scheduler could not deliver. */
  readonly deadLetters: IQueue;
}

/** A schedule of EventBridge Scheduler whose role may do just this one call. */
export class Schedule extends Construct {
  constructor(scope: Construct, id: string, { every, description, target, input, deadLetters }: ScheduleProps) {
    super(scope, id);
    const isQueue = 'queueArn' in target;
    const arn = isQueue ? target.queueArn : target.lambda.functionArn;
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    const allow = (action: string, resource: string) =>
      role.addToPolicy(new PolicyStatement({ actions: [action], resources: [resource] }));
    allow(isQueue ? 'sqs:SendMessage' : 'lambda:InvokeFunction', arn);
    allow('sqs:SendMessage', deadLetters.queueArn);
    const schedule = new CfnSchedule(this, 'Schedule', {
      description,
      scheduleExpression: every,
      // Not every deployment in the world asks the same upstream in the same minute.
      flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: 5 },
      target: {
        arn,
        roleArn: role.roleArn,
        input: JSON.stringify(input),
        retryPolicy: { maximumRetryAttempts: 10, maximumEventAgeInSeconds: 3 * 3600 },
        deadLetterConfig: { arn: deadLetters.queueArn },
      },
    });
    // A schedule that runs at once, as those with a rate do, needs its rights by then.
    schedule.node.addDependency(role);
  }
}
