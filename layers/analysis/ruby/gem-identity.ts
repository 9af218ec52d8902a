import { formatPurl } from '#core/purl.ts';

/** What RubyGems accepts (Gem::Specification::VALID_NAME_PATTERN and Gem::Version::VERSION_PATTERN), within a length. */
const gemName = /^[A-Za-z0-9._-]{1,200}$/;
const gemVersion = /^[0-9]{1,64}(\.[0-9A-Za-z]{1,64}){0,32}(-[0-9A-Za-z.-]{1,128})?$/;

/** Whether these are the name and the version of a gem. */
export function isGem(name: string, version: string): boolean {
  return gemName.test(name) && gemVersion.test(version);
}

/** The platform of a gem when it is one: `ruby` is any. */
export function rubyPlatform(platform: unknown): string | null {
  return typeof platform === 'string' && platform !== 'ruby' && /^[A-Za-z0-9._-]{1,64}$/.test(platform)
    ? platform
    : null;
}

/** The package URL of a gem. */
export function gemPurl(name: string, version: string, qualifiers: Readonly<Record<string, string | null>>): string {
  return formatPurl({ type: 'gem', name, version, qualifiers });
}
