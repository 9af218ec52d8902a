import { severityRank } from '#core/severity.ts';
import type { ScanReport } from '#schema/scan-report.ts';
import type { Target } from './format.ts';
import { layOut } from './layout.ts';
import { paintOn, severityStyles } from './paint.ts';
import { printable } from './printable.ts';

type ReportFinding = ScanReport['findings'][number];

/**
 * Findings as lines of a table: the worst first, then by package. `?` marks those that are undecidable. By risk, the table shows what
 * risk is made of; known exploitation is always marked, at the id.
 */
export function* findingsTable(found: readonly ReportFinding[], target: Target): Iterable<string> {
  const byRisk = target.sort === 'risk';
  const findings = found.toSorted((a, b) => (byRisk ? b.risk - a.risk : 0) || byRank(a, b));
  const cells = (cell: (finding: ReportFinding) => string) => findings.map((finding) => printable(cell(finding)));
  const lines = layOut(
    [
      { title: 'SEVERITY', cells: findings.map(severityCell) },
      ...(byRisk
        ? [
            { title: 'RISK', cells: findings.map(({ risk }) => risk.toFixed(1)) },
            { title: 'EPSS', cells: findings.map(epssCell), dispensable: 1 },
          ]
        : []),
      { title: 'ID', cells: cells(idCell), least: 19 },
      { title: 'PACKAGE', cells: cells(({ package: { name } }) => name), least: 8 },
      { title: 'VERSION', cells: cells(({ package: { version } }) => version), least: 7 },
      { title: 'FIXED IN', cells: cells(fixCell), least: 8 },
      { title: 'TYPE', cells: cells(({ package: { type } }) => type), dispensable: 1 },
      { title: 'LAYER', cells: cells(({ layer }) => shortDigest(layer)), dispensable: 3 },
      { title: 'PATH', cells: cells(pathCell), least: 12, dispensable: 2 },
    ],
    target.columns,
  );
  const paint = paintOn(target.color);
  for (const [at, line] of lines.entries()) {
    const [first = '', ...rest] = line;
    const styles = at === 0 ? (['bold'] as const) : severityStyles[findings[at - 1]!.severity];
    const others = rest.join('  ').trimEnd();
    yield `${paint(first, ...styles)}  ${at === 0 ? paint(others, 'bold') : others}\n`;
  }
}

function byRank(a: ReportFinding, b: ReportFinding): number {
  return (
    severityRank(b.severity) - severityRank(a.severity) ||
    compare(a.package.name, b.package.name) ||
    compare(a.package.version, b.package.version) ||
    compare(a.id, b.id)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function severityCell({ severity, judgement }: ReportFinding): string {
  return judgement === 'undecidable' ? `${severity} ?` : severity;
}

function idCell({ id, kev }: ReportFinding): string {
  return kev === null ? id : `${id} (exploited)`;
}

function epssCell({ epss }: ReportFinding): string {
  return epss === null ? '-' : `${(epss.score * 100).toFixed(epss.score < 0.1 ? 2 : 1)}%`;
}

const states: Partial<Readonly<Record<ReportFinding['state'], string>>> = {
  'wont-fix': "won't fix",
  'end-of-life': 'end of life',
  deferred: 'deferred',
};

function fixCell({ fixedIn, state, channel }: ReportFinding): string {
  if (fixedIn.length === 0) return states[state] ?? '-';
  return channel === null ? fixedIn.join(', ') : `${fixedIn.join(', ')} (${channel})`;
}

function pathCell({ paths }: ReportFinding): string {
  return paths.length > 1 ? `${paths[0]} +${paths.length - 1}` : (paths[0] ?? '-');
}

/** Twelve digits tell layers and images apart for people. */
export function shortDigest(digest: string | null): string {
  return digest === null ? '-' : digest.replace(/^sha256:/, '').slice(0, 12);
}
