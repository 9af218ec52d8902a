import { metrics } from '#schema/deployment.ts';

export type MetricName = Exclude<keyof typeof metrics, 'namespace'>;

/** Counts something: a number of {@link metrics}, at once and for good. */
export type Count = (name: MetricName, value: number) => void;

/**
 * Metrics as lines of the log that CloudWatch makes metrics of, without a call (embedded metric format,
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html). They have no
 * dimensions, so that an alarm sees all functions as one; `write` must not go through console, which Lambda wraps into a record of its own.
 */
export function embeddedMetrics(write: (line: string) => void, now: () => number): Count {
  return (name, value) => {
    const { namespace, [name]: metric } = metrics;
    const unit = metric.endsWith('Seconds') ? 'Seconds' : metric.startsWith('Images') ? 'Count' : 'None';
    const definition = { Namespace: namespace, Dimensions: [[]], Metrics: [{ Name: metric, Unit: unit }] };
    write(`${JSON.stringify({ _aws: { Timestamp: now(), CloudWatchMetrics: [definition] }, [metric]: value })}\n`);
  };
}
