import type { Node } from './nodes.ts';

/** Shells and what each needs to complete command lines. */
export const shells = { bash, zsh, fish } as const satisfies Readonly<
  Record<string, (nodes: readonly Node[]) => string>
>;

/** Words are our own: letters, digits, `-` and `_`. Nothing of a server ever gets here. */
const wordsOf = ({ words, options }: Node) => [...words, ...options].map(({ word }) => word).join(' ');

const key = ({ path }: Node) => path.join('/');

/** `-o default`: where no word fits, names of files. */
function bash(nodes: readonly Node[]): string {
  return `# plimsoll completion bash: source it in ~/.bashrc
_plimsoll() {
  local cur=\${COMP_WORDS[COMP_CWORD]} place= words= i
${walk('COMP_WORDS', '(( i = 1; i < COMP_CWORD; i++ ))', nodes)}
  case $place in
${nodes.map((node) => `    '${key(node)}') words='${wordsOf(node)}' ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _plimsoll plimsoll
`;
}

function zsh(nodes: readonly Node[]): string {
  const described = ({ words, options }: Node) =>
    [...words, ...options].map(({ word, summary }) => zshQuoted(`${word}:${summary}`)).join(' ');
  return `#compdef plimsoll
# plimsoll completion zsh: write it to _plimsoll in a folder of $fpath, or source it behind compinit
_plimsoll() {
  local place= i
  local -a found
${walk('words', '(( i = 2; i < CURRENT; i++ ))', nodes)}
  case $place in
${nodes.map((node) => `    '${key(node)}') found=(${described(node)}) ;;`).join('\n')}
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
  const known = nodes.filter(({ path }) => path.length > 0).map(key);
  const lines = nodes.flatMap((node) => {
    const at = `complete -c plimsoll -n '__plimsoll_at "${key(node)}"'`;
    const words = node.words.map(({ word, summary }) => `${at} -f -a '${word}' -d ${quoted(summary)}`);
    const options = node.options.map(({ word, summary, takesValue }) => {
      return `${at} -l ${word.slice(2)}${takesValue ? ' -r' : ''} -d ${quoted(summary)}`;
    });
    return [...words, ...options];
  });
  return `# plimsoll completion fish: write it to ~/.config/fish/completions/plimsoll.fish
function __plimsoll_at
  set -l place ''
  for word in (commandline -opc)[2..]
    set -l next (string trim -l -c / -- "$place/$word")
    contains -- $next ${known.join(' ')}; and set place $next
  end
  test "$place" = "$argv[1]"
end
${lines.join('\n')}
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
