import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { root } from './bundle.ts';
import { wakeQueue } from '../schema/deployment.ts';
import type { EventOf } from '../schema/events.ts';
import type { Estate } from './estate.ts';
import { type FunctionLine, type FunctionName, functions, type TaskLine, tasks } from './functions.ts';
import type { FargateTask } from './fargate-task.ts';
import { grantNeeds } from './grant-needs.ts';
import { Schedule } from './schedule.ts';
import { BundledFunction } from './bundled-function.ts';

/** Functions that nobody waits for: what they could not do even after retries is kept. */
const asynchronous: readonly FunctionName[] = [
  'catalog-ecr-event',
  'catalog-reconcile',
  'catalog-archive-rules',
  'feeds-schedule',
];

/** Every function of the table with its rights, what brings it its events, and the database's tables before any of them. */
export class PipelineFunctions extends Construct {
  readonly #functions: ReadonlyMap<FunctionName, BundledFunction>;
  readonly #estate: Estate;

  constructor(scope: Construct, id: string, estate: Estate) {
    super(scope, id);
    this.#estate = estate;
    this.#functions = new Map(
      Object.entries(functions).map(([name, line]) => [name as FunctionName, this.#make(name as FunctionName, line)]),
    );
    this.#grantTasks();
    estate.analyzers.dispatchedBy(this.function('dispatch'));
    this.function('dispatch').canMeasure(estate.messaging.queue('image.queued'));
    for (const queue of estate.messaging.queues.values()) this.function('catalog-reconcile').canMeasure(queue);
    this.#apiCounts();
    this.function('catalog-watch-due').setVariable('watchMinutes', String(estate.settings.registry.watchMinutes));
    this.function('catalog-reconcile').setVariable('eventDays', String(estate.settings.eventDays));
    if (estate.settings.archive.dryRun) this.function('catalog-archive-rules').setVariable('archiveDryRun', 'true');
    this.#migrateFirst();
    this.#schedule();
  }

  function(name: FunctionName): BundledFunction {
    return this.#functions.get(name)!;
  }

  #make(name: FunctionName, line: FunctionLine): BundledFunction {
    const { settings, messaging } = this.#estate;
    const deadLetters = asynchronous.includes(name) ? { deadLetters: messaging.deadLetter(name) } : {};
    const made = new BundledFunction(this, name, { settings, line, ...deadLetters });
    grantNeeds(made, line, this.#estate);
    if (line.takes !== undefined) made.takesFrom(messaging.queue(line.takes.queue));
    return made;
  }

  /** How much waits and what is dead: /system and /metrics tell it. */
  #apiCounts(): void {
    const { queues, deadLetters } = this.#estate.messaging;
    for (const [kind, queue] of queues) {
      if (kind === wakeQueue) continue;
      this.function('api').canMeasure(queue);
      this.function('api').canMeasure(deadLetters.get(kind)!);
    }
  }

  #grantTasks(): void {
    const { analyzers, messaging, settings } = this.#estate;
    if (settings.analyzer.analysis !== null) analyzers.analyzer.setVariable('analysis', settings.analyzer.analysis);
    const lines: readonly (readonly [TaskLine, FargateTask])[] = [
      [tasks.analyzer, analyzers.analyzer],
      [tasks.feeds, analyzers.feeds],
    ];
    for (const [line, task] of lines) {
      grantNeeds(task, line, this.#estate);
      if (line.takes !== undefined) task.canTake(messaging.queue(line.takes), messaging.deadLetters.get(line.takes)!);
    }
  }

  /** Code meets only tables that it knows: the migrator runs when a migration is new, and everything else waits for it. */
  #migrateFirst(): void {
    const { database } = this.#estate;
    const migrator = this.function('migrator');
    migrator.canOwnDatabase(database);
    const tables = new CustomResource(this, 'Tables', {
      resourceType: 'Custom::PlimsollTables',
      serviceToken: migrator.lambda.functionArn,
      serviceTimeout: Duration.minutes(15),
      // It runs when one of these changes.
      properties: { migrations: hashOf('schema/sql'), secret: database.secret.secretArn },
    });
    // CloudFormation itself calls it, as whoever deploys; the role's rights and the writer must be there by then.
    tables.node.addDependency(migrator, database);
    for (const [name, { lambda }] of this.#functions) if (name !== 'migrator') lambda.node.addDependency(tables);
  }

  #schedule(): void {
    const { settings, messaging } = this.#estate;
    const feeds = this.function('feeds-schedule');
    const wake = messaging.queue('dispatch');
    settings.feeds.schedules.forEach(({ group, every, on }, i) => {
      new Schedule(this, `Feeds${i}`, {
        every,
        description: `${Stack.of(this).stackName}: feed group ${group}`,
        deadLetters: messaging.deadLetters.get('feeds-schedule')!,
        ...(on === 'task' ? { target: wake, input: { task: 'feeds', group } } : { target: feeds, input: { group } }),
      });
    });
    new Schedule(this, 'Reconcile', {
      every: settings.registry.reconcile,
      description: `${Stack.of(this).stackName}: what ECR has and its events did not say`,
      target: this.function('catalog-reconcile'),
      input: {},
      deadLetters: messaging.deadLetters.get('catalog-reconcile')!,
    });
    new Schedule(this, 'ArchiveRules', {
      every: settings.archive.every,
      description: `${Stack.of(this).stackName}: rules put analyses away`,
      target: this.function('catalog-archive-rules'),
      input: {},
      deadLetters: messaging.deadLetters.get('catalog-archive-rules')!,
    });
    const { watchMinutes } = settings.registry;
    if (watchMinutes > 0)
      new Schedule(this, 'Watch', {
        every: watchMinutes === 1 ? 'rate(1 minute)' : `rate(${watchMinutes} minutes)`,
        description: `${Stack.of(this).stackName}: watched tags and repositories; asks a blob first, so that the database sleeps on`,
        target: messaging.queue('watch.due'),
        input: { kind: 'watch.due', timer: true } satisfies EventOf<'watch.due'>,
        deadLetters: messaging.deadLetters.get('watch.due')!,
      });
    new Schedule(this, 'Sweep', {
      every: 'rate(10 minutes)',
      description: `${Stack.of(this).stackName}: a backlog that no task works on; asks only the queue`,
      target: wake,
      input: { task: 'analyzer' },
      deadLetters: messaging.deadLetters.get('dispatch')!,
    });
  }
}

function hashOf(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(join(root, folder)).sort())
    hash.update(name).update(readFileSync(join(root, folder, name)));
  return hash.digest('hex');
}
