#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

const { env } = process;

// Stripping and compiling two hundred modules would take most of a short scan. What is imported above is not kept.
const caches = env['XDG_CACHE_HOME'] ?? '';
enableCompileCache(join(isAbsolute(caches) ? caches : join(env['HOME'] || homedir(), '.cache'), 'plimsoll', 'modules'));
const { main } = await import('#functions/cli/main.ts');
const { report } = await import('#functions/cli/report.ts');
const { commands } = await import('./commands.ts');

const io = {
  out: process.stdout,
  err: process.stderr,
  // Opened only when something is asked.
  get in() {
    return process.stdin;
  },
  env,
};
// Node would end with 1, which says that an image was judged and may not ship.
process.on('uncaughtException', (thrown) => process.exit(report(thrown, io)));
// A reader that has seen enough (`| head`) is no failure: the exit code still tells the verdict.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

process.exitCode = await main(commands, process.argv.slice(2), io);
