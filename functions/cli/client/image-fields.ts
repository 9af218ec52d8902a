import type { Style } from '#reports/paint.ts';
import { type Field, type Item, itemsOf, listAt, rows, type Shown, textAt } from './shown.ts';

const statusStyles: Readonly<Record<string, readonly Style[]>> = {
  analyzed: ['green'],
  analyzing: ['yellow'],
  not_analyzed: ['yellow'],
  analysis_failed: ['red'],
};

const statusStyle = (value: unknown) => statusStyles[String(value)] ?? [];

const imageFields: readonly Field[] = [
  { title: 'Image Digest', of: 'imageDigest' },
  { title: 'Parent Digest', of: 'parentDigest' },
  { title: 'Analysis Status', of: 'analysis_status', style: statusStyle },
  { title: 'Image Type', of: 'image_type' },
  { title: 'Analyzed At', of: 'analyzed_at' },
  { title: 'Image ID', of: (item) => textAt(listAt(item, 'image_detail')[0], 'imageId') },
  { title: 'Dockerfile Mode', of: 'image_content.metadata.dockerfile_mode' },
  { title: 'Distro', of: 'image_content.metadata.distro' },
  { title: 'Distro Version', of: 'image_content.metadata.distro_version' },
  { title: 'Size', of: 'image_content.metadata.image_size' },
  { title: 'Architecture', of: 'image_content.metadata.arch' },
  { title: 'Layer Count', of: 'image_content.metadata.layer_count' },
  { title: 'Annotations', of: annotations },
];

const failureField: Field = { title: 'Failure', of: 'analysis_status_detail', style: () => ['red'] };

const detectedFields: readonly Field[] = [
  { title: 'Full Tag', of: 'fulltag', least: 20 },
  { title: 'Tag Detected At', of: 'tag_detected_at' },
];

/** Images, each with the tags that point or pointed to it. */
export function imageShown(value: unknown): Shown {
  const images = itemsOf(value);
  const blocks = images.flatMap((image) => {
    const failed = textAt(image, 'analysis_status_detail') !== '';
    const fields = failed ? [...imageFields, failureField] : imageFields;
    const tags = listAt(image, 'image_detail');
    const shown = { kind: 'facts' as const, fields, items: [image] };
    return tags.length === 0 ? [shown] : [shown, rows(tags, detectedFields)];
  });
  return { value, blocks };
}

/** Columns of a list of tags and the images that they point to. */
export function tagFields(full: boolean): readonly Field[] {
  return [
    { title: 'Full Tag', of: 'fulltag', least: 20 },
    { title: 'Image Digest', of: 'imageDigest', least: 19 },
    { title: 'Analysis Status', of: 'status', style: statusStyle },
    ...(full ? [{ title: 'Image ID', of: 'imageId', least: 12 }] : []),
  ];
}

/** A line for each tag: the image that it points to since the latest time, or all of them. */
export function newestPerTag(images: readonly Item[], all: boolean): readonly Item[] {
  const lines = images.flatMap((image) =>
    itemsOf(image['image_detail']).map((detail) => ({
      fulltag: textAt(detail, 'fulltag'),
      imageDigest: image['imageDigest'],
      status: image['analysis_status'],
      imageId: detail['imageId'],
      since: Date.parse(textAt(detail, 'created_at')) || 0,
    })),
  );
  if (all) return lines;
  const newest = new Map<string, (typeof lines)[number]>();
  for (const line of lines) {
    const known = newest.get(line.fulltag);
    if (known === undefined || line.since >= known.since) newest.set(line.fulltag, line);
  }
  return [...newest.values()];
}

function annotations(item: Item): string {
  const noted = item['annotations'];
  if (typeof noted !== 'object' || noted === null) return '';
  return Object.entries(noted)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}
