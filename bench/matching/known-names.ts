import { ecosystems } from '#core/ecosystem.ts';
import { distroNamespace, namespaceType } from '#core/distro.ts';
import type { Sql } from '#platform/sql.ts';
import { comparators } from '#versions/comparators.ts';
import type { ListedPackage, PackageList } from './package-lists.ts';

/** Names of one kind with the versions in which they are met, most popular first. */
export interface NamesOf {
  readonly type: ListedPackage['type'];
  readonly names: readonly { readonly name: string; readonly versions: readonly string[] }[];
}

/** Names of a namespace, and among how many of them one ever had an advisory. */
const spread = { os: { names: 4000, each: 2 }, language: { names: 20_000, each: 4 } } as const;

/**
 * The packages of a namespace from which images are drawn: first those of real images, then names of its advisories, at versions in
 * which these say that something was mended, among others that no advisory speaks of.
 */
export async function knownNames(sql: Sql, namespace: string, lists: readonly PackageList[]): Promise<NamesOf> {
  const type = typeOf(namespace);
  const names = new Map<string, Set<string>>();
  for (const { distro, packages } of lists)
    for (const { type: its, name, version } of packages)
      if (its === type && (!ecosystems[type].os || distroNamespace(distro) === namespace))
        names.set(name, (names.get(name) ?? new Set()).add(version));
  const { names: most, each } = ecosystems[type].os ? spread.os : spread.language;
  const told = await advisoryNames(sql, namespace, most);
  for (let at = 0; names.size < most; at++) {
    const one = told[at];
    if (one !== undefined) names.set(one.name, new Set([...(names.get(one.name) ?? []), ...one.versions]));
    for (let other = 1; other < each; other++) names.set(madeName(type, at * each + other), new Set());
  }
  return { type, names: [...names].map(([name, versions]) => ({ name, versions: placed(type, name, versions) })) };
}

function typeOf(namespace: string): ListedPackage['type'] {
  const type = namespaceType(namespace);
  if (type === null) throw new Error(`no packages have advisories of ${namespace}`);
  return type;
}

async function advisoryNames(sql: Sql, namespace: string, most: number) {
  const found: { name: string; versions: string[] }[] = [];
  for (let after = 0; ; ) {
    const rows: readonly { name_id: number; name: string; versions: string }[] = await sql.query(
      `select n.name_id, n.name, coalesce((
          select jsonb_agg(distinct f.fixed) from (
            select fixed from affected a where a.name_id = n.name_id and a.fixed is not null
              and a.valid_to = 9223372036854775807 limit 12) f), '[]')::text as versions
       from name n where n.namespace = :namespace::text and n.name_id > :after::int order by n.name_id limit 2000`,
      { namespace, after },
    );
    for (const { name, versions } of rows)
      if (!name.endsWith('.src')) found.push({ name, versions: JSON.parse(versions) });
    const last = rows.at(-1);
    if (last === undefined || rows.length < 2000 || found.length > most) return found;
    after = last.name_id;
  }
}

function madeName(type: ListedPackage['type'], at: number): string {
  if (type === 'java') return `org.example.part${at % 997}:part-${at}`;
  return type === 'golang' ? `example.org/part${at % 997}/part-${at}` : `part-${at}`;
}

/** The newest first; made ones where no real version is known. */
function placed(type: ListedPackage['type'], name: string, versions: ReadonlySet<string>): readonly string[] {
  const scheme = comparators[ecosystems[type].scheme];
  const keyed = [...versions].flatMap((version) => {
    const parsed = scheme.parse(version);
    return parsed.kind === 'version' ? [{ version, key: Buffer.from(parsed.key) }] : [];
  });
  if (keyed.length > 0) return keyed.sort((a, b) => b.key.compare(a.key)).map(({ version }) => version);
  const go = type === 'golang' ? 'v' : '';
  const release = { apk: '-r0', rpm: '-1.el9', deb: '-1' }[type as string] ?? '';
  return Array.from({ length: 12 }, (_, at) => `${go}${1 + (name.length % 3)}.${12 - at}.${at % 5}${release}`);
}
