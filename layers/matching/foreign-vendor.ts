import type { Package } from '#core/package.ts';

/**
 * Who built a package of the distribution's format if it was not the distribution, null where it was or nobody says. The
 * distribution's advisories know nothing of such packages, though names and versions may look alike.
 *
 * Every rpm names its builder, and a distribution is one builder: whoever else stands there is foreign. A Debian package names
 * a person, who may be anybody: so there the known vendors are foreign, by address or by how they number versions.
 */
export function foreignVendor(found: Package, namespace: string): string | null {
  if (found.type === 'rpm') return foreignRpm(found.vendor, namespace.slice(0, namespace.indexOf(':')));
  return found.type === 'deb' ? foreignDeb(found) : null;
}

/** The vendor tag of what Fedora builds, also for Enterprise Linux (EPEL). */
export const fedoraVendor = 'Fedora Project';

const rebuilders =
  /^(?:red hat|centos|almalinux|rocky|scientific linux|springdale|puias|circle linux|eurolinux|cloudlinux|virtuozzo|navy linux|cybertrust)/i;

/** Builders by the distribution whose advisories judge; a rebuild may hold packages of any other. */
const builders: Readonly<Record<string, RegExp>> = {
  rhel: rebuilders,
  almalinux: rebuilders,
  rocky: rebuilders,
  ol: /^(?:oracle|red hat)/i,
  fedora: /^fedora/i,
  epel: /^fedora/i,
  amzn: /^amazon/i,
  sles: /^(?:suse|opensuse)/i,
  'sle-micro': /^(?:suse|opensuse)/i,
  opensuse: /^(?:suse|opensuse)/i,
  'opensuse-leap': /^(?:suse|opensuse)/i,
  'opensuse-tumbleweed': /^(?:suse|opensuse)/i,
  mariner: /^microsoft/i,
  azurelinux: /^microsoft/i,
  photon: /^(?:vmware|broadcom)/i,
};

function foreignRpm(vendor: string | null, distro: string): string | null {
  const named = vendor?.trim() ?? '';
  const own = builders[distro];
  return named === '' || named === '(none)' || own === undefined || own.test(named) ? null : named;
}

/** Addresses under which vendors publish repositories of their own (the Maintainer field). */
const vendorAddress =
  /@(?:[\w-]+\.)*(?:docker\.com|nvidia\.com|hashicorp\.com|microsoft\.com|elastic\.co|nginx\.com|nginx\.org|f5\.com|mongodb\.com|mariadb\.(?:org|com)|percona\.com|oracle\.com|nodesource\.com|gitlab\.com|grafana\.com|influxdata\.com|datadoghq\.com|cloudflare\.com|tailscale\.com|chromium\.org|azul\.com|adoptium\.net|puppet\.com|chef\.io|confluent\.io|redis\.(?:io|com)|clickhouse\.com|sury\.org|kubernetes\.io|varnish-software\.com|timescale\.com|citusdata\.com|dan\.cx)\b/i;

/** Vendors that sign by a name that Debian does not have. */
const vendorName = /^(?:hashicorp|docker|mariadb developers|kubernetes authors|eclipse adoptium|sap ?machine)\b/i;

/** PostgreSQL's, NodeSource's, MariaDB's and Ondřej Surý's repositories, and Launchpad's personal archives. */
const vendorVersion = /[.~+]pgdg\d|nodesource|\+maria~|\+0~\d{8}\.|(?<![a-z])ppa\d?/i;

function foreignDeb({ vendor, version }: Package): string | null {
  const named = vendor?.trim() ?? '';
  if (vendorAddress.test(named) || vendorName.test(named)) return named;
  const mark = vendorVersion.exec(version)?.[0];
  return mark === undefined ? null : `a repository that marks versions '${mark}'`;
}
