import { Stack } from 'aws-cdk-lib';
import type { Estate } from './estate.ts';
import type { Need, QueueKind } from './functions.ts';
import type { Settings } from './settings.ts';
import type { Workload } from './workload.ts';

/** Gives a function or task what its line says, and the settings that it reads. */
export function grantNeeds(
  workload: Workload,
  { sends, needs }: { readonly sends: readonly QueueKind[]; readonly needs: readonly Need[] },
  estate: Estate,
): void {
  const { settings, messaging } = estate;
  workload.setVariable('queueUrlPrefix', messaging.queueUrlPrefix);
  workload.setVariable('account', settings.registry.account);
  workload.setVariable('awsAccount', Stack.of(workload).account);
  if (settings.registry.sourceAccounts.length > 0)
    workload.setVariable('sourceAccounts', settings.registry.sourceAccounts.join(','));
  if (settings.feeds.mirror !== '') workload.setVariable('feedsMirror', settings.feeds.mirror);
  if (settings.feeds.accepted.length > 0) workload.setVariable('acceptedFeeds', settings.feeds.accepted.join(','));
  if (settings.limits !== null) workload.setVariable('limits', settings.limits);
  for (const kind of sends) workload.canSend(messaging.queue(kind));
  for (const need of needs) grants[need](workload, estate);
}

const grants: Readonly<Record<Need, (workload: Workload, estate: Estate) => void>> = {
  sql: (workload, { database }) => workload.canUseSql(database),
  'read-blobs': (workload, { storage }) => workload.canReadBlobs(storage.blobs),
  'write-blobs': (workload, { storage }) => workload.canWriteBlobs(storage.blobs),
  'delete-blobs': (workload, { storage }) => workload.canDeleteBlobs(storage.blobs),
  'stage-feeds': (workload, { storage }) => workload.canStage(storage.stagedFeeds),
  'read-secrets': (workload) => workload.canReadSecrets(),
  'keep-secrets': (workload) => workload.canKeepSecrets(),
  'remove-secrets': (workload) => workload.canRemoveSecrets(),
  'pull-images': (workload, { settings }) => {
    workload.canPullImages(repositories(workload, settings), settings.registry.assumeRoles);
    if (settings.registry.platforms !== '') workload.setVariable('platforms', settings.registry.platforms);
  },
  'list-tags': (workload, { settings }) => workload.canListTags(repositories(workload, settings)),
  'list-images': (workload, { settings }) => {
    const { repositories, assumeRoles } = settings.registry;
    workload.canListImages(repositories.length > 0 ? repositories : [workload.ownRepositories()], assumeRoles);
    if (repositories.length > 0) workload.setVariable('repositories', repositories.join(','));
  },
  'publish-notices': (workload, { messaging }) => workload.canPublish(messaging.notices),
  'send-notices': (workload, { messaging, settings: { notices } }) => {
    workload.canSendNotices([messaging.notices.topicArn, ...notices.topics]);
    workload.setVariable('noticeHours', String(notices.hours));
    if (notices.allowPrivate) workload.setVariable('allowPrivateChannels', 'true');
  },
  'import-findings': (workload, { settings }) => {
    if (settings.securityHub) workload.canImportFindings();
  },
};

/** Those of the setting, or all of this account and region and of the accounts that send their events. */
function repositories(workload: Workload, { registry }: Settings): readonly string[] {
  if (registry.repositories.length > 0) return registry.repositories;
  const { partition, region } = Stack.of(workload);
  return [
    workload.ownRepositories(),
    ...registry.sourceAccounts.map((one) => `arn:${partition}:ecr:${region}:${one}:repository/*`),
  ];
}
