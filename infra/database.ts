import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  Credentials,
  DatabaseCluster,
  DatabaseClusterEngine,
} from 'aws-cdk-lib/aws-rds';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Network } from './network.ts';
import type { Settings } from './settings.ts';

/**
 * Aurora PostgreSQL Serverless v2 that pauses when nobody asks. There is no way to it over the network: SQL goes through the
 * Data API, as a role with rights on rows only; its owner is known to the migrator alone.
 */
export class Database extends Construct {
  readonly cluster: DatabaseCluster;
  readonly databaseName = 'plimsoll';
  /** Of the owner, made and rotated by RDS. */
  readonly ownerSecret: ISecret;
  /** Of the role that everything else is; the migrator gives the role this password. */
  readonly secret: Secret;
  /** The first password of user admin. */
  readonly adminSecret: Secret;

  constructor(scope: Construct, id: string, props: { settings: Settings; network: Network; stagedFeeds: IBucket }) {
    super(scope, id);
    const { settings, network, stagedFeeds } = props;
    const { major, minAcu, maxAcu, pauseMinutes, backupDays, deletionProtection } = settings.database;
    this.cluster = new DatabaseCluster(this, 'Cluster', {
      engine: DatabaseClusterEngine.auroraPostgres({ version: newestMinor(major) }),
      defaultDatabaseName: this.databaseName,
      credentials: Credentials.fromUsername('plimsoll_owner'),
      manageMasterUserPassword: true,
      enableDataApi: true,
      writer: ClusterInstance.serverlessV2('Writer', { autoMinorVersionUpgrade: true }),
      serverlessV2MinCapacity: minAcu,
      serverlessV2MaxCapacity: maxAcu,
      ...(minAcu === 0 ? { serverlessV2AutoPauseDuration: Duration.minutes(pauseMinutes) } : {}),
      vpc: network.vpc,
      vpcSubnets: network.databaseSubnets,
      securityGroups: [toS3Only(this, network)],
      storageEncrypted: true,
      copyTagsToSnapshot: true,
      deletionProtection,
      removalPolicy: RemovalPolicy.SNAPSHOT,
      backup: { retention: Duration.days(backupDays) },
      s3ImportRole: importRole(this, stagedFeeds),
    });
    this.ownerSecret = this.cluster.secret!;
    this.secret = new Secret(this, 'AppSecret', {
      description: 'The database role that Plimsoll works as',
      generateSecretString: password({ username: 'plimsoll_app' }),
    });
    this.adminSecret = new Secret(this, 'AdminPassword', {
      description: 'The first password of Plimsoll user admin',
      generateSecretString: password({ username: 'admin' }),
    });
  }
}

/** The newest minor version that this CDK knows: Aurora stops making clusters of old ones. */
export function newestMinor(major: string): AuroraPostgresEngineVersion {
  const minors = Object.entries(AuroraPostgresEngineVersion)
    .map(([name, version]) => ({ minor: Number(new RegExp(`^VER_${major}_(\\d+)$`).exec(name)?.[1]), version }))
    .filter(({ minor }) => !Number.isNaN(minor))
    .sort((a, b) => b.minor - a.minor);
  if (minors[0] === undefined) throw new Error(`This aws-cdk-lib knows no Aurora PostgreSQL ${major}`);
  return minors[0].version as AuroraPostgresEngineVersion;
}

/** Nothing comes in. Out goes only what imports from S3: the subnets lead nowhere else than to its gateway endpoint. */
function toS3Only(scope: Construct, { vpc }: Network): SecurityGroup {
  const group = new SecurityGroup(scope, 'Network', {
    vpc,
    description: 'Plimsoll database: nothing in, S3 through its endpoint out',
    allowAllOutbound: false,
  });
  group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'S3 through its gateway endpoint');
  return group;
}

/** aws_s3.table_import_from_s3 reads with this role: staged feed files and nothing else. */
function importRole(scope: Construct, bucket: IBucket): Role {
  return new Role(scope, 'ImportRole', {
    assumedBy: new ServicePrincipal('rds.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
    inlinePolicies: {
      Import: new PolicyDocument({
        statements: [
          new PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects('*')] }),
          new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }),
        ],
      }),
    },
  });
}

function password(template: Readonly<Record<string, string>>) {
  return {
    secretStringTemplate: JSON.stringify(template),
    generateStringKey: 'password',
    passwordLength: 40,
    excludePunctuation: true,
  };
}
