import type { AwsSettings } from '#platform/aws/aws-settings.ts';
import type { WatchSettings } from './run-watches.ts';

/** How a deployment on AWS watches: ECR of its own account, and of those that send it their events, tells of pushes by itself. */
export function watchSettings(settings: Pick<AwsSettings, 'region' | 'optional'>): WatchSettings {
  const minutes = Number(settings.optional('watchMinutes') ?? 0);
  return {
    everyMs: minutes > 0 ? minutes * 60_000 : null,
    // Not every process knows its region, and only watches ask.
    get telling() {
      const { region } = settings;
      const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
      const accounts = [settings.optional('awsAccount'), ...(settings.optional('sourceAccounts') ?? '').split(',')];
      return accounts.filter(Boolean).map((account) => `${account}.dkr.ecr.${region}.${suffix}`);
    },
  };
}
