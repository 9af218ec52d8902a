/**
 * Names under which a release's OVAL may stand, best first; empty for what is no release of SUSE. Service packs have documents of
 * their own, first releases only that of their generation, in which all service packs are.
 */
export function suseDocuments(namespace: string): readonly string[] {
  const [id, release = ''] = namespace.split(':');
  const stems = Object.hasOwn(stemsOf, id ?? '') ? stemsOf[id as keyof typeof stemsOf](release) : [];
  return stems.flatMap((stem) => [
    ...['.xml.gz', '.xml.bz2', '.xml'].map((ending) => `${stem}-affected${ending}`),
    `${stem}.xml.gz`,
  ]);
}

const stemsOf = {
  sles(release: string) {
    const [, generation, pack] = /^(1[1-9])(?:\.(\d))?$/.exec(release) ?? [];
    if (generation === undefined) return [];
    if (Number(generation) > 15) return [`suse.linux.enterprise.${release}`, `suse.linux.enterprise.${generation}`];
    const whole = [`suse.linux.enterprise.${generation}`, `suse.linux.enterprise.server.${generation}`];
    return pack === undefined ? whole : [`suse.linux.enterprise.${generation}-sp${pack}`, ...whole];
  },
  'sle-micro'(release: string) {
    if (!/^\d\.\d{1,2}$/.test(release)) return [];
    const line = release < '6' ? 'suse.linux.enterprise.micro' : 'suse.linux.micro';
    return [`${line}.${release}`, `${line}.${release[0]}`];
  },
  'opensuse-leap': (release: string) => (/^\d\d\.\d$/.test(release) ? [`opensuse.leap.${release}`] : []),
  /** Leap 42 called itself openSUSE, as what came before it. */
  opensuse: (release: string) =>
    /^\d\d\.\d$/.test(release) ? [release.startsWith('42.') ? `opensuse.leap.${release}` : `opensuse.${release}`] : [],
  'opensuse-tumbleweed': (release: string) => (release === 'rolling' ? ['opensuse.tumbleweed'] : []),
} as const;
