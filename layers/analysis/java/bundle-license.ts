import { spdxId } from '../licenses/spdx.ts';

/**
 * The licences of a manifest's Bundle-License (OSGi Core, 3.2.1.2: names or addresses, each with parameters behind semicolons,
 * separated by commas; `<<EXTERNAL>>` says nothing), with an SPDX id for the well-known addresses.
 */
export function bundleLicenses(header: string): readonly string[] {
  const clauses = header.match(/(?:"[^"]*"|[^",])+/g) ?? [];
  const licenses = clauses.slice(0, maxLicenses).map((clause) => {
    const name = (/^\s*(?:"([^"]*)"|([^;"]*))/.exec(clause)?.slice(1).find(Boolean) ?? '').trim();
    return byAddress(name) ?? name;
  });
  return [...new Set(licenses)].filter((name) => name !== '' && name !== '<<EXTERNAL>>');
}

const maxLicenses = 16;

function byAddress(text: string): string | null {
  const [, address] = /^https?:\/\/(?:www\.)?(.+?)(?:\.(?:txt|html?|php))?\/?$/i.exec(text) ?? [];
  if (address === undefined) return null;
  const known = addresses[address.toLowerCase()];
  if (known !== undefined) return known;
  const [, id] = /^(?:opensource\.org\/licenses?|spdx\.org\/licenses)\/([^/]+)$/i.exec(address) ?? [];
  return id === undefined ? null : spdxId(id.replace(/-license$/, ''));
}

const addresses: Readonly<Record<string, string>> = {
  __proto__: null as never,
  'apache.org/licenses/license-2.0': 'Apache-2.0',
  'apache.org/licenses/license-1.1': 'Apache-1.1',
  'eclipse.org/legal/epl-v10': 'EPL-1.0',
  'eclipse.org/legal/epl-v20': 'EPL-2.0',
  'eclipse.org/legal/epl-2.0': 'EPL-2.0',
  'eclipse.org/org/documents/epl-v10': 'EPL-1.0',
  'eclipse.org/org/documents/epl-2.0': 'EPL-2.0',
  'eclipse.org/org/documents/edl-v10': 'BSD-3-Clause',
  'gnu.org/licenses/old-licenses/lgpl-2.1': 'LGPL-2.1-only',
  'gnu.org/licenses/lgpl-2.1': 'LGPL-2.1-only',
  'gnu.org/licenses/lgpl-3.0': 'LGPL-3.0-only',
  'gnu.org/licenses/gpl-3.0': 'GPL-3.0-only',
  'creativecommons.org/publicdomain/zero/1.0': 'CC0-1.0',
  'mozilla.org/mpl/2.0': 'MPL-2.0',
  'json.org/license': 'JSON',
};
