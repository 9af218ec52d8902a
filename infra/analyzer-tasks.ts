import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Repository, TagMutability, TagStatus } from 'aws-cdk-lib/aws-ecr';
import { Cluster, ContainerImage, ContainerInsights, type FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Network } from './network.ts';
import type { BundledFunction } from './bundled-function.ts';
import { FargateTask } from './fargate-task.ts';
import type { Settings } from './settings.ts';

/**
 * Tasks of one container image: analyzers that drain their queue, and feed groups that take minutes. Nothing runs, and
 * nothing costs, until dispatch starts one.
 */
export class AnalyzerTasks extends Construct {
  readonly analyzer: FargateTask;
  readonly feeds: FargateTask;
  /** Where the container image is pushed; null when the setting names an image elsewhere. */
  readonly repository: Repository | null;
  readonly #cluster: Cluster;
  readonly #network: Network;
  readonly #settings: Settings;

  constructor(scope: Construct, id: string, props: { readonly settings: Settings; readonly network: Network }) {
    super(scope, id);
    const { settings, network } = props;
    this.#network = network;
    this.#settings = settings;
    this.#cluster = new Cluster(this, 'Cluster', {
      vpc: network.vpc,
      enableFargateCapacityProviders: true,
      containerInsightsV2: ContainerInsights.DISABLED,
    });
    this.repository = settings.analyzer.image === '' ? imageRepository(this) : null;
    const image =
      this.repository === null
        ? ContainerImage.fromRegistry(settings.analyzer.image)
        : ContainerImage.fromEcrRepository(this.repository, settings.analyzer.tag);
    this.analyzer = new FargateTask(this, 'Analyzer', { settings, image });
    this.feeds = new FargateTask(this, 'Feeds', { settings, image });
  }

  /** Lets a function start these tasks, count those that run, and pass them their roles; nothing else. */
  dispatchedBy(dispatch: BundledFunction): void {
    const { vpc, taskSubnets, taskSecurityGroup, publicTasks } = this.#network;
    const { capacity, maxTasks } = this.#settings.analyzer;
    const definitions = [this.analyzer.definition, this.feeds.definition];
    for (const statement of this.#rightsToRun(definitions)) dispatch.role.addToPrincipalPolicy(statement);
    dispatch.setVariable('taskCluster', this.#cluster.clusterArn);
    dispatch.setVariable('analyzerTask', this.analyzer.definition.taskDefinitionArn);
    dispatch.setVariable('feedsTask', this.feeds.definition.taskDefinitionArn);
    dispatch.setVariable('taskSubnets', vpc.selectSubnets(taskSubnets).subnetIds.join(','));
    dispatch.setVariable('taskSecurityGroups', taskSecurityGroup.securityGroupId);
    dispatch.setVariable('taskPublicIp', publicTasks ? 'ENABLED' : 'DISABLED');
    dispatch.setVariable('taskLimit', String(maxTasks));
    dispatch.setVariable('taskCapacity', capacity);
  }

  #rightsToRun(definitions: readonly FargateTaskDefinition[]): PolicyStatement[] {
    const { partition, region, account } = Stack.of(this);
    const tasks = [`arn:${partition}:ecs:${region}:${account}:task/${this.#cluster.clusterName}/*`];
    const inCluster = { ArnEquals: { 'ecs:cluster': this.#cluster.clusterArn } };
    return [
      new PolicyStatement({
        actions: ['ecs:RunTask'],
        resources: definitions.map(({ taskDefinitionArn }) => taskDefinitionArn),
        conditions: inCluster,
      }),
      new PolicyStatement({ actions: ['ecs:ListTasks'], resources: ['*'], conditions: inCluster }),
      // Which of them run, and whether Spot had a place for them.
      new PolicyStatement({ actions: ['ecs:DescribeTasks'], resources: tasks }),
      // Tags are passed on to what is started, so that its cost is found.
      new PolicyStatement({
        actions: ['ecs:TagResource'],
        resources: tasks,
        conditions: { StringEquals: { 'ecs:CreateAction': 'RunTask' } },
      }),
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: definitions.flatMap((one) => [one.taskRole.roleArn, one.obtainExecutionRole().roleArn]),
        conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      }),
    ];
  }
}

/** Images are made again from the source at any time: the repository goes with the stack. */
function imageRepository(scope: Construct): Repository {
  return new Repository(scope, 'Images', {
    imageTagMutability: TagMutability.MUTABLE,
    removalPolicy: RemovalPolicy.DESTROY,
    emptyOnDelete: true,
    lifecycleRules: [{ description: 'replaced images', tagStatus: TagStatus.UNTAGGED, maxImageAge: Duration.days(14) }],
  });
}
