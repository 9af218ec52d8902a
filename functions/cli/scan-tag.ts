import { basename } from 'node:path';
import { formatReference, parseReference } from '#registry/reference.ts';

/**
 * The full tag under which a bundle's mappings see what is scanned: that of a registry image; for an archive or folder
 * `localbuild/NAME:TAG` after its file, for there is no better name.
 */
export function defaultTag(source: string): string {
  const local =
    /^(?:oci|oci-archive|docker-archive|rootfs):(.*)$/.exec(source)?.[1] ?? (/^[./]/.test(source) ? source : null);
  if (local === null) return formatReference({ ...parseReference(source), digest: null });
  const [, file = local, tag = 'latest'] = /^(.*?)(?::([\w][\w.-]{0,127}))?$/.exec(local) ?? [];
  const name = basename(file)
    .toLowerCase()
    .replace(/\.tar(\.\w+)?$/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `localbuild/${name || 'image'}:${tag}`;
}
