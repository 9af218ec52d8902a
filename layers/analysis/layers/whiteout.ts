const prefix = '.wh.';
const opaqueName = '.wh..wh..opq';
const metadataPrefix = '.wh..wh.';

export type Whiteout =
  | { readonly kind: 'whiteout'; readonly path: string }
  | { readonly kind: 'opaque'; readonly path: string }
  /** Bookkeeping of AUFS (`.wh..wh.plnk`, `.wh..wh.aufs`), which never is content. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'problem'; readonly problem: string };

/** What a path of a layer takes away (OCI image-spec, layer.md, whiteouts); null for a path that is content. */
export function readWhiteout(path: string): Whiteout | null {
  if (!path.includes(prefix)) return null;
  const cut = path.lastIndexOf('/');
  const folder = path.slice(0, Math.max(cut, 0));
  const name = path.slice(cut + 1);
  if (name === opaqueName) return { kind: 'opaque', path: folder };
  if (name.startsWith(metadataPrefix) || path.startsWith(metadataPrefix)) return { kind: 'ignored' };
  if (!name.startsWith(prefix)) return null;
  const gone = name.slice(prefix.length);
  if (gone === '' || gone === '.' || gone === '..') {
    return { kind: 'problem', problem: `the whiteout '${name}' names no file` };
  }
  return { kind: 'whiteout', path: folder === '' ? gone : `${folder}/${gone}` };
}
