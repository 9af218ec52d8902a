#!/usr/bin/env node
import { feeds } from '#functions/cli/commands/feeds.ts';
import { scan } from '#functions/cli/commands/scan.ts';
import { main } from '#functions/cli/main.ts';
import { serve } from '#functions/local/serve.ts';

// A reader that has seen enough (`| head`) ends the program quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));

const io = { out: process.stdout, err: process.stderr, env: process.env };
process.exitCode = await main([scan, serve, feeds], process.argv.slice(2), io);
