import { compileRegex } from '#core/regex/regex.ts';
import { exposedToken, exposedTokens, portRange } from '../dockerfile/exposed-port.ts';
import type { Gate, Match, ParameterValues, Trigger } from '../gate.ts';
import { dockerfileOf, type ImageDockerfile } from '../dockerfile/image-dockerfile.ts';
import { boolean, csvIntegers, csvLoose, oneOf, string } from '../parameter-types.ts';
import { pythonList } from '../python-text.ts';

const actualOnly = {
  type: boolean,
  description: 'Only looks at a Dockerfile that came with the image, not at one guessed from its history.',
  example: 'true',
  default: false,
};

const listType = {
  type: oneOf('whitelist', 'blacklist'),
  description: 'Whether the list says what is allowed or what is not.',
  example: 'blacklist',
  required: true,
};

const checks = ['=', '!=', 'exists', 'not_exists', 'like', 'not_like', 'in', 'not_in'] as const;

interface InstructionValues {
  readonly instruction: string;
  readonly check: (typeof checks)[number];
  readonly value: string | null;
  readonly actual_dockerfile_only: boolean;
}

const instruction: Trigger = {
  name: 'instruction',
  description: 'Fires for each line of an instruction that the check holds for.',
  parameters: {
    instruction: {
      type: oneOf(
        ...['ADD', 'ARG', 'COPY', 'CMD', 'ENTRYPOINT', 'ENV', 'EXPOSE', 'FROM', 'HEALTHCHECK', 'LABEL', 'MAINTAINER'],
        ...['ONBUILD', 'USER', 'RUN', 'SHELL', 'STOPSIGNAL', 'VOLUME', 'WORKDIR'],
      ),
      description: 'The instruction to look at.',
      example: 'FROM',
      required: true,
    },
    check: { type: oneOf(...checks), description: 'The check to make.', example: '=', required: true },
    value: {
      type: string,
      description:
        'What to compare with: a text, a comma-separated list for in and not_in, a regular expression for like and not_like.',
      example: 'scratch',
    },
    actual_dockerfile_only: actualOnly,
  },
  refuses(parameters) {
    const { check, value } = parameters as unknown as InstructionValues;
    if (value === null || (check !== 'like' && check !== 'not_like')) return null;
    const compiled = compileRegex(value);
    return compiled.kind === 'invalid' ? `The value must be a regular expression: ${compiled.reason}` : null;
  },
  *fires(facts, parameters) {
    const { instruction: directive, check, value, actual_dockerfile_only } = parameters as unknown as InstructionValues;
    const dockerfile = dockerfileOf(facts);
    if (isSilent(dockerfile, actual_dockerfile_only)) return;
    const lines = dockerfile.instructions.filter((line) => line.directive === directive);
    if (check === 'not_exists') {
      if (lines.length === 0) {
        yield reason(`Dockerfile directive '${directive}' not found, matching condition '${check}' check`);
      }
      return;
    }
    // As the original: a check that needs a value says nothing without one.
    const holds = check === 'exists' ? () => true : value === null ? null : comparison(check, value);
    if (holds === null) return;
    for (const { text } of lines) {
      if (holds(text)) {
        yield reason(
          `Dockerfile directive '${directive}' check '${check}' matched against '${value ?? ''}' for line '${text}'`,
        );
      }
    }
  },
};

function comparison(
  check: '=' | '!=' | 'like' | 'not_like' | 'in' | 'not_in',
  value: string,
): (text: string) => boolean {
  switch (check) {
    case '=':
      return (text) => text === value;
    case '!=':
      return (text) => text !== value;
    case 'in':
    case 'not_in': {
      const items = new Set(value.split(',').map((item) => item.trim()));
      return (text) => items.has(text) === (check === 'in');
    }
    case 'like':
    case 'not_like': {
      const compiled = compileRegex(value);
      if (compiled.kind === 'invalid') throw new Error(`'${value}' is no regular expression: ${compiled.reason}`);
      return (text) => compiled.regex.matches(text) === (check === 'like');
    }
    default:
      return check satisfies never;
  }
}

const effectiveUser: Trigger = {
  name: 'effective_user',
  description: 'Fires when the user that the image runs as is on a list, or not on it.',
  parameters: {
    users: {
      type: csvLoose,
      description: 'User names, exactly as the USER instruction writes them.',
      example: 'root,docker',
      required: true,
    },
    type: listType,
  },
  *fires(facts, parameters) {
    const { users, type } = parameters as unknown as { users: readonly string[]; type: 'whitelist' | 'blacklist' };
    const dockerfile = dockerfileOf(facts);
    if (isSilent(dockerfile, false)) return;
    const user = userOf(dockerfile);
    if (type === 'whitelist' && !users.includes(user)) {
      yield reason(`User ${user} found as effective user, which is not on the allowed list`);
    } else if (type === 'blacklist' && users.includes(user)) {
      yield reason(`User ${user} found as effective user, which is explicity not allowed`);
    }
  },
};

/** The last USER of the final stage; where there is none, or a variable in it, the image's config; else root. */
function userOf({ final, config }: ImageDockerfile): string {
  const line = final.findLast(({ directive }) => directive === 'USER')?.text ?? '';
  const written = /^\[?([^\]]+)\]?$/.exec(line)?.[1]?.trim() ?? '';
  const known = config?.user ?? '';
  if (written === '' || (written.includes('$') && known !== '')) return known || 'root';
  return written;
}

const exposedPorts: Trigger = {
  name: 'exposed_ports',
  description: 'Fires for each exposed port that is on a list, or not on it.',
  parameters: {
    ports: {
      type: csvIntegers,
      description: 'Port numbers; 0 stands for any port.',
      example: '80,8080',
      required: true,
    },
    type: listType,
    actual_dockerfile_only: actualOnly,
  },
  *fires(facts, parameters) {
    const { ports, type, actual_dockerfile_only } = parameters as ParameterValues as {
      ports: readonly number[];
      type: 'whitelist' | 'blacklist';
      actual_dockerfile_only: boolean;
    };
    const dockerfile = dockerfileOf(facts);
    if (isSilent(dockerfile, actual_dockerfile_only)) return;
    for (const tokens of exposures(dockerfile)) {
      if (ports.includes(0)) yield anyPort(type, tokens);
      else if (type === 'blacklist') yield* denied(ports, tokens);
      else yield* notAllowed(new Set(ports), tokens);
    }
  },
};

/** Ports by EXPOSE line of the final image; a line with a variable stands for what the config exposes beyond the others. */
function exposures({ final, config }: ImageDockerfile): readonly (readonly string[])[] {
  const lines = final.filter(({ directive }) => directive === 'EXPOSE').map(({ text }) => exposedTokens(text));
  const written = lines.flat();
  if (config === null || !written.some((token) => token.includes('$'))) return lines.filter((line) => line.length > 0);
  const others = config.ports.filter((port) => !written.some((token) => covers(token, port)));
  const known = lines.map((line) => line.filter((token) => !token.includes('$')));
  return [...known, others].filter((line) => line.length > 0);
}

function covers(token: string, port: string): boolean {
  const range = portRange(token);
  const inner = portRange(port);
  if (range === null || inner === null || range.first > inner.first || range.last < inner.last) return false;
  return exposedToken(token).split('/')[1] === exposedToken(port).split('/')[1];
}

function anyPort(type: 'whitelist' | 'blacklist', tokens: readonly string[]): Match {
  const list = type === 'blacklist' ? 'DENIEDPORTS' : 'ALLOWEDPORTS';
  return reason(`Dockerfile exposes network ports but policy sets ${list}=0: ${pythonList(tokens)}`);
}

function* denied(ports: readonly number[], tokens: readonly string[]): Iterable<Match> {
  for (const port of ports) {
    // In the original's order: the first form of a port is the one that the message names.
    const form = [`${port}`, `${port}/tcp`, `${port}/udp`].find((candidate) => tokens.includes(candidate));
    const found = form ?? tokens.find((token) => isWithin(port, token));
    if (found !== undefined)
      yield reason(`Dockerfile exposes port (${found}) which is in policy file DENIEDPORTS list`);
  }
}

function isWithin(port: number, token: string): boolean {
  const range = portRange(token);
  return range !== null && range.first <= port && port <= range.last;
}

function* notAllowed(ports: ReadonlySet<number>, tokens: readonly string[]): Iterable<Match> {
  for (const token of tokens) {
    if (!isAllowed(ports, token)) {
      yield reason(`Dockerfile exposes port (${token}) which is not in policy file ALLOWEDPORTS list`);
    }
  }
}

function isAllowed(ports: ReadonlySet<number>, token: string): boolean {
  const range = portRange(token);
  if (range === null) return false;
  for (let port = range.first; port <= range.last; port++) if (!ports.has(port)) return false;
  return range.first <= range.last;
}

const noDockerfile: Trigger = {
  name: 'no_dockerfile_provided',
  description: 'Fires when no Dockerfile came with the image.',
  parameters: {},
  *fires(facts) {
    if (facts.dockerfile === null) yield reason('Image was not analyzed with an actual Dockerfile');
  },
};

/** Without instructions there is nothing to say, not even that one is missing. */
function isSilent({ mode, instructions }: ImageDockerfile, actual: boolean): boolean {
  return instructions.length === 0 || (actual && mode !== 'actual');
}

function reason(message: string): Match {
  return { id: null, message };
}

/** Looks at the Dockerfile that came with the image, or at one guessed from its history and config. */
export const dockerfile: Gate = {
  name: 'dockerfile',
  description: 'Checks the Dockerfile that came with the image, or one guessed from its history and config.',
  triggers: [instruction, effectiveUser, exposedPorts, noDockerfile],
};
