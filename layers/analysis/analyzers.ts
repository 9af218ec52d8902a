import { type AnalysisSettings, defaultAnalysisSettings } from './analysis-settings.ts';
import type { Analyzer } from './analyzer.ts';
import { nameAnalyzerSet } from './analyzer-set.ts';
import { apk } from './analyzers/apk.ts';
import { binary } from './analyzers/binary.ts';
import { bitnami } from './analyzers/bitnami.ts';
import { cargo } from './analyzers/cargo.ts';
import { chisel } from './analyzers/chisel.ts';
import { cocoapods } from './analyzers/cocoapods.ts';
import { composer } from './analyzers/composer.ts';
import { conan } from './analyzers/conan.ts';
import { conda } from './analyzers/conda.ts';
import { contentSearch } from './analyzers/content-search.ts';
import { dart } from './analyzers/dart.ts';
import { dotnet } from './analyzers/dotnet.ts';
import { dpkg } from './analyzers/dpkg.ts';
import { elixir } from './analyzers/elixir.ts';
import { fileDigests } from './analyzers/file-digests.ts';
import { fileSuids } from './analyzers/file-suids.ts';
import { gem } from './analyzers/gem.ts';
import { golang } from './analyzers/golang.ts';
import { haskell } from './analyzers/haskell.ts';
import { hints } from './analyzers/hints.ts';
import { java } from './analyzers/java.ts';
import { julia } from './analyzers/julia.ts';
import { jvm } from './analyzers/jvm.ts';
import { lua } from './analyzers/lua.ts';
import { npm } from './analyzers/npm.ts';
import { npmLock } from './analyzers/npm-lock.ts';
import { opkg } from './analyzers/opkg.ts';
import { osRelease } from './analyzers/os-release.ts';
import { pacman } from './analyzers/pacman.ts';
import { pear } from './analyzers/pear.ts';
import { portage } from './analyzers/portage.ts';
import { python } from './analyzers/python.ts';
import { pythonLock } from './analyzers/python-lock.ts';
import { r } from './analyzers/r.ts';
import { retrievedFiles } from './analyzers/retrieved-files.ts';
import { rpm } from './analyzers/rpm.ts';
import { sbom } from './analyzers/sbom.ts';
import { secrets } from './analyzers/secrets.ts';
import { swift } from './analyzers/swift.ts';
import { users } from './analyzers/users.ts';
import { wordpress } from './analyzers/wordpress.ts';

/**
 * Every analyzer under these settings, in the order a reader wants: the distribution, what it installs, what languages
 * install, programs of no package manager, then what is told beside packages.
 */
export function makeAnalyzers(settings: AnalysisSettings): readonly Analyzer[] {
  return [
    osRelease,
    dpkg,
    apk,
    rpm,
    pacman,
    portage,
    opkg,
    chisel,
    npm,
    npmLock,
    python,
    conda,
    pythonLock,
    gem,
    java,
    dotnet,
    composer,
    pear,
    wordpress,
    golang,
    cargo,
    elixir,
    r,
    dart,
    swift,
    cocoapods,
    haskell,
    conan,
    julia,
    lua,
    bitnami,
    jvm,
    binary,
    hints(settings),
    sbom,
    users,
    fileSuids,
    fileDigests(settings),
    secrets(settings),
    contentSearch(settings),
    retrievedFiles(settings),
  ];
}

/** Every analyzer under the settings that hold when nobody chose. */
export const analyzers: readonly Analyzer[] = makeAnalyzers(defaultAnalysisSettings);

/** The name of this set at its versions. */
export const analyzerSet: string = nameAnalyzerSet(analyzers);
