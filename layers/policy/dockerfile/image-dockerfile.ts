import type { ImageReport } from '#schema/image-report.ts';
import { finalStage, type Instruction, parseDockerfile } from './dockerfile.ts';
import { exposedToken, exposedTokens } from './exposed-port.ts';
import type { Facts } from '../gate.ts';

/** The instructions that speak for an image. */
export interface ImageDockerfile {
  /** `actual`: given with the image; `guessed`: from its history and config; `unknown`: there is nothing to go by. */
  readonly mode: 'actual' | 'guessed' | 'unknown';
  readonly instructions: readonly Instruction[];
  /** Those that make the final image: without the stages it only copies from. */
  readonly final: readonly Instruction[];
  /** What the image itself runs with; null when it has no config. */
  readonly config: RuntimeConfig | null;
}

export interface RuntimeConfig {
  /** Empty for root by default. */
  readonly user: string;
  /** `80/tcp`, sorted. */
  readonly ports: readonly string[];
  /** The health check as text; null for none. */
  readonly healthcheck: string | null;
}

/**
 * The Dockerfile that came with the image, or one guessed from its history, in which each builder writes in its own way
 * (classic Docker `/bin/sh -c #(nop)`, BuildKit, buildah, kaniko). Where it is guessed, the image's config is the truth
 * about ports, user and health check: history is only a story. A guess begins with the image
 * that this one was built on, where it is known, else with `FROM scratch`, as the original's.
 */
export function dockerfileOf(facts: Facts): ImageDockerfile {
  const known = read.get(facts);
  if (known !== undefined) return known;
  const dockerfile = readDockerfile(facts);
  read.set(facts, dockerfile);
  return dockerfile;
}

/** Many rules ask about the same facts. */
const read = new WeakMap<Facts, ImageDockerfile>();

function readDockerfile(facts: Facts): ImageDockerfile {
  const config = runtimeConfig(facts.image);
  if (facts.dockerfile !== null) {
    const instructions = parseDockerfile(facts.dockerfile);
    return { mode: 'actual', instructions, final: finalStage(instructions), config };
  }
  if (config === null && facts.image.history.length === 0) {
    return { mode: 'unknown', instructions: [], final: [], config };
  }
  const told = [
    { directive: 'FROM', text: facts.image.base?.reference ?? 'scratch' },
    ...facts.image.history.map(historyInstruction),
  ];
  const instructions = config === null ? told : corrected(told, config);
  return { mode: 'guessed', instructions, final: instructions, config };
}

const directives =
  /^(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)(\s+[\s\S]*)?$/;

function historyInstruction(entry: ImageReport['history'][number]): Instruction {
  const text = entry.createdBy.trim().replace(/\s+# buildkit$/, '');
  // The classic builder on Linux and Windows.
  const noop = /^(?:\/bin\/sh -c|cmd \/S \/C|powershell\b[^#]*)\s*#\(nop\)\s*/.exec(text);
  const known = directives.exec(noop === null ? text : text.slice(noop[0].length));
  if (known === null) return { directive: 'RUN', text };
  const directive = known[1]!;
  const rest = (known[2] ?? '').trim();
  return { directive, text: directive === 'EXPOSE' ? exposedTokens(rest).join(' ') : rest };
}

/** Takes out what the config does not have and adds what only the config has. */
function corrected(told: readonly Instruction[], config: RuntimeConfig): readonly Instruction[] {
  const ports = new Set(config.ports.map(exposedToken));
  const mentioned = new Set<string>();
  const kept: Instruction[] = [];
  for (const instruction of told) {
    if (instruction.directive === 'EXPOSE') {
      const tokens = exposedTokens(instruction.text).filter((token) => ports.has(exposedToken(token)));
      for (const token of tokens) mentioned.add(exposedToken(token));
      if (tokens.length > 0) kept.push({ directive: 'EXPOSE', text: tokens.join(' ') });
    } else if (instruction.directive === 'HEALTHCHECK') {
      if (config.healthcheck !== null) kept.push(instruction);
    } else if (instruction.directive !== 'USER' || config.user !== '') {
      kept.push(instruction);
    }
  }
  for (const port of config.ports) {
    if (!mentioned.has(exposedToken(port))) kept.push({ directive: 'EXPOSE', text: port });
  }
  const user = kept.findLast(({ directive }) => directive === 'USER')?.text ?? '';
  if (user !== config.user) kept.push({ directive: 'USER', text: config.user });
  const checked = kept.some(({ directive }) => directive === 'HEALTHCHECK');
  if (config.healthcheck !== null && !checked) kept.push({ directive: 'HEALTHCHECK', text: config.healthcheck });
  return kept;
}

/** The runtime part of an image config (OCI image-spec, config.md; Healthcheck is Docker's own). */
function runtimeConfig(image: ImageReport): RuntimeConfig | null {
  if (Object.keys(image.config).length === 0) return null;
  const config = record(image.config['config']) ?? {};
  const test = record(config['Healthcheck'])?.['Test'];
  const user = config['User'];
  return {
    user: typeof user === 'string' ? user : '',
    ports: Object.keys(record(config['ExposedPorts']) ?? {}).sort(),
    healthcheck: Array.isArray(test) && test.length > 0 ? healthcheckText(test.map(String)) : null,
  };
}

function healthcheckText(test: readonly string[]): string {
  const [kind, ...command] = test;
  if (kind === 'NONE') return 'NONE';
  return kind === 'CMD-SHELL' ? `CMD ${command.join(' ')}` : `CMD ${JSON.stringify(command)}`;
}

function record(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
