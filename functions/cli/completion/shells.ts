import { type Choice, commonOptions, type Node, type OptionChoice } from './nodes.ts';

/** Shells and what each needs to complete command lines. */
export const shells = { bash, zsh, fish } as const satisfies Readonly<
  Record<string, (nodes: readonly Node[]) => string>
>;

/** Words are our own: letters, digits, `-` and `_`. Nothing of a server ever gets here. */
const listed = (choices: readonly Choice[]) => choices.map(({ word }) => word).join(' ');

const key = ({ path }: Node) => path.join('/');

/** `-o default`: where no word fits, names of files. */
function bash(nodes: readonly Node[]): string {
  return `# plimsoll completion bash: source it in ~/.bashrc
_plimsoll() {
  local cur=\${COMP_WORDS[COMP_CWORD]} place= words= i
  local common='${listed(commonOptions)}'
${walk('COMP_WORDS', '(( i = 1; i < COMP_CWORD; i++ ))', nodes)}
  case $place in
${nodes.map((node) => `    '${key(node)}') words="${bashWords(node)}" ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _plimsoll plimsoll
`;
}

function bashWords({ words, options, asksServer }: Node): string {
  return `${listed([...words, ...options])}${asksServer ? ' $common' : ''}`;
}

function zsh(nodes: readonly Node[]): string {
  const described = (choices: readonly Choice[]) =>
    choices.map(({ word, summary }) => zshQuoted(`${word}:${summary}`)).join(' ');
  const found = ({ words, options, asksServer }: Node) =>
    `${described([...words, ...options])}${asksServer ? ' $common' : ''}`;
  return `#compdef plimsoll
# plimsoll completion zsh: write it to _plimsoll in a folder of $fpath, or source it behind compinit
_plimsoll() {
  local place= i
  local -a found common
  common=(${described(commonOptions)})
${walk('words', '(( i = 2; i < CURRENT; i++ ))', nodes)}
  case $place in
${nodes.map((node) => `    '${key(node)}') found=(${found(node)}) ;;`).join('\n')}
  esac
  _describe 'plimsoll' found || _files
}
compdef _plimsoll plimsoll
`;
}

/** The place in a command line is made of its words that are words of commands; options and names are passed over. */
function walk(words: string, loop: string, nodes: readonly Node[]): string {
  const known = nodes.filter(({ path }) => path.length > 0).map(key);
  const next = `\${place:+$place/}\${${words}[i]}`;
  return `  for ${loop}; do
    case "${next}" in
      ${known.join('|')}) place="${next}" ;;
    esac
  done`;
}

function fish(nodes: readonly Node[]): string {
  const option = (when: string, { word, summary, takesValue }: OptionChoice) =>
    `complete -c plimsoll -n '${when}' -l ${word.slice(2)}${takesValue ? ' -r' : ''} -d ${quoted(summary)}`;
  const lines = nodes.flatMap((node) => {
    const when = `__plimsoll_at "${key(node)}"`;
    const words = node.words.map(
      ({ word, summary }) => `complete -c plimsoll -n '${when}' -f -a '${word}' -d ${quoted(summary)}`,
    );
    return [...words, ...node.options.map((one) => option(when, one))];
  });
  const servers = nodes.filter(({ asksServer }) => asksServer).map(key);
  return `# plimsoll completion fish: write it to ~/.config/fish/completions/plimsoll.fish
function __plimsoll_place
  set -l place ''
  for word in (commandline -opc)[2..]
    set -l next (string trim -l -c / -- "$place/$word")
    contains -- $next ${nodes.flatMap((node) => key(node) || []).join(' ')}; and set place $next
  end
  echo "$place"
end
function __plimsoll_at
  test (__plimsoll_place) = "$argv[1]"
end
function __plimsoll_asks
  contains -- (__plimsoll_place) ${servers.join(' ')}
end
${[...lines, ...commonOptions.map((one) => option('__plimsoll_asks', one))].join('\n')}
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** In `_describe` a colon ends the word; within single quotes of zsh nothing else steers. */
function zshQuoted(text: string): string {
  const [word = '', ...rest] = text.split(':');
  return `'${[word, rest.join(':')].join(':').replaceAll("'", "'\\''")}'`;
}
