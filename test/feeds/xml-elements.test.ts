import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '#core/fault.ts';
import { type XmlElement, type XmlLimits, xmlElements } from '#feeds/xml-elements.ts';

async function* inPieces(text: string, size: number) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, limits?: Partial<XmlLimits>, size = 7): Promise<XmlElement[]> {
  const all = { elements: 1000, characters: 1000, depth: 10, attributes: 10, ...limits };
  const elements: XmlElement[] = [];
  const document = xmlElements(inPieces(text, size), 'fleet.xml', { root: 'fleet', level: 1 }, all);
  for await (const element of document) elements.push(element);
  return elements;
}

const isFailed = (form: RegExp) => (thrown: unknown) =>
  thrown instanceof Fault && thrown.code === 'feed/failed' && form.test(thrown.message);

test('the elements of a document are given whole, with names without prefix and text without its children', async () => {
  const text = `<?xml version="1.0"?><!-- a remark -->
    <x:fleet xmlns:x="urn:x"><x:hull id="a" size="&lt;9">wood &amp; tar<mast/> <![CDATA[<iron>]]>&#233;</x:hull>
    stray text<keel/></x:fleet>\n`;
  for (const size of [1, 7, 10_000])
    assert.deepEqual(await read(text, {}, size), [
      {
        name: 'hull',
        attributes: { id: 'a', size: '<9' },
        children: [{ name: 'mast', attributes: {}, children: [], text: '' }],
        text: 'wood & tar <iron>é',
      },
      { name: 'keel', attributes: {}, children: [], text: '' },
    ]);
});

test('elements of a deeper level are given without those above them', async () => {
  const document = inPieces('<fleet><a><ship n="1"/><ship n="2"/></a><b><ship n="3"/></b></fleet>', 5);
  const names: (string | undefined)[] = [];
  for await (const { attributes } of xmlElements(document, 'x', { root: 'fleet', level: 2 }))
    names.push(attributes['n']);
  assert.deepEqual(names, ['1', '2', '3']);
});

test('a document that is cut off, empty, damaged or another one fails', async () => {
  await assert.rejects(read('<fleet><hull/>'), isFailed(/fleet\.xml: it is no XML: Unclosed root tag/));
  await assert.rejects(read('<fleet><hull/></flee'), isFailed(/no XML/));
  await assert.rejects(read(''), isFailed(/it is empty/));
  await assert.rejects(read('<fleet><hull></mast></fleet>'), isFailed(/no XML/));
  await assert.rejects(read('<fleet>&bomb;</fleet>'), isFailed(/Invalid character entity/));
  await assert.rejects(read('<html/>'), isFailed(/it is no fleet but html/));
});

test('entities that a document declares itself are not expanded', async () => {
  const bomb = '<!DOCTYPE fleet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><fleet><hull>&b;</hull></fleet>';
  await assert.rejects(read(bomb), isFailed(/Invalid character entity/));
});

test('what passes a limit fails before it is held', async () => {
  const deep = `<fleet>${'<a>'.repeat(20)}${'</a>'.repeat(20)}</fleet>`;
  await assert.rejects(read(deep), isFailed(/more than 10 levels/));
  await assert.rejects(read(`<fleet><a>${'<b/>'.repeat(30)}</a></fleet>`, { elements: 30 }), isFailed(/30 others/));
  await assert.rejects(read(`<fleet><a>${'x'.repeat(1001)}</a></fleet>`), isFailed(/1000 characters/));
  const attributes = Array.from({ length: 11 }, (_, at) => `a${at}=""`).join(' ');
  await assert.rejects(read(`<fleet><a ${attributes}/></fleet>`), isFailed(/10 attributes/));
  const many = `<fleet>${'<a>xxxxxxxxxx</a>'.repeat(200)}</fleet>`;
  assert.equal((await read(many, { elements: 2 })).length, 200);
});
