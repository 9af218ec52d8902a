import { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { queueName } from '../schema/deployment.ts';
import { Overview } from './overview.ts';
import type { Settings } from './settings.ts';
import { type Watched, watchedMetrics } from './watched-metrics.ts';

export interface AlarmProps {
  /** Heading of the operator guide that says what to do, as an anchor. */
  readonly runbook: string;
  readonly says: string;
  readonly metric: Metric;
  /** Fires above this. */
  readonly above: number;
  /** Periods of the metric in a row. */
  readonly periods?: number;
  /** Silence is bad news too. */
  readonly missingIsBad?: boolean;
}

/** What people are told of, each with the section of the operator guide that says what to do, and one dashboard. */
export class Alarms extends Construct {
  readonly #topic: ITopic;
  readonly #settings: Settings;

  constructor(scope: Construct, id: string, props: Watched & { readonly settings: Settings }) {
    super(scope, id);
    this.#settings = props.settings;
    this.#topic = this.#alarmTopic();
    const watched = watchedMetrics(props);
    this.#alarm('FeedsOld', {
      runbook: 'alarm-feeds-are-old',
      says: 'No upstream has confirmed some feed group in use for two days, or feeds were not synced at all',
      metric: watched.feedAge,
      above: 48,
      missingIsBad: true,
    });
    this.#alarm('ImagesFailed', {
      runbook: 'alarm-analyses-fail',
      says: 'Five or more images could not be analysed within an hour',
      metric: watched.imagesFailed,
      above: 4,
    });
    this.#alarm('ReconcileFails', {
      runbook: 'alarm-registries-are-not-compared',
      says: 'Some registry or repository of ECR could not be compared with the catalog: pushes without an event are missed there',
      metric: watched.reconcileFailures,
      above: 0,
    });
    this.#alarm('DatabaseWake', {
      runbook: 'alarm-the-database-wakes-slowly',
      says: 'A call waited for the paused database for more than 45 seconds',
      metric: watched.databaseWake,
      above: 45,
    });
    if (props.settings.database.minAcu === 0) {
      this.#alarm('DatabaseAwake', {
        runbook: 'alarm-the-database-never-pauses',
        says: 'The database has not paused for a day: something asks it again and again, which costs',
        metric: watched.databaseCapacity,
        above: 0,
        periods: 24,
      });
    }
    this.#alarm('ApiErrors', {
      runbook: 'alarm-the-api-fails',
      says: 'Five or more requests were answered with 5xx within five minutes',
      metric: watched.apiErrors,
      above: 4,
    });
    for (const [kind, metric] of watched.oldestMessages) {
      this.#alarm(`Oldest-${queueName(kind)}`, {
        runbook: 'alarm-messages-wait',
        says: `A message has waited in ${kind} for more than 30 minutes`,
        metric,
        above: 1800,
        periods: 3,
      });
    }
    for (const [of, metric] of watched.deadLetters) {
      this.#alarm(`Dead-${queueName(of)}`, {
        runbook: 'alarm-dead-letters',
        says: `There are dead letters of ${of}`,
        metric,
        above: 0,
      });
    }
    new Overview(this, 'Overview', watched);
  }

  #alarm(id: string, { runbook, says, metric, above, periods = 1, missingIsBad = false }: AlarmProps): void {
    new Alarm(this, id, {
      alarmDescription: `${says}. What to do: ${this.#settings.alarms.guide}#${runbook}`,
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: missingIsBad ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(this.#topic));
  }

  #alarmTopic(): ITopic {
    const { topic: existing, email } = this.#settings.alarms;
    if (existing !== '') return Topic.fromTopicArn(this, 'Topic', existing);
    const topic = new Topic(this, 'Topic', { displayName: 'Plimsoll alarms', enforceSSL: true });
    // A topic with a policy of its own has lost the one that lets its account's alarms in.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    if (email !== '') topic.addSubscription(new EmailSubscription(email));
    return topic;
  }
}
