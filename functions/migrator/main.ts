import { join } from 'node:path';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { openAwsPlatform } from '#platform/aws/aws-platform.ts';
import { lambdaHandler } from '#platform/aws/lambda.ts';
import { answerCloudFormation } from './answer-cloudformation.ts';
import { prepareDatabase } from './prepare-database.ts';

/** A new cluster, or one whose instance restarts, takes minutes until it takes calls. */
const patienceMs = 5 * 60_000;

/** The migrations lie beside the bundle. */
const migrations = join(import.meta.dirname, 'schema/sql');

/** The custom resource that every other function waits for. */
export const handler = lambdaHandler({
  open: async (log) => openAwsPlatform({ log, patienceMs }),
  run: (world, event: CloudFormationCustomResourceEvent, context) =>
    answerCloudFormation(world, event, context, () => prepareDatabase(world, migrations)),
});
