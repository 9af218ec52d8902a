import { type Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A finding of cdk-nag's AwsSolutions that stands, and why. */
export interface NagReason {
  /** `AwsSolutions-XXX`, with `[...]` where the rule finds single things. */
  readonly id: string;
  /** Where it stands, as a path below the stack; everything below that too. */
  readonly at: string;
  readonly reason: string;
}

/** Every finding that stands. A test refuses findings without a line here, and lines without a finding. */
export const nagReasons: readonly NagReason[] = [
  {
    id: 'AwsSolutions-VPC7',
    at: 'Network/Vpc',
    reason:
      'Nothing in this network listens: no security group lets anybody in. Flow logs would show only what tasks pull.',
  },
  {
    id: 'AwsSolutions-RDS6',
    at: 'Database/Cluster',
    reason:
      'IAM authentication is for connections, of which there are none. The Data API asks for IAM rights on every call.',
  },
  {
    id: 'AwsSolutions-SMG4',
    at: 'Database/AppSecret',
    reason:
      'Only the Data API takes this password, from those who also have IAM rights on the cluster. Replacing the secret and deploying changes it; RDS rotates the one of the owner.',
  },
  {
    id: 'AwsSolutions-SMG4',
    at: 'Database/AdminPassword',
    reason: 'Read once, when user admin is made. A person changes the password through the API.',
  },
  {
    id: 'AwsSolutions-ECS4',
    at: 'Analyzers/Cluster',
    reason:
      'Tasks live for minutes and count what they do themselves. Container Insights costs more than small deployments do.',
  },
  {
    id: 'AwsSolutions-ECS2',
    at: 'Analyzers/Analyzer/Definition',
    reason: 'The variables are names of resources. Secrets are read at run time by the task role.',
  },
  {
    id: 'AwsSolutions-ECS2',
    at: 'Analyzers/Feeds/Definition',
    reason: 'As for the analyzer: names of resources, and secrets are read at run time by the task role.',
  },
  {
    id: 'AwsSolutions-APIG2',
    at: 'Api/Rest',
    reason:
      'The route table of the function validates every query and body by the schemas that the API description is made of.',
  },
  {
    id: 'AwsSolutions-APIG3',
    at: 'Api/Rest/DeploymentStage.v1',
    reason: 'A web ACL costs more than the rest of an idle deployment; setting plimsoll:apiWaf adds one.',
  },
  {
    id: 'AwsSolutions-APIG4',
    at: 'Api/Rest/Default',
    reason: 'Clients of the original use HTTP Basic with users of the product; each route says who may call it.',
  },
  {
    id: 'AwsSolutions-COG4',
    at: 'Api/Rest/Default',
    reason: 'As for APIG4: users are those of the product, in its own database.',
  },
  {
    id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
    at: 'Api/Rest/CloudWatchRole',
    reason:
      'API Gateway accepts only a role for all logs of the account and region; this policy is the one it documents.',
  },
];

/** A right on more than one named resource: why AWS, or the product, has no finer grain. */
export interface WildcardReason {
  /** As cdk-nag writes it: the resource with `<Logical.Attribute>` for references. */
  readonly resource: string;
  /** All actions that are granted on it anywhere. */
  readonly actions: readonly string[];
  readonly reason: string;
}

/** Every such right, in the order of how much it covers. */
export const wildcardReasons: readonly WildcardReason[] = [
  {
    resource: '*',
    actions: [
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
      'ecr:GetAuthorizationToken',
      'secretsmanager:ListSecrets',
      'ecs:ListTasks',
    ],
    reason:
      'AWS knows no resource for these actions: traces, tokens of ECR and lists of secrets belong to the account. Tasks are listed only of one cluster, by condition. What a token opens is said by the rights on repositories.',
  },
  {
    resource: 'arn:<AWS::Partition>:ecr:<AWS::Region>:<AWS::AccountId>:repository/*',
    actions: [
      'ecr:BatchGetImage',
      'ecr:GetDownloadUrlForLayer',
      'ecr:BatchCheckLayerAvailability',
      'ecr:DescribeRepositories',
      'ecr:DescribeImages',
      'ecr:ListImages',
    ],
    reason:
      'It is what the product is for: every image of the registry, read only. Setting plimsoll:repositories narrows it.',
  },
  {
    resource: 'arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:Plimsoll/*',
    actions: [
      'secretsmanager:GetSecretValue',
      'secretsmanager:CreateSecret',
      'secretsmanager:PutSecretValue',
      'secretsmanager:DeleteSecret',
      'secretsmanager:RestoreSecret',
    ],
    reason:
      "Users add credentials of registries at run time; their names begin with the stack's. Its own secrets are not among them.",
  },
  {
    resource: 'arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:task/<AnalyzersClusterDB7AA5C8>/*',
    actions: ['ecs:DescribeTasks', 'ecs:TagResource'],
    reason:
      'A task has no name before it runs; dispatch reads how those of this cluster are. Tags are set only in the call that starts it, by condition, and only in this cluster.',
  },
  {
    resource: '<StorageBlobs31FE9BCB.Arn>/*',
    actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject'],
    reason: 'Blobs are named by their content.',
  },
  {
    resource: '<StorageStagedFeedsF725ED89.Arn>/*',
    actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject'],
    reason: 'The database alone reads here, feeds alone write. Staged files are named by the run that stages them.',
  },
];

/** Tells cdk-nag all of the above; for a stack that it is to check. */
export function acknowledge(stack: Stack): void {
  for (const { id, at, reason } of nagReasons) Validations.of(find(stack, at)).acknowledge({ id, reason });
  for (const { resource, reason } of wildcardReasons)
    Validations.of(stack).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason });
}

function find(stack: Stack, path: string): IConstruct {
  return path.split('/').reduce<IConstruct>((at, name) => at.node.findChild(name), stack);
}
