import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  ResponseTransferMode,
  RestApi,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { BundledFunction } from './bundled-function.ts';
import type { Settings } from './settings.ts';
import { WebFirewall } from './web-firewall.ts';

/**
 * The REST API: every path goes to one function, whose route table says what there is and who may call it. The stage is
 * `v1`, so that its address is the one that clients of the original are given: https://.../v1
 */
export class Api extends Construct {
  readonly api: RestApi;

  constructor(scope: Construct, id: string, props: { readonly settings: Settings; readonly handler: BundledFunction }) {
    super(scope, id);
    const { settings, handler } = props;
    const { rate, burst, waf, wafRate, domain, certificate } = settings.api;
    const retention = { retention: Number(settings.logDays), removalPolicy: RemovalPolicy.DESTROY };
    this.api = new RestApi(this, 'Rest', {
      restApiName: 'plimsoll',
      endpointTypes: [EndpointType.REGIONAL],
      // API Gateway writes logs as a role of the whole account and region, which stays when the stack goes.
      cloudWatchRole: true,
      binaryMediaTypes: [
        'application/octet-stream',
        'application/gzip',
        'application/zip',
        'application/x-tar',
        'multipart/form-data',
      ],
      deployOptions: {
        stageName: 'v1',
        throttlingRateLimit: rate,
        throttlingBurstLimit: burst,
        tracingEnabled: true,
        metricsEnabled: true,
        loggingLevel: MethodLoggingLevel.ERROR,
        accessLogDestination: new LogGroupLogDestination(new LogGroup(this, 'AccessLog', retention)),
        accessLogFormat: AccessLogFormat.jsonWithStandardFields(),
      },
      ...(domain === ''
        ? {}
        : {
            domainName: {
              domainName: domain,
              certificate: Certificate.fromCertificateArn(this, 'Certificate', certificate),
              endpointType: EndpointType.REGIONAL,
              securityPolicy: SecurityPolicy.TLS_1_2,
            },
            disableExecuteApiEndpoint: true,
          }),
    });
    // API Gateway would make this log group itself, to keep for ever.
    this.api.deploymentStage.node.addDependency(
      new LogGroup(this, 'ExecutionLog', {
        logGroupName: `API-Gateway-Execution-Logs_${this.api.restApiId}/v1`,
        ...retention,
      }),
    );
    const integration = new LambdaIntegration(handler.lambda, {
      timeout: Duration.seconds(29),
      scopePermissionToMethod: false,
      responseTransferMode: ResponseTransferMode.STREAM,
    });
    this.api.root.addMethod('ANY', integration);
    this.api.root.addResource('{path+}').addMethod('ANY', integration);
    if (waf) new WebFirewall(this, 'Firewall', { stage: this.api.deploymentStage, rate: wafRate });
  }
}
