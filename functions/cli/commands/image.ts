import { createHash } from 'node:crypto';
import { Fault } from '#core/fault.ts';
import { findDigest, findImages, imageArgument, imageName } from '../client/image-names.ts';
import { contentShown, metadataShown } from '../client/image-documents.ts';
import { imageShown, newestPerTag, tagFields } from '../client/image-fields.ts';
import type { Call, Group } from '../client/leaf.ts';
import { type Item, itemsOf, rows, type Shown, said, table, textAt } from '../client/shown.ts';
import { availableShown, vulnerabilitiesShown } from '../client/vulnerability-fields.ts';
import { pauseOptions, waitFor } from '../client/wait-for.ts';
import { readInput, readJson } from '../client/read-input.ts';

/** Images of an account. */
export const image: Group = {
  name: 'image',
  leaves: [
    {
      words: 'add',
      summary: 'Adds an image and has it analyzed',
      arguments: [{ name: 'IMAGE', help: 'registry/repository:tag' }],
      options: [
        { name: 'force', help: 'analyze it again' },
        { name: 'dockerfile', value: 'FILE', help: 'the Dockerfile that it was built of' },
        { name: 'annotation', value: 'KEY=VALUE', many: true, help: 'noted with it; the value null takes one away' },
        { name: 'noautosubscribe', help: 'do not watch the tag for newer images' },
        { name: 'wait', help: 'until it is analyzed; exit code 1 where that fails' },
        ...pauseOptions,
      ],
      run: add,
    },
    {
      words: 'get',
      summary: 'Shows an image',
      arguments: [imageArgument],
      options: [{ name: 'show-history', help: 'every image that the tag ever pointed to' }],
      run: async ({ api, given }) => imageShown(await findImages(api, given.word('IMAGE'), given.flag('show-history'))),
    },
    {
      words: 'list',
      summary: 'Lists the images that tags point to',
      options: [
        { name: 'full', help: 'with image ids' },
        { name: 'show-all', help: 'also those that tags pointed to before' },
      ],
      async run({ api, given }) {
        const value = await api.get(['images']);
        const found = newestPerTag(itemsOf(value), given.flag('show-all'));
        return { value, blocks: [rows(found, tagFields(given.flag('full')), 'Full Tag')] };
      },
    },
    {
      words: 'wait',
      summary: 'Waits until an image is analyzed',
      arguments: [imageArgument],
      options: pauseOptions,
      help: 'Ends with exit code 0 also when the analysis failed, as anchore-cli does; 2 when the time is over.',
      run: async (call) => imageShown(await analyzed(call, () => findImages(call.api, call.given.word('IMAGE')))),
      exit: () => 2,
    },
    {
      words: 'content',
      summary: 'Lists what is in an image, or what kinds of content there are',
      arguments: [
        imageArgument,
        {
          name: 'TYPE',
          optional: true,
          help: 'kind of content',
          examples: [
            'os',
            'files',
            'npm',
            'gem',
            'python',
            'java',
            'binary',
            'go',
            'malware',
            'dockerfile',
            'manifest',
          ],
        },
      ],
      async run({ api, given }) {
        const type = given.maybe('TYPE');
        const path = ['images', await findDigest(api, given.word('IMAGE')), 'content'];
        return type === undefined
          ? availableShown(await api.get(path))
          : contentShown(await api.get([...path, type]), type);
      },
    },
    {
      words: 'metadata',
      summary: 'Shows a document of an image, or which there are',
      arguments: [
        imageArgument,
        { name: 'TYPE', optional: true, help: 'document', examples: ['manifest', 'docker_history', 'dockerfile'] },
      ],
      async run({ api, given }) {
        const type = given.maybe('TYPE');
        const path = ['images', await findDigest(api, given.word('IMAGE')), 'metadata'];
        return type === undefined ? availableShown(await api.get(path)) : metadataShown(await api.get([...path, type]));
      },
    },
    {
      words: 'vuln',
      summary: 'Lists the vulnerabilities of an image, or what kinds of them there are',
      arguments: [
        imageArgument,
        { name: 'TYPE', optional: true, help: 'kind of packages', examples: ['os', 'non-os', 'all'] },
      ],
      options: [
        {
          name: 'vendor-only',
          value: 'BOOL',
          choices: ['true', 'false', '1', '0', 'yes', 'no', 'y', 'n', 't', 'f', 'on', 'off'],
          help: 'false: also what the vendor will not fix (default: true)',
        },
      ],
      help: 'Exit code 100: the image is being analyzed; 101: its analysis has not begun.',
      async run({ api, given }) {
        const type = given.maybe('TYPE');
        const path = ['images', await findDigest(api, given.word('IMAGE')), 'vuln'];
        if (type === undefined) return availableShown(await api.get(path));
        const vendorOnly = /^(true|1|yes|y|t|on)$/i.test(given.text('vendor-only') ?? 'true');
        return vulnerabilitiesShown(await api.get([...path, type], { vendor_only: vendorOnly }));
      },
      exit: ({ message }) =>
        /analysis_status: analyzing/.test(message) ? 100 : /analysis_status: not_analyzed/.test(message) ? 101 : null,
    },
    {
      words: 'del',
      summary: 'Deletes an image',
      arguments: [{ ...imageArgument, optional: true }],
      options: [
        { name: 'force', help: 'also one that is watched: what watches it is switched off' },
        { name: 'all', help: 'every image' },
      ],
      run: async (call) => (call.given.flag('all') ? await removeAll(call) : await remove(call)),
    },
    {
      words: 'import',
      summary: 'Restores an image from an archive of its analysis',
      options: [
        { name: 'infile', value: 'FILE', help: 'the archive (tar.gz), or an export in JSON for servers that take it' },
      ],
      run: importFile,
    },
  ],
};

async function add(call: Call): Promise<Shown> {
  const { api, given } = call;
  const tag = given.word('IMAGE');
  if (imageName(tag).kind !== 'tag' && !tag.includes('@'))
    throw new Fault('input/invalid', `image add: '${tag}' is no tag; give registry/repository:tag`);
  const dockerfile = given.text('dockerfile');
  const annotations = annotationsOf(given.texts('annotation'));
  const value = await api.ask('POST', ['images'], {
    query: { autosubscribe: !given.flag('noautosubscribe'), force: given.flag('force') || undefined },
    body: {
      tag,
      ...(dockerfile === undefined ? {} : { dockerfile: (await readInput(dockerfile)).toString('base64') }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
  });
  const digest = textAt(itemsOf(value)[0], 'imageDigest');
  if (!given.flag('wait') || digest === '') return imageShown(value);
  const ended = await analyzed(call, () => findImages(api, digest));
  return { ...imageShown(ended), code: textAt(ended[0], 'analysis_status') === 'analyzed' ? 0 : 1 };
}

function annotationsOf(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, key, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
      if (key === undefined || value === undefined)
        throw new Fault('input/invalid', `image add: --annotation ${text.slice(0, 60)}: give KEY=VALUE`);
      return [key, value];
    }),
  );
}

async function analyzed(call: Call, ask: () => Promise<readonly Item[]>): Promise<readonly Item[]> {
  return await waitFor(call, 'the analysis', async () => {
    const found = await ask();
    const status = textAt(found[0], 'analysis_status');
    if (status === 'analyzed' || status === 'analysis_failed') return { kind: 'done', value: found };
    return { kind: 'waiting', for: `${call.given.word('IMAGE')} is ${status}` };
  });
}

async function remove(call: Call): Promise<Shown> {
  const name = call.given.maybe('IMAGE');
  if (name === undefined) throw new Fault('input/invalid', 'image del: IMAGE is missing; give it, or --all');
  const { value, problem } = await removeOne(call, await findDigest(call.api, name));
  if (problem !== null)
    throw new Fault('state/conflict', `${name} was not deleted: ${problem}`, { detail: { httpcode: 409 } });
  return said(value, `${name} is deleted`);
}

/** Images are deleted one by one, and those that cannot be are told at the end. */
async function removeAll(call: Call): Promise<Shown> {
  const images = itemsOf(await call.api.get(['images']));
  const results: Item[] = [];
  for (const image of images) {
    const digest = textAt(image, 'imageDigest');
    call.progress.show(`deleting ${results.length + 1} of ${images.length}`);
    if (digest !== '') {
      const { problem } = await removeOne(call, digest);
      const tags = itemsOf(image['image_detail']).map((one) => textAt(one, 'fulltag'));
      results.push({ tags, digest, status: problem ?? 'deleted', failed: problem !== null });
    }
  }
  const fields = [
    { title: 'Full Tag', of: 'tags', least: 20 },
    { title: 'Image Digest', of: 'digest', least: 19 },
    { title: 'Status', of: 'status', least: 12 },
  ];
  return { ...table(results, fields), code: results.some(({ failed }) => failed === true) ? 2 : 0 };
}

/** A refusal is told in the answer (from 0.8.8 of the original on) and not by its status. */
async function removeOne({ api, given }: Call, digest: string): Promise<{ value: unknown; problem: string | null }> {
  const value = await api.ask('DELETE', ['images', digest], { query: { force: given.flag('force') || undefined } });
  const [answer] = itemsOf(value);
  if (answer === undefined || textAt(answer, 'status') === 'deleting') return { value, problem: null };
  return { value, problem: textAt(answer, 'detail') || 'the server refused' };
}

/** An archive as a form with one file in it, as the original takes it (RFC 7578); JSON as anchore-cli sends it. */
async function importFile({ api, given }: Call): Promise<Shown> {
  const file = given.text('infile');
  if (file === undefined) throw new Fault('input/invalid', 'image import: --infile is missing; name the file');
  const bytes = await readInput(file);
  const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!gzipped) return imageShown(await api.ask('POST', ['imageimport'], { body: await readJson(file) }));
  const boundary = `plimsoll-${createHash('sha256').update(bytes).digest('hex')}`;
  const head =
    'content-disposition: form-data; name="archive_file"; filename="archive.tar.gz"\r\ncontent-type: application/gzip';
  const value = await api.ask('POST', ['import', 'images'], {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([
      Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`),
      bytes,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
  });
  return imageShown(value);
}
