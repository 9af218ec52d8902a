import { parseCpe } from '#core/cpe.ts';

/** A stream of Red Hat Enterprise Linux: everybody's, or one that is paid for and stays at a minor release. */
export interface RhelStream {
  /** `8`. */
  readonly major: string;
  /** `eus`, `aus`, `e4s`, `tus`, `els`, ...; null for what everybody gets. */
  readonly channel: string | null;
}

/**
 * The stream that a product belongs to by its CPE; null for products of their own (OpenShift, Satellite, JBoss, ...), which build
 * packages under names that the operating system has too, and for releases before 5.
 *
 * Extras (`rhel_extras`), software collections, .NET and the developer tools of 6 and 7 are repositories of the operating system:
 * no other package has the names of theirs.
 */
export function rhelStream(text: string): RhelStream | null {
  const cpe = parseCpe(text);
  if (cpe === null || cpe.vendor !== 'redhat') return null;
  const variant = [cpe.update, cpe.edition];
  if (collections.test(cpe.product)) {
    const major = /^el([67])$/.exec(cpe.edition)?.[1] ?? (/^[*-]?$/.test(cpe.edition) ? '7' : null);
    return major === null ? null : { major, channel: null };
  }
  const product = operatingSystem.exec(cpe.product);
  const [, major] = /^(\d{1,2})(?:\.\d{1,2})*$/.exec(cpe.version) ?? [];
  // Of Red Hat Virtualization, which has the CPE of the operating system that it is put on.
  if (product === null || major === undefined || variant.includes('hypervisor')) return null;
  return Number(major) < 5 ? null : { major, channel: product[1]?.replaceAll('_', '-') ?? null };
}

const collections = /^(?:rhel_software_collections|rhel_dotnet|devtools|developer_toolset)$/;

const operatingSystem =
  /^(?:enterprise_linux|rhel|rhel_extras(?:_(?:rt|sap|sap_hana|oracle_java|hpn|other))?)(?:_(eus_long_life|eus|aus|e2s|e4s|tus|els))?$/;
