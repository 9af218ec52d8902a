/** Data that is no text, or text that nobody keeps secrets in; by the last part of the name. */
const otherContent = new Set(
  (
    'a bmp br bz2 cat class crt css deb dll eot exe gif gmo gpg gz h hpp ico jar jpeg jpg ko lib list ' +
    'lz4 lzma map md5sums mo mp3 mp4 o otf pack pdf png po pot pyc pyd pyo rpm shlibs so svg svgz tbl tdb tgz tif tiff ' +
    'tmac triggers ttc ttf wasm wav webm webp whl woff woff2 xpm xz zip zst'
  ).split(' '),
);

/** Folders of the distribution that hold what everybody has: manuals, translations, tables, headers, package lists. */
const sharedFolders = [
  ...['usr/share/doc/', 'usr/share/man/', 'usr/share/info/', 'usr/share/help/', 'usr/share/gtk-doc/'],
  ...['usr/share/locale/', 'usr/share/i18n/', 'usr/share/zoneinfo/', 'usr/share/terminfo/', 'usr/share/X11/'],
  ...['usr/share/licenses/', 'usr/share/common-licenses/', 'usr/share/lintian/', 'usr/share/bug/', 'usr/share/mime/'],
  ...['usr/share/ca-certificates/', 'usr/include/', 'usr/lib/debug/', 'var/lib/dpkg/info/', 'lib/apk/db/'],
];

/** Where package managers put what they have fetched, and Go its own source. */
const packageFolder =
  /(?:^|\/)(?:node_modules|site-packages|dist-packages|gems|vendor|python3\.\d+|go\/pkg\/mod|go\/src|cargo\/registry)\//;

/** Folders and files of tests and manuals within a package. */
const sampleMaterial =
  /\/(?:tests?|__tests__|specs?|fixtures?|__fixtures__|testdata|test_data|examples?|samples?|docs?)\/|_test\.go$/;

/**
 * Whether a file may hold a secret of this image, by its path. What everybody has who has the same package is no secret:
 * keys in the tests of a published package, samples in manuals. They are by far the most that the patterns would find, and
 * who looks through them no longer sees the one that matters. An image's own tests and manuals count.
 */
export function mayHoldSecrets(path: string): boolean {
  const dot = path.lastIndexOf('.');
  if (path.length - dot < 9 && otherContent.has(path.slice(dot + 1))) return false;
  if (path.startsWith('usr/') || path.startsWith('var/') || path.startsWith('lib/')) {
    for (const folder of sharedFolders) if (path.startsWith(folder)) return false;
  }
  const inside = packageFolder.exec(path);
  return inside === null || !sampleMaterial.test(path.slice(inside.index + inside[0].length - 1));
}
