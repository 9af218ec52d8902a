import { Dashboard, GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { WatchedMetrics } from './watched-metrics.ts';

/** One dashboard: what flows, what waits, what failed, what it costs to keep awake. */
export class Overview extends Construct {
  constructor(scope: Construct, id: string, watched: WatchedMetrics) {
    super(scope, id);
    const graph = (title: string, ...left: IMetric[]) => new GraphWidget({ title, left, width: 8 });
    new Dashboard(this, 'Dashboard', {
      widgets: [
        [
          graph('Images analysed and failed, an hour', watched.imagesAnalyzed, watched.imagesFailed),
          graph('Messages that wait', ...watched.waiting),
          graph('Dead letters', ...watched.deadLetters.map(([, metric]) => metric)),
        ],
        [
          graph('Requests and 5xx', watched.apiRequests, watched.apiErrors),
          graph('Latency p99, ms', watched.apiLatency),
          graph('Age of feeds, hours', watched.feedAge),
        ],
        [
          graph('Capacity of the database, ACU', watched.databaseCapacity),
          graph('Waiting for the database to wake, s', watched.databaseWake),
          graph('Oldest message, s', ...watched.oldestMessages.map(([, metric]) => metric)),
        ],
      ],
    });
  }
}
