import sax from 'sax';
import { Fault } from '#core/fault.ts';

/** An element of an XML document. Names are without their prefix. */
export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
  /** Its own text without blanks around it, up to 8,192 characters. */
  readonly text: string;
}

interface OpenNode extends XmlNode {
  readonly children: XmlNode[];
  text: string;
}

const maxDepth = 64;
const maxNodes = 200_000;
const maxText = 8192;

/**
 * The root of a small XML document. Entities are XML's own five and characters by number; others stay as they are written.
 * Throws `input/invalid` for what is no XML and `input/too-large` over 64 levels or 200,000 elements.
 */
export function parseXml(text: string): XmlNode {
  let root: XmlNode | null = null;
  let count = 0;
  const open: OpenNode[] = [];
  const parser = sax.parser(true);
  parser.onopentag = ({ name, attributes }) => {
    if (++count > maxNodes) throw new Fault('input/too-large', `has more than ${maxNodes} elements`);
    if (open.length === maxDepth) throw new Fault('input/too-large', `is nested more than ${maxDepth} levels deep`);
    const node = { name: localName(name), attributes: attributes as Record<string, string>, children: [], text: '' };
    open.at(-1)?.children.push(node);
    open.push(node);
    root ??= node;
  };
  parser.ontext = parser.oncdata = (more) => {
    const node = open.at(-1);
    if (node !== undefined && node.text.length < maxText) node.text = (node.text + more).slice(0, maxText);
  };
  parser.onclosetag = () => {
    const node = open.pop();
    if (node !== undefined) node.text = node.text.trim();
  };
  parser.onerror = (error) => {
    if (error.message.startsWith('Invalid character entity')) {
      parser.resume();
      return;
    }
    throw new Fault('input/invalid', `is not XML: ${error.message.split('\n')[0]}`);
  };
  parser.write(text).close();
  if (root === null) throw new Fault('input/invalid', 'is not XML: it has no element');
  return root;
}

const localName = (name: string) => name.slice(name.indexOf(':') + 1);

/** All elements of this name below a node, at any depth, in the order of the document. */
export function* elementsOf(node: XmlNode, name: string): Generator<XmlNode> {
  for (const child of node.children) {
    if (child.name === name) yield child;
    yield* elementsOf(child, name);
  }
}

/** The text of the first child of this name; null when there is none. */
export function childText(node: XmlNode, name: string): string | null {
  return node.children.find((child) => child.name === name)?.text ?? null;
}
