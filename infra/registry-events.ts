import { Duration } from 'aws-cdk-lib';
import { EventBus, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { AccountPrincipal, type IPrincipal, OrganizationPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { BundledFunction } from './bundled-function.ts';
import type { Settings } from './settings.ts';

export interface RegistryEventsProps {
  readonly settings: Settings;
  readonly handler: BundledFunction;
  readonly deadLetters: IQueue;
}

/**
 * ECR says on the account's own bus what was pushed and deleted, at best effort. Other accounts, when the settings name any,
 * send theirs to a bus of ours by a rule of their own.
 */
export class RegistryEvents extends Construct {
  /** Null when no other account sends. */
  readonly bus: EventBus | null;

  constructor(scope: Construct, id: string, { settings, handler, deadLetters }: RegistryEventsProps) {
    super(scope, id);
    const target = new LambdaFunction(handler.lambda, {
      deadLetterQueue: deadLetters,
      retryAttempts: 185,
      maxEventAge: Duration.hours(24),
    });
    const rule = (name: string, eventBus?: IEventBus) =>
      new Rule(this, name, {
        description: 'Images pushed to and deleted from ECR',
        ...(eventBus === undefined ? {} : { eventBus }),
        eventPattern: {
          source: ['aws.ecr'],
          detailType: ['ECR Image Action'],
          detail: { result: ['SUCCESS'], 'action-type': ['PUSH', 'DELETE'] },
        },
        targets: [target],
      });
    rule('Images');
    const senders = sendersOf(settings);
    this.bus = senders.length === 0 ? null : new EventBus(this, 'Bus', { description: 'ECR events of other accounts' });
    if (this.bus === null) return;
    for (const [sid, principal] of senders) {
      this.bus.addToResourcePolicy(
        new PolicyStatement({
          sid,
          principals: [principal],
          actions: ['events:PutEvents'],
          resources: [this.bus.eventBusArn],
          conditions: { StringEquals: { 'events:source': 'aws.ecr' } },
        }),
      );
    }
    rule('ForeignImages', this.bus as IEventBus);
  }
}

function sendersOf({ registry }: Settings): readonly (readonly [string, IPrincipal])[] {
  const accounts = registry.sourceAccounts.map((one) => [`Account${one}`, new AccountPrincipal(one)] as const);
  if (registry.organization === '') return accounts;
  return [...accounts, ['Organization', new OrganizationPrincipal(registry.organization)]];
}
