import { join } from 'node:path';
import { AssetHashType, Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as Lambda, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { environment } from '../schema/deployment.ts';
import { bundle, root } from './bundle.ts';
import type { FunctionLine } from './functions.ts';
import type { Settings } from './settings.ts';
import { Workload } from './workload.ts';

export interface BundledFunctionProps {
  readonly settings: Settings;
  readonly line: FunctionLine;
  /** Where events go that were taken but ended in an error every time; for functions that are called asynchronously. */
  readonly deadLetters?: Queue;
}

/** A line of functions.ts as a Lambda function: a bundle, its own role, its own log group, traced. No network of ours. */
export class BundledFunction extends Workload {
  readonly role: Role;
  readonly lambda: Lambda;
  readonly #line: FunctionLine;

  constructor(scope: Construct, id: string, { settings, line, deadLetters }: BundledFunctionProps) {
    super(scope, id);
    this.#line = line;
    const logGroup = new LogGroup(this, 'Log', {
      retention: Number(settings.logDays),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    this.canTrace();
    this.lambda = new Lambda(this, 'Function', {
      description: line.entry,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: bundledCode(line),
      handler: 'main.handler',
      memorySize: line.memory,
      timeout: Duration.seconds(line.timeout),
      ...(line.scratch === undefined ? {} : { ephemeralStorageSize: Size.mebibytes(line.scratch) }),
      ...(deadLetters === undefined ? {} : { deadLetterQueue: deadLetters, maxEventAge: Duration.hours(6) }),
      role: this.role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
      environment: { POWERTOOLS_SERVICE_NAME: id },
    });
  }

  setVariable(name: keyof typeof environment, value: string): void {
    this.lambda.addEnvironment(environment[name], value);
  }

  /** Has the messages of its queue brought. Only those that the answer names come back. */
  takesFrom(queue: IQueue): void {
    const { takes } = this.#line;
    if (takes === undefined) throw new Error(`${this.#line.entry} takes from no queue in functions.ts`);
    this.lambda.addEventSource(
      new SqsEventSource(queue, {
        batchSize: takes.batch,
        maxConcurrency: takes.atOnce,
        reportBatchItemFailures: true,
        // Lambda asks for a window with large batches; wakes that come together are one.
        ...(takes.batch > 10 ? { maxBatchingWindow: Duration.seconds(2) } : {}),
      }),
    );
  }
}

/** The code of a line, bundled while the template is written, without Docker. The hash is of the result: unchanged code is not deployed. */
export function bundledCode({ entry, files }: Pick<FunctionLine, 'entry' | 'files'>): Code {
  return Code.fromAsset(join(root, 'functions'), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: Runtime.NODEJS_24_X.bundlingImage,
      // Never run, for there is a local way. But CDK takes two assets for one when all but the code of `local` is the same.
      command: [entry],
      local: {
        tryBundle(folder: string) {
          bundle(entry, join(folder, 'main.mjs'), { split: true, ...(files === undefined ? {} : { files }) });
          return true;
        },
      },
    },
  });
}
