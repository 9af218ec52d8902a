import type { CommandEntry } from '#functions/cli/command.ts';

/** Every verb, in the order in which help shows them; each is loaded when it is asked for. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'scan',
    summary: 'Says what is in an image, what is wrong with it, and whether it may ship',
    load: async () => (await import('#functions/cli/commands/scan.ts')).scan,
  },
  {
    name: 'serve',
    summary: 'Runs the API and the pipeline in one process',
    load: async () => (await import('#functions/local/serve.ts')).serve,
  },
  {
    name: 'feeds',
    summary: 'Shows or refreshes the advisory feeds',
    load: async () => (await import('#functions/cli/commands/feeds.ts')).feeds,
  },
  {
    name: 'completion',
    summary: 'Prints what a shell needs to complete command lines',
    load: async () => (await import('#functions/cli/commands/completion.ts')).completionOf(commands),
  },
  {
    name: 'image',
    summary: 'Images: add, list, look into, delete',
    group: 'server',
    load: async () => (await import('#functions/cli/commands/image.ts')).image,
  },
  {
    name: 'evaluate',
    summary: 'Verdicts over images',
    group: 'server',
    load: async () => (await import('#functions/cli/commands/evaluate.ts')).evaluate,
  },
  {
    name: 'policy',
    summary: 'Policy bundles',
    group: 'server',
    load: async () => (await import('#functions/cli/commands/policy.ts')).policy,
  },
  {
    name: 'subscription',
    summary: 'What is told when it changes',
    group: 'server',
    load: async () => (await import('#functions/cli/commands/subscription.ts')).subscription,
  },
  {
    name: 'registry',
    summary: 'Logins of registries',
    group: 'server',
    load: async () => (await import('#functions/cli/commands/registry.ts')).registry,
  },
  {
    name: 'repo',
    summary: 'Repositories whose tags are added by themselves',
    group: 'server',
    load: async () => (await import('#functions/cli/commands/repo.ts')).repo,
  },
  {
    name: 'system',
    summary: 'Services and feeds of the server',
    group: 'server',
    load: async () => (await import('#functions/cli/commands/system.ts')).system,
  },
  {
    name: 'event',
    summary: 'What happened',
    group: 'server',
    load: async () => (await import('#functions/cli/commands/event.ts')).event,
  },
  {
    name: 'query',
    summary: 'Which images have a package or a vulnerability',
    group: 'server',
    load: async () => (await import('#functions/cli/commands/query.ts')).query,
  },
  {
    name: 'account',
    summary: 'Accounts and users',
    group: 'server',
    load: async () => (await import('#functions/cli/commands/account.ts')).account,
  },
  {
    name: 'analysis-archive',
    summary: 'Analyses that are kept apart, and the rules for it',
    group: 'server',
    load: async () => (await import('#functions/cli/commands/analysis-archive.ts')).analysisArchive,
  },
  {
    name: 'enterprise',
    summary: 'Corrections of what packages are taken for',
    group: 'server',
    load: async () => (await import('#functions/cli/commands/enterprise.ts')).enterprise,
  },
];
