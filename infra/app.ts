import { App } from 'aws-cdk-lib';
import { featureFlags } from './feature-flags.ts';
import { PlimsollStack } from './plimsoll-stack.ts';
import { outputFolder } from './settings.ts';

/** Synthesised offline for any account and region: `node infra/app.ts`, or through the CDK CLI, writes the template to cdk.out. */
const app = new App({ context: featureFlags, outdir: outputFolder() });
new PlimsollStack(app, 'Plimsoll');
app.synth();
