import { Fault } from '#core/fault.ts';
import { parseJson } from '#registry/image/document.ts';
import { parseConfig } from '#registry/image/image-config.ts';
import { parseManifest } from '#registry/image/manifest.ts';
import type { ImportKind } from './import-operation.ts';
import { readSyft } from './syft.ts';

/** Bytes of a part that is no list of packages. */
const mostBytes = 8 * 1024 * 1024;

/** Whether bytes can be such a part of an image. Throws `input/invalid` that says what is wrong, and `input/too-large`. */
export function readPart(kind: ImportKind, bytes: Uint8Array): void {
  if (kind !== 'packages' && bytes.length > mostBytes)
    throw new Fault('input/too-large', `the ${kind} has ${bytes.length} bytes, ${mostBytes} are allowed`);
  try {
    check[kind](bytes);
  } catch (cause) {
    throw new Fault('input/invalid', Fault.from(cause).message, { cause });
  }
}

const check: Readonly<Record<ImportKind, (bytes: Uint8Array) => void>> = {
  packages(bytes) {
    if (readSyft(parseJson(bytes, 'the body')) === null)
      throw new Fault('input/invalid', "the body is no document in Syft's JSON: it has no list 'artifacts'");
  },
  dockerfile: (bytes) => void dockerfileText(bytes),
  manifest(bytes) {
    if (parseManifest(bytes, '', 'the body').kind !== 'image')
      throw new Fault('input/invalid', 'the body is an index: send it as parent_manifest');
  },
  parent_manifest(bytes) {
    if (parseManifest(bytes, '', 'the body').kind !== 'index')
      throw new Fault('input/invalid', 'the body is an image: send it as manifest');
  },
  image_config: (bytes) => void parseConfig(bytes, null, null, 'the body'),
};

/** A Dockerfile as it is, or as a JSON text, as clients send it that send nothing but JSON. Throws `input/invalid` for what is no UTF-8. */
export function dockerfileText(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Fault('input/invalid', 'the Dockerfile is not UTF-8', { cause });
  }
  if (!/^\s*"/.test(text)) return text;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'string' ? parsed : text;
  } catch {
    return text;
  }
}
