import { Fault } from '#core/fault.ts';
import type { Call, Group } from '../client/leaf.ts';
import { type Field, type Item, itemsOf, listAt, rows, type Shown } from '../client/shown.ts';
import { severityField } from '../client/vulnerability-fields.ts';

const tagField: Field = { title: 'Full Tag', of: 'tag', least: 20 };
const packageField: Field = { title: 'Package', of: (item) => `${item['name']}-${item['version']}`, least: 12 };
const typeField: Field = { title: 'Package Type', of: 'type' };
const digestField: Field = { title: 'Digest', of: 'digest', least: 19 };

/** Questions over all images of an account. */
export const query: Group = {
  name: 'query',
  leaves: [
    {
      words: 'images-by-vulnerability',
      summary: 'Lists the images that have a vulnerability',
      options: [
        { name: 'vulnerability-id', value: 'ID', help: 'id of the vulnerability; needed' },
        { name: 'namespace', value: 'GROUP', help: 'only packages of this feed group (debian:12)' },
        { name: 'package', value: 'NAME', help: 'only packages of this name' },
        { name: 'severity', value: 'SEVERITY', help: 'only of this severity' },
        { name: 'vendor_only', help: 'only what the vendor says applies' },
      ],
      run: byVulnerability,
    },
    {
      words: 'images-by-package',
      summary: 'Lists the images that have a package',
      options: [
        { name: 'name', value: 'NAME', help: 'name of the package; needed' },
        { name: 'version', value: 'VERSION', help: 'only this version' },
        { name: 'package-type', value: 'TYPE', help: 'only of this type (dpkg)' },
      ],
      run: byPackage,
    },
  ],
};

async function byVulnerability({ api, given }: Call): Promise<Shown> {
  const value = await api.get(['query', 'images', 'by_vulnerability'], {
    vulnerability_id: needed(given.text('vulnerability-id'), 'images-by-vulnerability', 'vulnerability-id'),
    namespace: given.text('namespace'),
    affected_package: given.text('package'),
    severity: given.text('severity'),
    vendor_only: given.flag('vendor_only') || undefined,
  });
  const fields = [
    tagField,
    severityField,
    packageField,
    typeField,
    { title: 'Namespace', of: 'namespace' },
    digestField,
  ];
  return { value, blocks: [rows(found(value, 'vulnerable_packages'), fields)] };
}

async function byPackage({ api, given }: Call): Promise<Shown> {
  const value = await api.get(['query', 'images', 'by_package'], {
    name: needed(given.text('name'), 'images-by-package', 'name'),
    version: given.text('version'),
    package_type: given.text('package-type'),
  });
  return { value, blocks: [rows(found(value, 'packages'), [tagField, packageField, typeField, digestField])] };
}

function needed(value: string | undefined, command: string, option: string): string {
  if (value === undefined)
    throw new Fault('input/invalid', `query ${command}: --${option} is missing; see plimsoll query ${command} --help`);
  return value;
}

/** A line for each package and each tag of its image; an image that no tag points to any more is a line too. */
function found(value: unknown, packages: string): readonly Item[] {
  return itemsOf(value)
    .flatMap((answer) => listAt(answer, 'images'))
    .flatMap((record) => {
      const [image = {}] = itemsOf(record['image']);
      const tags = listAt(image, 'tag_history').map((one) => one['fulltag']);
      return (tags.length === 0 ? [null] : tags).flatMap((tag) =>
        listAt(record, packages).map((one) => ({ ...one, tag, digest: image['imageDigest'] })),
      );
    });
}
