/** One line of the table: a quantity on one database. */
export interface Measured {
  readonly what: string;
  readonly value: number;
  /** `rows`, `s`, `ms`, `MB`, `B`, `/s`, ... */
  readonly unit: string;
  /** What the design promises, in the same unit: the value should be below. */
  readonly mark?: number;
}

/** What a run tells the process that prints. */
export type Told = { readonly measured: Measured } | { readonly said: string };

/** Calls `work` and gives the seconds that it took beside its result. */
export async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly seconds: number }> {
  const begun = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - begun) / 1000 };
}

/** The lines of the median and of the 99th percentile of times in ms. */
export function latencies(
  what: string,
  times: readonly number[],
  marks: { readonly p50?: number; readonly p99?: number } = {},
): readonly Measured[] {
  const sorted = times.toSorted((a, b) => a - b);
  return (['p50', 'p99'] as const).map((name): Measured => {
    const value = sorted[Math.floor((sorted.length - 1) * (name === 'p50' ? 0.5 : 0.99))] ?? Number.NaN;
    const mark = marks[name];
    return { what: `${what}, ${name}`, value, unit: 'ms', ...(mark === undefined ? {} : { mark }) };
  });
}

/** Seconds of CPU from now on: of this process, and of the database's own ones where they can be seen. */
export async function startCpu(server: () => Promise<number | null>): Promise<() => Promise<CpuTime>> {
  const [begun, before] = [process.cpuUsage(), await server()];
  return async () => {
    const { user, system } = process.cpuUsage(begun);
    const [own, after] = [(user + system) / 1e6, await server()];
    if (before === null || after === null) return { own, server: null, both: null };
    return { own, server: after - before, both: own + after - before };
  };
}

export interface CpuTime {
  readonly own: number;
  readonly server: number | null;
  readonly both: number | null;
}

/** Peak memory of this process in MB. */
export function peakMemory(): number {
  return process.resourceUsage().maxRSS / 1024;
}
