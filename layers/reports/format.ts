import type { ScanReport } from '#schema/scan-report.ts';

/** What a writer may know of where it writes. */
export interface Target {
  /** True for a terminal that shows colour. */
  readonly color: boolean;
  /** Columns of the terminal; null when the output is not one. */
  readonly columns: number | null;
}

/** A way to write a scan report. */
export interface Format {
  readonly name: string;
  readonly mediaType: string;
  readonly description: string;
  write(report: ScanReport, target: Target): Iterable<string>;
}
