import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import {
  Capability,
  type ContainerDefinition,
  type ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  LinuxParameters,
  AwsLogDriverMode as LogMode,
  LogDrivers,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { environment } from '../schema/deployment.ts';
import type { Settings } from './settings.ts';
import { Workload } from './workload.ts';

export interface FargateTaskProps {
  readonly settings: Settings;
  readonly image: ContainerImage;
}

const scratch = 'tmp';

/** A Fargate task that dispatch starts and that ends by itself: no service keeps it alive. */
export class FargateTask extends Workload {
  readonly role: Role;
  readonly definition: FargateTaskDefinition;
  readonly #container: ContainerDefinition;

  constructor(scope: Construct, id: string, { settings, image }: FargateTaskProps) {
    super(scope, id);
    const { cpu, memory, disk } = settings.analyzer;
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
    this.definition = new FargateTaskDefinition(this, 'Definition', {
      cpu,
      memoryLimitMiB: memory,
      // Up to 20 GiB come with every task; Fargate takes 21 and more as a wish.
      ...(disk > 20 ? { ephemeralStorageGiB: disk } : {}),
      runtimePlatform: {
        cpuArchitecture: CpuArchitecture.ARM64,
        operatingSystemFamily: OperatingSystemFamily.LINUX,
      },
      taskRole: this.role,
      executionRole: new Role(this, 'Start', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }),
    });
    // As the first process node could not be killed from within, which its watchdog does.
    const linux = new LinuxParameters(this, 'Linux', { initProcessEnabled: true });
    linux.dropCapabilities(Capability.ALL);
    const name = id.toLowerCase();
    this.#container = this.definition.addContainer(name, {
      image,
      command: [`${name}.mjs`],
      // All of it is code but one folder, which is of the task's own disk and ends with it.
      readonlyRootFilesystem: true,
      linuxParameters: linux,
      // After SIGTERM messages are given back; Spot gives two minutes.
      stopTimeout: Duration.seconds(120),
      logging: LogDrivers.awsLogs({
        streamPrefix: name,
        // A log that is slow must not stop the work.
        maxBufferSize: Size.mebibytes(4),
        mode: LogMode.NON_BLOCKING,
        logGroup: new LogGroup(this, 'Log', {
          retention: Number(settings.logDays),
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      }),
      // Measured on large images: with the usual young generation the analyzer holds a third more memory, and is no faster.
      environment: { NODE_OPTIONS: '--enable-source-maps --max-semi-space-size=8', POWERTOOLS_SERVICE_NAME: name },
    });
    // The image names this path as a volume (tools/write-layout.ts), so it has the rights of /tmp: without root it could not be written else.
    this.definition.addVolume({ name: scratch });
    this.#container.addMountPoints({ sourceVolume: scratch, containerPath: '/tmp', readOnly: false });
  }

  setVariable(name: keyof typeof environment, value: string): void {
    this.#container.addEnvironment(environment[name], value);
  }
}
