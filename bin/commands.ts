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
];
