import { Fault } from '#core/fault.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { systemFetch } from '#platform/local/system-fetch.ts';
import { escapedJson } from '#reports/printable.ts';
import type { Io } from '../io.ts';
import { parseOptions } from '../parse-options.ts';
import { progressOn } from '../progress.ts';
import { report } from '../report.ts';
import { apiClient } from './api-client.ts';
import { errorDetails } from './error-details.ts';
import { findLeaf, parsable } from './find-leaf.ts';
import { givenTo } from './given.ts';
import { globalOptions } from './global-options.ts';
import { hubAt } from './hub.ts';
import type { Group, Leaf } from './leaf.ts';
import { groupHelp, leafHelp } from './leaf-help.ts';
import { questionsOn } from './questions.ts';
import { exitOf } from './refusal.ts';
import { type ClientSettings, clientSettings } from './settings.ts';
import { valueAt } from './value-at.ts';
import { writeShown } from './write-shown.ts';

/**
 * Runs a command line of a group. Exit codes are those of anchore-cli: 0 done, 1 the server refused, 2 the call was wrong or
 * could not be made, the password is wrong (401) or the server failed (500); some commands have more (their help says so).
 */
export async function runGroup(group: Group, summary: string, argv: readonly string[], io: Io): Promise<number> {
  const found = findLeaf(group, argv);
  if (found.kind === 'help') {
    // A line that names no command in a script is not a success.
    (found.asked ? io.out : io.err).write(groupHelp(group, summary, found.words));
    return found.asked ? 0 : 2;
  }
  const { leaf, title } = found;
  const options = parsable([...globalOptions, ...(leaf.options ?? [])]);
  const parsed = parseOptions(title, options, found.argv);
  if (parsed === 'help' || (parsed.positionals[0] === 'help' && parsed.positionals.length === 1)) {
    io.out.write(leafHelp(group, leaf));
    return 0;
  }
  const given = givenTo(title, leaf, parsed.positionals, parsed.values);
  using questions = questionsOn(io);
  const settings = await clientSettings(io, given, questions);
  const { output, debug } = settings;
  const sort = given.text('sort') ?? null;
  if (sort !== null && output === 'json') throw new Fault('input/invalid', `${title}: --sort is for tables and csv`);
  const world = { fetch: systemFetch({ proxies: io.env }), clock: systemClock };
  try {
    using progress = progressOn(io, given.flag('quiet'), () => world.clock.now());
    const shown = await leaf.run({
      api: apiClient(world, {
        ...settings,
        onRequest: debug ? (line) => io.err.write(`plimsoll: ${line}\n`) : () => {},
      }),
      hub: hubAt(world, settings.hubUrl),
      ...{ given, questions, progress, clock: world.clock },
    });
    progress[Symbol.dispose]();
    if (shown.nothing !== undefined && output !== 'json') throw new Fault('state/not-found', shown.nothing);
    await writeShown(io, shown, { output, sort });
    return shown.code ?? 0;
  } catch (thrown) {
    return failed(io, leaf, Fault.from(thrown), settings);
  }
}

/** What went wrong, on stderr; as JSON on stdout where the answer was to be JSON, as the original's client does. */
function failed(io: Io, leaf: Leaf, fault: Fault, { output, debug }: ClientSettings): number {
  if (output === 'json') {
    const body = valueAt(fault.detail, 'body');
    const { message, code } = fault;
    const shown = typeof body === 'object' && body !== null ? body : { message, detail: { code } };
    io.out.write(`${escapedJson(JSON.stringify(shown, null, 4))}\n`);
  }
  report(fault, io, debug || Boolean(io.env['PLIMSOLL_DEBUG']));
  for (const line of errorDetails(fault)) io.err.write(`  ${line}\n`);
  return leaf.exit?.(fault) ?? exitOf(fault);
}
