import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newestMinor } from '../../infra/database.ts';
import { elsewhere } from './elsewhere.ts';
import { resource, synthesised } from './synthesised.ts';

const cluster = resource(synthesised(), 'AWS::RDS::DBCluster');

test('the database is encrypted, guarded against deletion, backed up, and leaves a snapshot', () => {
  assert.equal(cluster.Properties['StorageEncrypted'], true);
  assert.equal(cluster.Properties['DeletionProtection'], true);
  assert.equal(cluster.Properties['BackupRetentionPeriod'], 14);
  assert.equal(cluster.DeletionPolicy, 'Snapshot');
});

test('the database pauses when nobody asks, unless the settings keep it awake', () => {
  assert.deepEqual(cluster.Properties['ServerlessV2ScalingConfiguration'], {
    MinCapacity: 0,
    MaxCapacity: 8,
    SecondsUntilAutoPause: 300,
  });
  const awake = resource(synthesised(elsewhere), 'AWS::RDS::DBCluster');
  assert.deepEqual(awake.Properties['ServerlessV2ScalingConfiguration'], { MinCapacity: 0.5, MaxCapacity: 8 });
});

test('SQL goes through the Data API, and the password of the owner is made by RDS', () => {
  assert.equal(cluster.Properties['EnableHttpEndpoint'], true);
  assert.equal(cluster.Properties['ManageMasterUserPassword'], true);
  assert.equal(cluster.Properties['MasterUserPassword'], undefined);
});

test('the version is the newest of the major that is asked for', () => {
  const older = resource(synthesised(elsewhere), 'AWS::RDS::DBCluster');
  assert.match(cluster.Properties['EngineVersion'], /^18\.\d+$/);
  assert.match(older.Properties['EngineVersion'], /^17\.\d+$/);
  assert.equal(newestMinor('17').auroraPostgresFullVersion, older.Properties['EngineVersion']);
  assert.throws(() => newestMinor('99'), /knows no Aurora PostgreSQL 99/);
});

test('Aurora imports staged feeds from S3 with a role that reads nothing else', () => {
  const [association] = cluster.Properties['AssociatedRoles'];
  assert.equal(association.FeatureName, 's3Import');
  const role = resource(synthesised(), 'AWS::IAM::Role', 'DatabaseImport');
  assert.deepEqual(
    role.Properties['Policies'][0].PolicyDocument.Statement.map((one: { Action: string }) => one.Action),
    ['s3:GetObject', 's3:ListBucket'],
  );
});
