import type { ImageDetails } from '#schema/image-report.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { AnalysisSettings } from '../analysis-settings.ts';
import type { Analyzer, ImageView, WantedFile } from '../analyzer.ts';
import { makePathGlob } from '../search/path-glob.ts';

/**
 * Files that the globs of `retrievedFiles` name, kept whole up to `retrievedBytes`: regular files, as the reference does,
 * so not what is a link to one. Throws `input/invalid` for a glob that cannot be used.
 */
export function retrievedFiles({ retrievedFiles: globs, retrievedBytes }: AnalysisSettings): Analyzer {
  const matchers = globs.map(makePathGlob);
  return {
    name: 'retrieved-files',
    reads: 'files that the operator wants kept',
    version: 1,
    settings: JSON.stringify([globs, retrievedBytes]),
    wants: (path, size) => size <= retrievedBytes && matchers.some((matches) => matches(path)),
    *read({ content }: WantedFile): Iterable<Fact> {
      yield { key: 'content', data: Buffer.from(content.all(retrievedBytes)).toString('base64') };
    },
    assemble: () => [],
    describe: (view) => ({ retrievedFiles: describeFiles(view) }),
  };
}

/** Base64 of all files of an image together; the report of the image is one document. */
const maxCharacters = 32 * 1024 * 1024;

function describeFiles(view: ImageView): ImageDetails['retrievedFiles'] {
  const files: { path: string; content: string }[] = [];
  let characters = 0;
  for (const { path, facts } of view.facts) {
    const content = facts[0]?.data as string;
    characters += content.length;
    if (characters > maxCharacters) {
      view.note(
        path,
        `this file and those after it are not kept: together they pass ${maxCharacters} characters in base64`,
      );
      break;
    }
    files.push({ path: `/${path}`, content });
  }
  return files;
}
