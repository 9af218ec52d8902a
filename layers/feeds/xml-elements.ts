import type { SAXParser } from 'sax';
import { Fault } from '#core/fault.ts';

/** An element of an XML document with all that is in it. Names are without their prefix. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text, without that of its children and blanks around it. */
  readonly text: string;
}

export interface XmlLimits {
  /** Of one element that is given, with everything in it. */
  readonly elements: number;
  /** Characters of texts and attributes of one element that is given. */
  readonly characters: number;
  /** Nesting, from the root. */
  readonly depth: number;
  /** Of one element. */
  readonly attributes: number;
}

const defaultLimits: XmlLimits = { elements: 500_000, characters: 64 * 1024 * 1024, depth: 64, attributes: 64 };

/**
 * The elements of an XML document that stand `level` levels below its root, whole, one after the other: the document may be of
 * any size. Entities are XML's own five and characters by number. `what` names the document in errors. Throws `feed/failed`
 * where it is not well-formed, is cut off, has another root than `root`, or passes a limit; elements before that place have
 * been given by then.
 */
export async function* xmlElements(
  source: AsyncIterable<Uint8Array>,
  what: string,
  { root, level }: { readonly root: string; readonly level: number },
  limits: XmlLimits = defaultLimits,
): AsyncGenerator<XmlElement> {
  const { default: sax } = await import('sax');
  const decoder = new TextDecoder();
  const reader = startReading(sax.parser(true), what, root, level, limits);
  for await (const bytes of source) {
    reader.write(decoder.decode(bytes, { stream: true }));
    yield* reader.take();
  }
  reader.write(decoder.decode());
  reader.close();
  yield* reader.take();
}

/** An element that is still open. */
interface Open {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  readonly texts: string[];
}

function startReading(parser: SAXParser, what: string, root: string, level: number, limits: XmlLimits) {
  /** Open elements from `level` on; those above are only counted. */
  const open: Open[] = [];
  let whole: XmlElement[] = [];
  let depth = 0;
  let rooted = false;
  let elements = 0;
  let characters = 0;
  let attributes = 0;
  const failed = (problem: string) => new Fault('feed/failed', `reading ${what}: ${problem}`);
  const count = (more: number) => {
    characters += more;
    if (characters > limits.characters) throw failed(`an element has more than ${limits.characters} characters`);
  };
  parser.onopentagstart = () => {
    attributes = 0;
  };
  parser.onattribute = ({ name, value }) => {
    if (++attributes > limits.attributes) throw failed(`an element has more than ${limits.attributes} attributes`);
    count(name.length + value.length);
  };
  parser.onopentag = (tag) => {
    const name = localName(tag.name);
    if (depth === 0 && name !== root) throw failed(`it is no ${root} but ${name.slice(0, 100)}`);
    rooted = true;
    if (++depth > limits.depth) throw failed(`it is nested more than ${limits.depth} levels deep`);
    if (depth <= level) {
      characters = 0;
      return;
    }
    if (++elements > limits.elements) throw failed(`an element has more than ${limits.elements} others in it`);
    open.push({ name, attributes: tag.attributes as Record<string, string>, children: [], texts: [] });
  };
  parser.ontext = parser.oncdata = (text) => {
    const last = open.at(-1);
    if (last === undefined) return;
    count(text.length);
    last.texts.push(text);
  };
  parser.onclosetag = () => {
    depth--;
    const closed = open.pop();
    if (closed === undefined) return;
    const { name, attributes, children, texts } = closed;
    const element: XmlElement = { name, attributes, children, text: texts.join('').trim() };
    const parent = open.at(-1);
    if (parent !== undefined) {
      parent.children.push(element);
      return;
    }
    whole.push(element);
    elements = 0;
    characters = 0;
  };
  parser.onerror = (error) => {
    throw failed(`it is no XML: ${error.message.replaceAll('\n', ', ').slice(0, 300)}`);
  };
  return {
    write(text: string) {
      parser.write(text);
    },
    close() {
      parser.close();
      if (!rooted) throw failed('it is empty');
    },
    take(): readonly XmlElement[] {
      const taken = whole;
      whole = [];
      return taken;
    },
  };
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
