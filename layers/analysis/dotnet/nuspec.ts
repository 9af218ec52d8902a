import { declaredLicense } from '../licenses/spdx.ts';
import { personText } from '../texts/declared-person.ts';
import { childText, elementsOf, type XmlNode } from '../texts/xml-tree.ts';
import type { NugetPackage } from './deps-json.ts';

/** A package as its own manifest describes it. */
export interface NuspecPackage extends NugetPackage {
  readonly license?: string;
  readonly authors?: string;
}

/**
 * The folder of an unpacked package, by the path of its manifest: `ID/VERSION/ID.nuspec`, as the folders of global packages, of
 * fallbacks and of tools have it; null for a manifest elsewhere, which is somebody's source.
 */
export function unpackedFolder(path: string): string | null {
  const [file = '', version = '', folder = ''] = path.split('/').reverse();
  const named = file.toLowerCase() === `${folder.toLowerCase()}.nuspec` && /^\d/.test(version);
  return named ? path.slice(0, -file.length - 1) : null;
}

/** What a .nuspec says (NuGet: .nuspec reference); null for another kind of XML, and without id or version. */
export function parseNuspec(root: XmlNode): NuspecPackage | null {
  const metadata = root.children.find(({ name }) => name === 'metadata');
  if (root.name !== 'package' || metadata === undefined) return null;
  const name = childText(metadata, 'id') ?? '';
  const version = childText(metadata, 'version') ?? '';
  if (!/^[\w.-]{1,100}$/.test(name) || !/^\d[^\s\p{Cc}]{0,255}$/u.test(version)) return null;
  const stated = metadata.children.find((node) => node.name === 'license' && node.attributes['type'] === 'expression');
  const license = declaredLicense(stated?.text ?? '');
  const authors = personText(childText(metadata, 'authors'), null);
  const needed = [...elementsOf(metadata, 'dependency')].map(({ attributes }) => attributes['id'] ?? '');
  const requires = [...new Set(needed)].filter((one) => /^[\w.-]{1,100}$/.test(one)).slice(0, 200);
  return {
    name,
    version,
    ...(license === null ? {} : { license }),
    ...(authors === null ? {} : { authors }),
    ...(requires.length > 0 ? { requires } : {}),
  };
}
