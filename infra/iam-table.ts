import { App } from 'aws-cdk-lib';
import { featureFlags } from './feature-flags.ts';
import { iamRows, type TemplateJson } from './iam-statements.ts';
import { PlimsollStack } from './plimsoll-stack.ts';

/** Prints every right that the deployment gives, as a Markdown table: `node infra/iam-table.ts`. Nothing is bundled for it. */
const app = new App({ context: { ...featureFlags, 'aws:cdk:bundling-stacks': [] } });
const stack = new PlimsollStack(app, 'Plimsoll');
const template = app.synth().getStackByName(stack.stackName).template as TemplateJson;
const lines = iamRows(template).map(
  ({ holder, action, resource, condition }) =>
    `| ${holder} | ${action} | ${resource.replaceAll('|', '\\|')} | ${condition.replaceAll('|', '\\|')} |`,
);
process.stdout.write(`| role | action | resource | condition |\n| --- | --- | --- | --- |\n${lines.join('\n')}\n`);
