import { CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { AnalyzerTasks } from './analyzer-tasks.ts';
import { Api } from './api.ts';
import { Database } from './database.ts';
import { Messaging } from './messaging.ts';
import { Network } from './network.ts';
import { PipelineFunctions } from './pipeline-functions.ts';
import { RegistryEvents } from './registry-events.ts';
import { readSettings } from './settings.ts';
import { Storage } from './storage.ts';

/** Plimsoll in one AWS account and region. What is stateful keeps its logical id for ever. */
export class PlimsollStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, { description: 'Plimsoll: says at any time whether a container image may ship', ...props });
    const settings = readSettings(this.node);

    // Where things are kept.
    const network = new Network(this, 'Network', settings);
    const storage = new Storage(this, 'Storage');
    const database = new Database(this, 'Database', { settings, network, stagedFeeds: storage.stagedFeeds });
    const messaging = new Messaging(this, 'Messaging');

    // ECR -> catalog -> analyzer tasks -> matching -> policy -> notices; feeds and reconciliation by the clock.
    const analyzers = new AnalyzerTasks(this, 'Analyzers', { settings, network });
    const pipeline = new PipelineFunctions(this, 'Pipeline', { settings, storage, database, messaging, analyzers });
    const events = new RegistryEvents(this, 'RegistryEvents', {
      settings,
      handler: pipeline.function('catalog-ecr-event'),
      deadLetters: messaging.deadLetters.get('catalog-ecr-event')!,
    });
    const api = new Api(this, 'Api', { settings, handler: pipeline.function('api') });

    // Who watches.
    new Alarms(this, 'Alarms', { settings, messaging, database, api: api.api });

    // For cost allocation; `component` tells what of it costs.
    Tags.of(this).add('application', 'plimsoll');
    for (const component of [network, storage, database, messaging, analyzers, pipeline, api])
      Tags.of(component).add('component', component.node.id.toLowerCase());
    for (const [name, value] of Object.entries(settings.tags)) Tags.of(this).add(name, value);

    new CfnOutput(this, 'Url', { value: api.api.url, description: 'The API; ANCHORE_CLI_URL of clients' });
    new CfnOutput(this, 'AdminSecret', {
      value: database.adminSecret.secretName,
      description: 'Password of user admin',
    });
    if (analyzers.repository !== null)
      new CfnOutput(this, 'AnalyzerRepository', { value: analyzers.repository.repositoryUri });
    if (events.bus !== null) new CfnOutput(this, 'EventBus', { value: events.bus.eventBusArn });
  }
}
