import type { NugetPackage } from './deps-json.ts';

/**
 * The shared framework whose deps.json this is, `shared/NAME/VERSION/NAME.deps.json`, as `dotnet --list-runtimes` names it; null
 * elsewhere.
 */
export function sharedFramework(path: string): NugetPackage | null {
  const [, name = '', version = '', file] =
    /(?:^|\/)shared\/([\w.-]{1,100})\/(\d[^/]{0,99})\/([^/]+)\.deps\.json$/.exec(path) ?? [];
  return file === name && name !== '' ? { name, version } : null;
}

/**
 * A package of a shared framework under the name and version of its release: .NET Core 3 was built from
 * `runtime.linux-x64.Microsoft.NETCore.App 3.1.23-servicing.22122.4`, which was published, and is spoken of by advisories, as
 * `Microsoft.NETCore.App.Runtime.linux-x64 3.1.23`.
 */
export function releasedPackage(found: NugetPackage, framework: NugetPackage): NugetPackage {
  const version = found.version.startsWith(`${framework.version}-`) ? framework.version : found.version;
  const [, runtime, of] = /^runtime\.([\w-]+)\.(.+)$/.exec(found.name) ?? [];
  const packed = of === framework.name && Number.parseInt(framework.version, 10) >= 3;
  return { ...found, version, name: packed ? `${framework.name}.Runtime.${runtime}` : found.name };
}
