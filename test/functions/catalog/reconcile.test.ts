import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '#core/fault.ts';
import type { AwsWorld } from '#functions/aws-world.ts';
import { reconcile } from '#functions/catalog/reconcile.ts';
import type { RegistryImage } from '#platform/image-registry.ts';
import { parseEvent } from '#platform/bus.ts';
import { testClock } from '#test/support/test-clock.ts';
import { testSql } from '#test/support/database.ts';

const registry = '123456789012.dkr.ecr.us-east-1.amazonaws.com';

function pushed(repository: string): RegistryImage {
  const digest = `sha256:${repository.length.toString(16).padStart(64, '0')}`;
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  return { digest, tags: ['v1'], pushedAt: 1, size: 1, mediaType, artifactType: '', subject: null, status: 'active' };
}

async function reconciled(repositories: readonly string[], isOver: () => boolean) {
  const sent: string[] = [];
  const told: string[] = [];
  const images = {
    async *listRepositories() {
      yield* repositories;
    },
    async *describeImages(repository: string) {
      if (repository === 'locked') throw new Fault('registry/denied', 'ECR does not allow it');
      yield pushed(repository);
    },
    async *readIndexes() {},
  };
  const world = {
    ...{ sql: await testSql(), clock: testClock(), images: async () => images },
    log: { info: () => {}, error: (fact: string) => void told.push(fact) },
    settings: { required: () => 'admin', optional: () => null },
    queues: () => ({ send: async (bodies: readonly string[]) => void sent.push(...bodies) }),
  } as unknown as AwsWorld;
  await reconcile(world, registry, isOver);
  return {
    told,
    references: sent.map((body) => {
      const event = parseEvent(body);
      return event.kind === 'image.pushed' ? event.reference.replace(/@.*/, '') : event.kind;
    }),
  };
}

test('a repository that may not be read does not keep the others from being compared', async () => {
  const { told, references } = await reconciled(['one', 'locked', 'other'], () => false);
  assert.deepEqual(references, [`${registry}/one:v1`, `${registry}/other:v1`]);
  assert.deepEqual(told, ['repository not reconciled']);
});

test('a run without time left says where it stopped', async () => {
  const { told, references } = await reconciled(['one', 'other'], () => true);
  assert.deepEqual([told, references], [['repositories left for the next run'], []]);
});
