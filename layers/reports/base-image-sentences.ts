import type { ScanReport } from '#schema/scan-report.ts';
import { shortDigest } from './findings-table.ts';
import { counted } from './not-judged.ts';

type Image = ScanReport['image'];

/** What an image was built on, and which of its layers that is; nothing where it is not known. */
export function* baseImageSentences({ base }: Image): Iterable<string> {
  if (base === null) return;
  const { reference, digest, layers } = base;
  const places = layers === null ? '' : ` (${layers === 1 ? 'layer 1' : `layers 1 to ${layers}`})`;
  yield `built on ${reference ?? shortDigest(digest)}${places}`;
}

/** How many findings came with the base; nothing where its layers are not known. */
export function* inheritedSentences({ image, findings }: Pick<ScanReport, 'image' | 'findings'>): Iterable<string> {
  if (image.base === null || image.base.layers === null || findings.length === 0) return;
  const own = new Set(image.layers.slice(0, image.base.layers).map(({ diffId }) => diffId));
  const inherited = findings.filter(({ layer }) => layer !== null && own.has(layer)).length;
  yield `${inherited} of ${counted(findings.length, 'finding')} ${inherited === 1 ? 'comes' : 'come'} from the base image`;
}
