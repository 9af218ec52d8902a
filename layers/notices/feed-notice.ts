import type { TopicMessage } from '#platform/topic.ts';

/** A change of a feed group and what it means for the images of this installation. */
export interface FeedChange {
  readonly feed: string;
  readonly group: string;
  /** Changes above one revision, up to and with the other. */
  readonly after: number;
  readonly revision: number;
  /** The group was there for the first time, after images had been judged without it. */
  readonly firstLoad: boolean;
  readonly advisories: number;
  /** Ranges of versions that are affected since, and such that are not any more. */
  readonly opened: number;
  readonly closed: number;
  /** Distinct packages of ours that the changed advisories speak of. */
  readonly packages: number;
  readonly images: number;
  /** The first of those images. */
  readonly named: readonly NamedImage[];
}

export interface NamedImage {
  readonly account: string;
  readonly digest: string;
  readonly reference: string;
}

/**
 * The notice of a change: a subject for people, and one JSON object for programs that is the same, byte for byte, whenever the same change
 * is told again (`id` says whether it is). Filter by the attributes `kind`, `group` and `images` (`touched` or `none`).
 */
export function feedNotice(change: FeedChange): TopicMessage {
  const { feed, group, after, revision, firstLoad, advisories, opened, closed, packages, images, named } = change;
  const subject = `Plimsoll: ${group} ${firstLoad ? 'was loaded' : 'changed'}, ${touchedWords(images)}`;
  const notice = {
    ...{ kind, id: `${kind} ${feed} ${group} ${after}-${revision}`, summary: summaryOf(change) },
    ...{ feed, group, after, revision, firstLoad, advisories, opened, closed, packages, images, named },
  };
  const attributes = { kind, group, images: images === 0 ? 'none' : 'touched' };
  return { subject, text: JSON.stringify(notice), attributes };
}

const kind = 'feed.changed';

function touchedWords(images: number): string {
  return images === 0 ? 'none of your images is touched' : `${counted(images, 'image')} touched`;
}

function summaryOf({ group, firstLoad, advisories, packages, images, named }: FeedChange): string {
  const what = firstLoad
    ? `${group} was loaded for the first time: ${counted(advisories, 'advisory', 'advisories')}.`
    : `${counted(advisories, 'advisory', 'advisories')} of ${group} changed.`;
  if (images === 0) return `${what} None of your images holds a package of which they speak.`;
  const more = images > named.length ? ` The first ${named.length} are named.` : '';
  const held = `They speak of ${counted(packages, 'package')}, held by ${counted(images, 'image')}`;
  return `${what} ${held}; verdicts are being renewed.${more}`;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
