import { App } from 'aws-cdk-lib';
import { PlimsollStack } from './plimsoll-stack.ts';

/** Synthesised offline for any account and region: `node infra/app.ts`, or through the CDK CLI, writes the template to cdk.out. */
new PlimsollStack(new App(), 'Plimsoll');
