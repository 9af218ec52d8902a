/**
 * The value of the `vcs_url` qualifier of a package URL for what was built from version control: `git+URL@COMMIT` (purl
 * specification). Null when one of the two is not there; passwords, users of HTTP, which may be tokens, and what follows the path
 * are left out.
 */
export function vcsUrl(url: unknown, commit: unknown): string | null {
  if (typeof url !== 'string' || typeof commit !== 'string' || !/^[0-9a-f]{7,64}$/.test(commit)) return null;
  const plain = url
    .slice(0, maxUrl)
    .replace(/[?#].*$/s, '')
    .replace(/^([a-z+.-]+:\/\/)[^/@]*:[^/@]*@/i, '$1')
    .replace(/^((?:git\+)?https?:\/\/)[^/@]*@/i, '$1');
  return /^[a-z][a-z+.-]*:\/\/\S+$/i.test(plain) ? `${plain.replace(/^(?!git[+:])/, 'git+')}@${commit}` : null;
}

const maxUrl = 1024;
