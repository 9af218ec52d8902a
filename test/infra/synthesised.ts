import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { featureFlags } from '../../infra/feature-flags.ts';
import type { TemplateJson } from '../../infra/iam-statements.ts';
import { PlimsollStack } from '../../infra/plimsoll-stack.ts';

/** A resource of a template. */
type Property = ReturnType<typeof JSON.parse>;

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, Property>>;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: readonly string[];
}

/** A stack of these settings (without their prefix); nothing is bundled for it. */
export function newStack(settings: Readonly<Record<string, unknown>> = {}): PlimsollStack {
  const own = Object.entries(settings).map(([name, value]) => [`plimsoll:${name}`, value]);
  const app = new App({
    context: { ...featureFlags, ...Object.fromEntries(own), 'aws:cdk:bundling-stacks': [] },
  });
  return new PlimsollStack(app, 'Plimsoll');
}

const templates = new Map<string, Template>();

/** The template of these settings, synthesised once a process. */
export function synthesised(settings: Readonly<Record<string, unknown>> = {}): Template {
  const key = JSON.stringify(settings);
  const known = templates.get(key) ?? Template.fromStack(newStack(settings));
  templates.set(key, known);
  return known;
}

/** Resources of a type by logical id. */
export function resources(template: Template, type: string): readonly (readonly [string, Resource])[] {
  return Object.entries((template.toJSON() as { Resources: Record<string, Resource> }).Resources).filter(
    ([, { Type }]) => Type === type,
  );
}

/** The first resource of a type whose logical id begins so. */
export function resource(template: Template, type: string, begin = ''): Resource {
  const found = resources(template, type).find(([id]) => id.startsWith(begin));
  if (found === undefined) throw new Error(`There is no ${type} ${begin}`);
  return found[1];
}

/** The whole of a template. */
export function templateJson(template: Template): TemplateJson {
  return template.toJSON() as TemplateJson;
}
