import type { SNSClientConfig } from '@aws-sdk/client-sns';
import type { Topic } from '../topic.ts';
import { late, lateTopic } from './late-ports.ts';
import { type AwsClient, traceCalls } from './xray-subsegments.ts';

/** The topic of an ARN, in the region that it names, as whoever `own` says that this process is; nothing is asked before it is used. */
export function openTopic(arn: string, own: () => SNSClientConfig): Topic {
  return lateTopic(
    late(async () => {
      const [{ SNSClient }, { snsTopic }] = await Promise.all([
        import('@aws-sdk/client-sns'),
        import('./sns-topic.ts'),
      ]);
      const region = arn.split(':')[3];
      const client = new SNSClient({ ...own(), ...(region === undefined ? {} : { region }) });
      return snsTopic({ client: traceCalls<AwsClient & typeof client>(client), arn });
    }),
  );
}
