import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { Fault } from '#core/fault.ts';
import type { SetAside } from '../advisory.ts';
import { type XmlElement, xmlElements } from '../xml-elements.ts';
import { OvalContents } from './oval-contents.ts';
import { definitionOf, type WrittenDefinition, writtenDefinition } from './written-definition.ts';
import type { OvalDefinition } from './oval-definition.ts';

export interface OvalLimits {
  /** Bytes of what is kept of definitions until the tests are known, compressed. */
  readonly keptBytes: number;
  /** Tests, objects, states and variables. */
  readonly contents: number;
}

const defaultLimits: OvalLimits = { keptBytes: 512 * 1024 * 1024, contents: 4_000_000 };

/**
 * The definitions of an OVAL document, with their criteria resolved to packages. A document has its definitions first and
 * then what they refer to, so they are kept, compressed, until all of it is read; so nothing is given of a document that is
 * cut off. `what` names it in errors. A definition that refers to what is not there is set aside in part, one without an id
 * wholly. Throws `feed/failed` where the document is damaged or passes a limit.
 */
export async function* readOval(
  source: AsyncIterable<Uint8Array>,
  what: string,
  limits: OvalLimits = defaultLimits,
): AsyncGenerator<OvalDefinition | SetAside> {
  const contents = new OvalContents();
  const definitions = new Kept();
  for await (const element of xmlElements(source, what, { root: 'oval_definitions', level: 2 })) {
    if (element.name === 'definition') definitions.add(writtenDefinition(element, contents));
    else if (isContent(element)) contents.add(element);
    if (definitions.bytes > limits.keptBytes)
      throw new Fault('feed/failed', `reading ${what}: its definitions have more than ${limits.keptBytes} bytes`);
    if (contents.size > limits.contents)
      throw new Fault('feed/failed', `reading ${what}: it has more than ${limits.contents} tests, objects and states`);
  }
  for (const written of definitions.all()) {
    const { definition, problem } = definitionOf(written, contents);
    if (problem !== null)
      yield { record: (written.id || written.title || 'definition').slice(0, 300), reason: problem };
    if (definition !== null) yield definition;
  }
}

function isContent({ name, attributes }: XmlElement): boolean {
  return attributes['id'] !== undefined && /_(?:test|object|state|variable)$/.test(name);
}

/** Texts before they are compressed together. */
const keptTogether = 1024 * 1024;

/** Definitions as compressed JSON: a tenth of what their criteria alone would take as objects. */
class Kept {
  readonly #pieces: Buffer[] = [];
  #lines: string[] = [];
  #length = 0;
  bytes = 0;

  add(definition: WrittenDefinition): void {
    const line = JSON.stringify(definition);
    this.#lines.push(line);
    this.#length += line.length;
    if (this.#length > keptTogether) this.#compress();
  }

  *all(): Generator<WrittenDefinition> {
    this.#compress();
    for (const piece of this.#pieces) {
      for (const line of zstdDecompressSync(piece).toString().split('\n')) {
        if (line !== '') yield JSON.parse(line) as WrittenDefinition;
      }
    }
  }

  #compress(): void {
    const piece = zstdCompressSync(this.#lines.join('\n'));
    this.#pieces.push(piece);
    this.bytes += piece.length;
    this.#lines = [];
    this.#length = 0;
  }
}
