import type { ComposedFile } from '#analysis/compose.ts';
import type { FileCheck } from '#analysis/list-file-checks.ts';
import type { Note } from '#core/note.ts';
import type { Lifecycle } from '#matching/enrichment.ts';
import type { Finding } from '#schema/finding.ts';
import type { BaseImage, ImageReport } from '#schema/image-report.ts';
import type { ParameterType } from './parameter.ts';

/** A finding with the moments that time-based rules look at; milliseconds since the epoch. */
export interface JudgedFinding extends Finding {
  /** When this vulnerability was first seen in this image. */
  readonly firstSeen: number;
  /** When a fix was first seen; null when not known. */
  readonly fixSeen: number | null;
}

/** What one feed group that serves the image's distribution stands at. */
export interface FeedFacts {
  readonly group: string;
  readonly namespace: string;
  readonly syncedAt: number | null;
  readonly records: number;
}

/** What registries have published of packages: versions by name, as the registry writes both. */
export type PublishedPackages = ReadonlyMap<string, { readonly latest: string; readonly versions: readonly string[] }>;

/** What is read for the rules that ask for it only. */
export type NeededFact = 'files' | 'fileChecks';

/** Everything a verdict may depend on. The evaluator is a pure function of these, the bundle and `now`. */
export interface Facts {
  readonly image: ImageReport;
  /** `registry/repository:tag` that the bundle's mappings see. */
  readonly tag: string;
  readonly findings: readonly JudgedFinding[];
  /** The feeds of the image's distribution: empty when no feed knows it. */
  readonly distroFeeds: readonly FeedFacts[];
  /** How long the distribution's release is mended; null when that is not known, or there is none. */
  readonly lifecycle: Lifecycle | null;
  /** What the image was built on; null when nothing is known of it. */
  readonly base: BaseImage | null;
  /** Everything that was not read, not judged, or judged by less than all there is. */
  readonly notes: readonly Note[];
  /** Text of the Dockerfile that came with the image, null when none did (it is then guessed from the history). */
  readonly dockerfile: string | null;
  /** Every entry of the final file system by its absolute path, a folder before what is in it; null unless a rule needs it. */
  readonly files: ReadonlyMap<string, ComposedFile> | null;
  /** Files of packages of the distribution, compared with its database; null unless a rule needs them. */
  readonly fileChecks: readonly FileCheck[] | null;
  /** Null where nobody tells what is published. */
  readonly published: Readonly<Record<'npm' | 'gem', PublishedPackages | null>>;
  /** Since when the image is known here. */
  readonly knownSince: number;
  /** Milliseconds since the epoch, as the one before. */
  readonly now: number;
}

/** One reason why a trigger fired. */
export interface Match {
  /** Explicit id for allowlists; null: md5hex(gate + trigger + message), as the original makes it. */
  readonly id: string | null;
  /** Ids under which an allowlist item finds this match too: the same reason by its other names (aliases of a vulnerability). */
  readonly otherIds?: readonly string[];
  readonly message: string;
}

/** A parameter of a trigger; every value in a bundle is a JSON string. */
export interface Parameter<T> {
  readonly type: ParameterType<T>;
  readonly description: string;
  readonly example: string;
  readonly required?: boolean;
  readonly default?: T;
  /** Older names, taken when the parameter is not given under its own. */
  readonly aliases?: readonly string[];
}

export type ParameterValues = Readonly<Record<string, unknown>>;

export interface Trigger {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, Parameter<unknown>>>;
  /** Older names of the trigger. */
  readonly aliases?: readonly string[];
  /** Facts that are null unless a trigger of the bundle names them here. */
  readonly needs?: readonly NeededFact[];
  /** Why these values, each good for itself, do not go together; null when they do. Asked when a bundle is parsed. */
  refuses?(parameters: ParameterValues): string | null;
  /**
   * The reasons to fire, in a stable order; messages are byte-identical to the original's where it has the trigger.
   * `parameters` holds every parameter under its name: the parsed value, the default, or null. Throws a Fault where what it asks
   * cannot be told: the rule is then a problem of the verdict.
   */
  fires(facts: Facts, parameters: ParameterValues, ruleId: string | null): Iterable<Match>;
}

export interface Gate {
  readonly name: string;
  readonly description: string;
  readonly triggers: readonly Trigger[];
}
