import { Fault } from '../fault.ts';
import { compileProgram, runProgram } from './regex-program.ts';
import { parseRegex } from './regex-syntax.ts';
import { requiredTexts } from './required-texts.ts';

/** A user's pattern, ready to be asked. */
export interface Regex {
  readonly source: string;
  /**
   * Python's `re.match`: true when the pattern matches from the start of the text, not necessarily to its end. Time grows
   * with pattern times text, whatever the pattern is. Throws `input/too-large` for a text over {@link maxText} characters:
   * a rule that cannot look at all of it cannot be evaluated.
   */
  matches(text: string): boolean;
  /**
   * ASCII texts in lower case, of three characters or more: one of them stands, in whatever case, in every text that
   * matches. Null where the pattern asks for no such text. To look for these first is quick.
   */
  readonly needs: readonly string[] | null;
}

/** Characters of a pattern. */
const maxPattern = 4_096;

/** Shorter texts stand everywhere. */
const shortestNeed = 3;

/** Characters of a text that a pattern is matched against. */
export const maxText = 65_536;

/**
 * The one place where patterns that users write become something that runs. JavaScript's own engine backtracks and reads
 * another notation, so Python's `re` notation is parsed here and run as a set of states, without captures: only "does it
 * match" is asked. Refused with the reason, when the bundle is parsed: back references, conditional groups, verbose mode
 * and counts that unfold too far. Should a maintained engine (RE2 or PCRE as WebAssembly) take over, it goes behind this
 * function.
 */
export function compileRegex(
  source: string,
): { readonly kind: 'regex'; readonly regex: Regex } | { readonly kind: 'invalid'; readonly reason: string } {
  if (source.length > maxPattern) return { kind: 'invalid', reason: `longer than ${maxPattern} characters` };
  const parsed = parseRegex(source);
  if (parsed.kind === 'invalid') return parsed;
  const program = compileProgram(parsed.node);
  if (program === null) return { kind: 'invalid', reason: 'its repetitions unfold to too many steps' };
  return {
    kind: 'regex',
    regex: {
      source,
      needs: requiredTexts(parsed.node, shortestNeed),
      matches(text) {
        if (text.length > maxText) {
          throw new Fault(
            'input/too-large',
            `matching '${source.slice(0, 100)}': the text has ${text.length} characters, ${maxText} are looked at`,
          );
        }
        return runProgram(program, text);
      },
    },
  };
}
