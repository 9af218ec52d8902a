import { commands } from '../../bin/commands.ts';
import { reference } from './reference.ts';

// Prints the document that is committed as docs/cli.md; a test says how to write it again.
process.stdout.write(await reference(commands));
