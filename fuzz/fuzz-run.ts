import { Fault } from '#core/fault.ts';
import { lots } from '../bench/matching/lots.ts';
import type { FuzzTarget, Seed } from './fuzz-target.ts';
import { mutate } from './mutate.ts';

/** What one input may take. */
export const bounds = { cpuSeconds: 2, grownMiB: 600 } as const;

export interface FuzzRunOptions {
  readonly seed: number;
  /** Number of the first input; inputs of the same seed and number are the same. */
  readonly from: number;
  /** Whether one more input is to be tried. */
  readonly goOn: (input: number) => boolean;
  /** Hears the number of an input before it is tried. */
  readonly onInput?: (input: number) => void;
}

/** An input that did what none may, and what that was. */
export interface FuzzFinding {
  readonly input: number;
  readonly what: string;
}

/**
 * Feeds a target inputs until `goOn` says no, or one does what none may: throw anything but a Fault, take more CPU time
 * or memory than `bounds`. What hangs or ends the process is for the watchdog outside to see. Gives the number of the
 * input at which it stopped.
 */
export async function fuzzRun(
  target: FuzzTarget,
  { seed, from, goOn, onInput = () => {} }: FuzzRunOptions,
): Promise<{ readonly next: number; readonly finding: FuzzFinding | null }> {
  const seeds = target.seeds();
  if (seeds.length === 0) return { next: from, finding: null };
  const others = seeds.map(({ bytes }) => bytes);
  let input = from;
  let [peak, cpu] = [peakMiB(), process.cpuUsage()];
  for (; goOn(input); input++) {
    onInput(input);
    const made = inputOf(seeds, others, seed, input);
    cpu = process.cpuUsage();
    peak = Math.max(peak, peakMiB());
    try {
      await target.run(made.seed, made.bytes);
    } catch (thrown) {
      if (!(thrown instanceof Fault)) return { next: input + 1, finding: { input, what: told(thrown) } };
    }
    const { user } = process.cpuUsage(cpu);
    if (user > bounds.cpuSeconds * 1e6) {
      return { next: input + 1, finding: { input, what: `took ${(user / 1e6).toFixed(1)} s of CPU` } };
    }
    if (peakMiB() > peak + bounds.grownMiB) {
      return { next: input + 1, finding: { input, what: `took ${Math.round(peakMiB() - peak)} MiB` } };
    }
  }
  return { next: input, finding: null };
}

/** The input of this number: which seed it is made of, and its bytes. Input 0 and so on are the seeds as they are. */
export function inputOf(
  seeds: readonly Seed[],
  others: readonly Uint8Array[],
  seed: number,
  input: number,
): { readonly seed: Seed; readonly bytes: Uint8Array } {
  if (input < seeds.length) return { seed: seeds[input]!, bytes: seeds[input]!.bytes };
  const draws = lots(Math.imul(seed, 0x9e3779b1) ^ Math.imul(input, 0x85ebca6b));
  const chosen = seeds[draws.below(seeds.length)]!;
  return { seed: chosen, bytes: mutate(chosen.bytes, others, draws) };
}

function peakMiB(): number {
  return process.resourceUsage().maxRSS / 1024;
}

function told(thrown: unknown): string {
  const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return text.split('\n').slice(0, 6).join('\n');
}
