import { Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { metrics, wakeQueue } from '../schema/deployment.ts';
import type { Database } from './database.ts';
import type { Messaging } from './messaging.ts';

export interface Watched {
  readonly messaging: Messaging;
  readonly database: Database;
  readonly api: RestApi;
}

/** The metrics that alarms and the dashboard look at. */
export type WatchedMetrics = ReturnType<typeof watchedMetrics>;

/** See {@link WatchedMetrics}. */
export function watchedMetrics({ messaging, database, api }: Watched) {
  const ours = (metricName: string, statistic: string, period: Duration) =>
    new Metric({ namespace: metrics.namespace, metricName, statistic, period });
  const fiveMinutes = Duration.minutes(5);
  const hour = Duration.hours(1);
  return {
    feedAge: ours(metrics.feedAgeHours, 'Maximum', Duration.days(1)),
    imagesFailed: ours(metrics.imagesFailed, 'Sum', hour),
    imagesAnalyzed: ours(metrics.imagesAnalyzed, 'Sum', hour),
    reconcileFailures: ours(metrics.reconcileFailures, 'Sum', Duration.days(1)),
    databaseWake: ours(metrics.databaseWakeSeconds, 'Maximum', fiveMinutes),
    databaseCapacity: database.cluster.metricServerlessDatabaseCapacity({ statistic: 'Minimum', period: hour }),
    apiErrors: api.metricServerError({ statistic: 'Sum', period: fiveMinutes }),
    apiRequests: api.metricCount({ statistic: 'Sum', period: fiveMinutes }),
    apiLatency: api.metricLatency({ statistic: 'p99', period: fiveMinutes }),
    waiting: [...messaging.queues].map(([kind, queue]) =>
      queue.metricApproximateNumberOfMessagesVisible({ label: kind, statistic: 'Maximum', period: fiveMinutes }),
    ),
    // A wake that waits shows in what it would start: images that wait, feeds that grow old.
    oldestMessages: [...messaging.queues]
      .filter(([kind]) => kind !== wakeQueue)
      .map(
        ([kind, queue]) =>
          [kind, queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period: fiveMinutes })] as const,
      ),
    deadLetters: [...messaging.deadLetters].map(
      ([of, queue]) =>
        [of, queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: fiveMinutes })] as const,
    ),
  };
}
