import { openAwsPlatform } from '#platform/aws/aws-platform.ts';

/** Logs in to the registry of the first argument and lists the repositories of the accounts that follow, as one line of JSON. */
const [registry = '', ...accounts] = process.argv.slice(2);
const platform = openAwsPlatform({ log: { info: () => {}, error: () => {} }, patienceMs: 0 });
const login = await platform.findEcrLogin(registry, 'team/app');
const listed: string[][] = [];
for (const account of accounts) listed.push(await Array.fromAsync((await platform.images(account)).listRepositories()));
process.stdout.write(`${JSON.stringify({ username: login?.username, listed })}\n`);
