import {
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService as Service,
  IpAddresses,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/**
 * Two zones. The database lies in subnets that lead nowhere; tasks lie where the setting says. Functions are outside: they
 * speak to the database through the Data API. All three sorts of subnet keep their addresses when the setting changes.
 */
export class Network extends Construct {
  readonly vpc: IVpc;
  readonly databaseSubnets: SubnetSelection = { subnetGroupName: 'Database' };
  readonly taskSubnets: SubnetSelection;
  /** True where a task reaches nothing without a public address. */
  readonly publicTasks: boolean;
  /** Tasks listen to nobody and call only over TLS. */
  readonly taskSecurityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, { network }: Settings) {
    super(scope, id);
    this.publicTasks = network === 'public';
    this.taskSubnets = { subnetGroupName: this.publicTasks ? 'Public' : 'Tasks' };
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.71.0.0/16'),
      maxAzs: 2,
      natGateways: network === 'nat' ? 2 : 0,
      subnetConfiguration: [
        { name: 'Database', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
        { name: 'Public', subnetType: SubnetType.PUBLIC, cidrMask: 20, reserved: network === 'endpoints' },
        {
          name: 'Tasks',
          subnetType: network === 'nat' ? SubnetType.PRIVATE_WITH_EGRESS : SubnetType.PRIVATE_ISOLATED,
          cidrMask: 20,
          reserved: network === 'public',
        },
      ],
      // Layers come from S3, and Aurora imports from it: free of charge, and without a way to the internet.
      gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
    }) as IVpc;
    this.taskSecurityGroup = new SecurityGroup(this, 'Tasks', {
      vpc: this.vpc,
      description: 'Plimsoll tasks: nothing in, TLS out',
      allowAllOutbound: false,
    });
    this.taskSecurityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'registries and AWS over TLS');
    if (network === 'endpoints') this.addEndpoints();
  }

  private addEndpoints(): void {
    const services = {
      EcrApi: Service.ECR,
      EcrDocker: Service.ECR_DOCKER,
      Logs: Service.CLOUDWATCH_LOGS,
      Sqs: Service.SQS,
      RdsData: Service.RDS_DATA,
      Secrets: Service.SECRETS_MANAGER,
      Sts: Service.STS,
      Sns: Service.SNS,
    };
    const securityGroup = new SecurityGroup(this, 'Endpoints', {
      vpc: this.vpc,
      description: 'Interface endpoints: TLS from Plimsoll tasks',
      allowAllOutbound: false,
    });
    securityGroup.addIngressRule(this.taskSecurityGroup, Port.tcp(443), 'tasks');
    for (const [name, service] of Object.entries(services)) {
      new InterfaceVpcEndpoint(this, name, {
        vpc: this.vpc,
        service,
        subnets: this.taskSubnets,
        securityGroups: [securityGroup],
        open: false,
      });
    }
  }
}
