import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resources, synthesised } from './synthesised.ts';

/** What would lose data, messages or credentials if CloudFormation replaced it. A line is never changed, only added. */
const stateful: Readonly<Record<string, readonly string[]>> = {
  'AWS::S3::Bucket': ['StorageAccessLogs96FB524C', 'StorageBlobs31FE9BCB', 'StorageStagedFeedsF725ED89'],
  'AWS::RDS::DBCluster': ['DatabaseCluster5B53A178'],
  'AWS::RDS::DBInstance': ['DatabaseClusterWriterD43085C6'],
  'AWS::RDS::DBSubnetGroup': ['DatabaseClusterSubnets5540150D'],
  'AWS::SecretsManager::Secret': ['DatabaseAdminPasswordB7AA9A04', 'DatabaseAppSecret2E50FD00'],
  'AWS::EC2::VPC': ['NetworkVpc7FB7348F'],
  'AWS::SNS::Topic': ['AlarmsTopic3A2DFEBA', 'MessagingNoticesBA5A3731'],
  'AWS::SQS::Queue': [
    'MessagingCatalogArchiveRulesDead41ACD1F4',
    'MessagingCatalogEcrEventDead761CEF48',
    'MessagingCatalogReconcileDead78F0A0C8',
    'MessagingDispatch2A4B1A91',
    'MessagingDispatchDead6465FBA1',
    'MessagingFeedsScheduleDead854C9858',
    'MessagingImageAnalyzed7E5BF503',
    'MessagingImageAnalyzedDeadCDB661A6',
    'MessagingImageMatched93CE385C',
    'MessagingImageMatchedDeadB0367469',
    'MessagingImagePushed8BBDAA88',
    'MessagingImagePushedDead96F74E12',
    'MessagingImageQueuedDF402CC2',
    'MessagingImageQueuedDeadD7417631',
    'MessagingImageRemovedD70B0D6C',
    'MessagingImageRemovedDead72B4BF8E',
    'MessagingNoticeRaised39FAC0D9',
    'MessagingNoticeRaisedDeadBFBE815D',
    'MessagingWatchDue9BEC4138',
    'MessagingWatchDueDeadDE1BCA6E',
  ],
  'AWS::ECR::Repository': ['AnalyzersImages38BB18ED'],
  'AWS::ApiGateway::RestApi': ['ApiRest4DEC74FE'],
};

test('what is stateful keeps its logical id through upgrades', () => {
  for (const [type, ids] of Object.entries(stateful))
    assert.deepEqual(
      resources(synthesised(), type)
        .map(([id]) => id)
        .sort(),
      [...ids].sort(),
      type,
    );
});
