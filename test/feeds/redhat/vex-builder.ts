/** What a document says of one rpm in one product. */
export interface Build {
  readonly cpe: string;
  /** Of the source rpm. */
  readonly name: string;
  /** The binary package, where the source is not meant. */
  readonly binary?: string;
  readonly status: (typeof statuses)[number];
  /** `EPOCH:VERSION-RELEASE`. */
  readonly evr?: string;
  readonly erratum?: string;
  readonly date?: string;
  /** Category and details. */
  readonly remediation?: readonly [category: string, details: string];
}

const statuses = ['fixed', 'known_affected', 'known_not_affected', 'under_investigation'] as const;

/** A CSAF document that says this, in the shape of Red Hat's. */
export function vexOf(cve: string, builds: readonly Build[]) {
  const platform = ({ cpe }: Build) => `platform ${cpe}`;
  const component = ({ name, binary, evr = '' }: Build) =>
    `${binary ?? name}-${evr}.${binary === undefined ? 'src' : 'x86_64'}`;
  const id = (build: Build) => `${platform(build)}:${component(build)}`;
  const leaf = (product_id: string, helper: object) => ({
    category: 'product_version',
    name: product_id,
    product: { name: product_id, product_id, product_identification_helper: helper },
  });
  const named = (status: Build['status']) => builds.filter((build) => build.status === status).map(id);
  return {
    document: { title: 'a document of a test', tracking: { id: cve, status: 'final' } },
    product_tree: {
      branches: builds.flatMap((build) => [
        leaf(platform(build), { cpe: build.cpe }),
        leaf(component(build), { purl: purlOf(build) }),
      ]),
      relationships: builds.map((build) => ({
        category: 'default_component_of',
        full_product_name: { name: id(build), product_id: id(build) },
        product_reference: component(build),
        relates_to_product_reference: platform(build),
      })),
    },
    vulnerabilities: [
      {
        cve,
        product_status: Object.fromEntries(statuses.map((status) => [status, named(status)])),
        remediations: builds.flatMap((build) => remediationsOf(build, id(build))),
      },
    ],
  };
}

function purlOf({ name, binary, evr }: Build): string {
  const [epoch = '', version = ''] = evr?.split(':') ?? [];
  const arch = binary === undefined ? 'arch=src' : 'arch=x86_64';
  return `pkg:rpm/redhat/${binary ?? name}${version && `@${version}`}?${arch}${epoch && `&epoch=${epoch}`}`;
}

function remediationsOf({ erratum, date, remediation }: Build, id: string): object[] {
  if (erratum !== undefined) {
    const url = `https://access.redhat.com/errata/${erratum}`;
    return [{ category: 'vendor_fix', details: 'An update.', date, product_ids: [id], url }];
  }
  return remediation === undefined ? [] : [{ category: remediation[0], details: remediation[1], product_ids: [id] }];
}
