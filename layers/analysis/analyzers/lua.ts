import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { languagePackage } from '../language-package.ts';
import { declaredLicense, licenseNames } from '../licenses/spdx.ts';
import { type Listed, listedFacts } from '../listed-facts.ts';

/**
 * Rocks of Lua as LuaRocks installs them: `rocks[-LUA]/NAME/VERSION/NAME-VERSION.rockspec`. A rockspec elsewhere is a source tree,
 * or one of many of its releases. Name and version are those of
 * the folders, as `luarocks list` tells them. A rockspec is a program; only licence and dependencies are looked for in it.
 */
export const lua: Analyzer = {
  name: 'lua',
  reads: 'rocks trees of LuaRocks',
  version: 1,
  wants: (path, size) => path.endsWith('.rockspec') && placeOf(path) !== null && size <= maxBytes,
  read: readRockspec,
  assemble: assemblePackages,
};

const maxBytes = 1024 * 1024;

interface Rock extends Listed {
  readonly license?: string;
  readonly requires?: readonly string[];
}

function placeOf(path: string): { readonly name: string; readonly version: string } | null {
  const [, name, version] = /(?:^|\/)rocks(?:-[^/]+)?\/([^/]+)\/([^/]+)\/\1-\2\.rockspec$/.exec(path) ?? [];
  return name === undefined || version === undefined ? null : { name, version };
}

function* readRockspec(file: WantedFile): Iterable<Fact> {
  const place = placeOf(file.path);
  const text = new TextDecoder().decode(file.content.all(maxBytes)).replaceAll(/--(?!\[\[).*/g, '');
  const license = /\blicense\s*=\s*(?:"([^"\n]{1,300})"|'([^'\n]{1,300})'|\[\[([^\]]{1,300})\]\])/.exec(text);
  const declared = declaredLicense(license?.[1] ?? license?.[2] ?? license?.[3] ?? '');
  const requires = requirements(/^dependencies\s*=\s*\{([^{}]{0,20000})/m.exec(text)?.[1] ?? '');
  yield* listedFacts([
    {
      name: place?.name,
      version: place?.version,
      ...(declared === null ? {} : { license: declared }),
      ...(requires.length > 0 ? { requires } : {}),
    },
  ]);
}

/** `"lua >= 5.1", "luafilesystem ~> 1.8"`; Lua itself is no rock. */
function requirements(list: string): readonly string[] {
  const names = Array.from(list.matchAll(/["']\s*([A-Za-z0-9][\w./-]{0,199})[^"'\n]*["']/g), ([, name]) =>
    name!.toLowerCase(),
  );
  return [...new Set(names.filter((name) => name !== 'lua'))].sort();
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) {
      const { name, version, license, requires } = data as Rock & { name: string; version: string };
      yield languagePackage({
        type: 'luarocks',
        name,
        version,
        purl: formatPurl({ type: 'luarocks', name, version }),
        licenses: license === undefined ? [] : licenseNames(license),
        ...(requires === undefined ? {} : { requires }),
        evidence: { path, key },
      });
    }
  }
}
