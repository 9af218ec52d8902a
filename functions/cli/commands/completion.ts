import { Fault } from '#core/fault.ts';
import type { Command, CommandEntry } from '../command.ts';
import { completionNodes } from '../completion/nodes.ts';
import { shells } from '../completion/shells.ts';

/** The verb that prints completion for these commands. */
export function completionOf(commands: readonly CommandEntry[]): Command {
  return {
    usage: `completion ${Object.keys(shells).join('|')}`,
    help: `
bash   source <(plimsoll completion bash)                      in ~/.bashrc
zsh    plimsoll completion zsh > "\${fpath[1]}/_plimsoll"        then start a new shell
fish   plimsoll completion fish > ~/.config/fish/completions/plimsoll.fish

It completes the command plimsoll, so that has to be installed or be an alias: alias plimsoll='npx plimsoll'.`,
    options: {},
    async run(io, _values, [name = '', ...more]) {
      if (!Object.hasOwn(shells, name) || more.length > 0)
        throw new Fault('input/invalid', `completion: give one of ${Object.keys(shells).join(', ')}`);
      io.out.write(shells[name as keyof typeof shells](await completionNodes(commands)));
      return 0;
    },
  };
}
