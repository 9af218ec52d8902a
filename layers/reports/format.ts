import type { ScanReport } from '#schema/scan-report.ts';

/** What a writer may know of where it writes. */
export interface Target {
  /** True for a terminal that shows colour. */
  readonly color: boolean;
  /** Columns of the terminal; null when the output is not one. */
  readonly columns: number | null;
  /** What the findings of a table are in the order of, the worst first; by severity when left out. */
  readonly sort?: Sort;
}

export const sorts = ['severity', 'risk'] as const;

export type Sort = (typeof sorts)[number];

/** A way to write a scan report. */
export interface Format {
  readonly name: string;
  readonly mediaType: string;
  readonly description: string;
  write(report: ScanReport, target: Target): Iterable<string>;
}
