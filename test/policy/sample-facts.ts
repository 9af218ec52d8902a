import type { Facts, JudgedFinding, Match } from '#policy/gate.ts';
import { resolveRule } from '#policy/rule.ts';
import { type ImageReport, noDetails } from '#schema/image-report.ts';
import type { PolicyBundle, PolicyRule } from '#schema/policy-bundle.ts';

export const now = Date.UTC(2026, 10, 21, 12);
export const day = 86_400_000;
export const digest = `sha256:${'a'.repeat(64)}`;
export const parentDigest = `sha256:${'b'.repeat(64)}`;
export const imageId = 'c'.repeat(64);

export const image: ImageReport = {
  version: 1,
  analyzers: '1',
  reference: 'registry.example.com/team/app:1.2',
  digest,
  parentDigest,
  configDigest: `sha256:${imageId}`,
  platform: 'linux/amd64',
  size: 1,
  created: null,
  layers: [],
  history: [],
  config: {},
  manifest: null,
  distro: { id: 'alpine', versionId: '3.9.0', codename: null, name: 'Alpine Linux', idLike: [] },
  packages: [],
  details: noDetails,
  base: null,
  notes: [],
  files: 0,
};

export const facts: Facts = {
  image,
  tag: 'registry.example.com/team/app:1.2',
  findings: [],
  distroFeeds: [{ group: 'alpine:3.9', namespace: 'alpine:3.9', syncedAt: now - day, records: 100 }],
  lifecycle: null,
  base: null,
  notes: [],
  dockerfile: null,
  files: null,
  fileChecks: null,
  published: { npm: null, gem: null },
  knownSince: now - 20 * day,
  now,
};

export const osFinding: JudgedFinding = {
  id: 'CVE-2019-14697',
  aliases: ['ALPINE-1'],
  related: [],
  package: { type: 'apk', name: 'musl', version: '1.1.20-r3', purl: 'pkg:apk/alpine/musl@1.1.20-r3' },
  severity: 'High',
  severitySource: 'alpine',
  fixedIn: ['1.1.20-r5'],
  state: 'fixed',
  judgement: 'affected',
  reason: null,
  namespace: 'alpine:3.9',
  group: 'alpine:3.9',
  title: null,
  cvss: [],
  epss: null,
  kev: null,
  risk: 1.6,
  disputed: false,
  channel: null,
  fixedAt: null,
  sources: [],
  urls: ['https://example.com/CVE-2019-14697'],
  layer: null,
  paths: ['/lib/apk/db/installed'],
  firstSeen: now - 10 * day,
  fixSeen: now - 5 * day,
};

export const npmFinding: JudgedFinding = {
  ...osFinding,
  id: 'GHSA-4xc9-xhrj-v574',
  aliases: ['CVE-2018-16487'],
  related: [],
  package: { type: 'npm', name: 'lodash', version: '4.17.4', purl: 'pkg:npm/lodash@4.17.4' },
  fixedIn: ['4.17.11'],
  namespace: 'npm',
  group: 'osv:npm',
  urls: ['https://example.com/GHSA-4xc9-xhrj-v574'],
  paths: ['/app/node_modules/lodash/package.json', '/opt/node_modules/lodash/package.json'],
};

/** What a trigger says of facts, with the parameters as a bundle writes them. */
export function reasons(
  gate: string,
  trigger: string,
  parameters: Readonly<Record<string, string>>,
  of: Facts,
): readonly Match[] {
  const rule = ruleOf(gate, trigger, 'STOP', parameters);
  const resolved = resolveRule(rule);
  if (resolved.kind !== 'rule') throw new Error(JSON.stringify(resolved));
  return [...resolved.trigger.fires(of, resolved.values, rule.id ?? null)];
}

/** What is wrong with a rule; empty when nothing is. */
export function refusals(
  gate: string,
  trigger: string,
  parameters: Readonly<Record<string, string>>,
): readonly string[] {
  const resolved = resolveRule(ruleOf(gate, trigger, 'STOP', parameters));
  return resolved.kind === 'rule' ? [] : resolved.problems.map(({ details }) => details);
}

/** Facts with other details of the image. */
export function withDetails(details: Partial<ImageReport['details']>): Facts {
  return { ...facts, image: { ...image, details: { ...noDetails, ...details } } };
}

/** Facts with these packages in the image. */
export function withPackages(...packages: ImageReport['packages']): Facts {
  return { ...facts, image: { ...image, packages } };
}

export function messages(...call: Parameters<typeof reasons>): readonly string[] {
  return reasons(...call).map(({ message }) => message);
}

export function ruleOf(
  gate: string,
  trigger: string,
  action: PolicyRule['action'] = 'STOP',
  parameters: Readonly<Record<string, string>> = {},
): PolicyRule {
  return {
    id: `${gate}-${trigger}`,
    gate,
    trigger,
    action,
    params: Object.entries(parameters).map(([name, value]) => ({ name, value })),
  };
}

/** A bundle with one policy of these rules for every image. */
export function bundleOf(rules: readonly PolicyRule[], change: Partial<PolicyBundle> = {}): PolicyBundle {
  return {
    id: 'bundle',
    version: '1_0',
    policies: [{ id: 'policy', version: '1_0', name: 'p', rules: [...rules] }],
    mappings: [
      {
        name: 'all',
        registry: '*',
        repository: '*',
        image: { type: 'tag', value: '*' },
        policy_ids: ['policy'],
        whitelist_ids: ['list'],
      },
    ],
    whitelists: [{ id: 'list', version: '1_0', name: 'List', items: [] }],
    ...change,
  };
}
