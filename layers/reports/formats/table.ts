import { severities } from '#core/severity.ts';
import type { ScanReport } from '#schema/scan-report.ts';
import { baseImageSentences, inheritedSentences } from '../base-image-sentences.ts';
import { detailSentences } from '../detail-sentences.ts';
import { findingsTable, shortDigest } from '../findings-table.ts';
import type { Format, Target } from '../format.ts';
import { wrapped } from '../layout.ts';
import { counted, notJudged } from '../not-judged.ts';
import { paintOn, severityStyles } from '../paint.ts';
import { printable, widthOf } from '../printable.ts';
import { verdictLines } from '../verdict-lines.ts';

/** For people: the image, what is wrong with it, what could not be told, and whether it may ship. */
export const table: Format = {
  name: 'table',
  mediaType: 'text/plain',
  description: 'For people (the default)',
  *write(report, target) {
    yield* imageLines(report, target);
    yield '\n';
    if (report.findings.length > 0) {
      yield* findingsTable(report.findings, target);
      yield '\n';
    }
    yield summaryLine(report, target);
    for (const sentence of inheritedSentences(report)) yield line(sentence, target);
    yield* suppressedLines(report, target);
    for (const sentence of detailSentences(report.details)) yield line(sentence, target);
    yield* openLines(report, target);
    yield* feedLines(report, target);
    yield* noteLines(report, target);
    yield '\n';
    yield* verdictLines(report, target);
  },
};

function* imageLines({ image, distro, packages }: ScanReport, target: Target): Iterable<string> {
  const paint = paintOn(target.color);
  const cached = image.layers.filter((layer) => layer.cached).length;
  const facts = [
    shortDigest(image.digest ?? image.configDigest),
    image.platform,
    sizeText(image.size),
    `${counted(image.layers.length, 'layer')}${cached > 0 ? ` (${cached} known)` : ''}`,
  ];
  yield `${paint(printable(image.reference), 'bold')}\n`;
  yield line(facts.join(' · '), target);
  for (const sentence of baseImageSentences(image)) yield line(sentence, target);
  const name = distro === null ? 'no distribution' : (distro.name ?? distro.id);
  const version = distro?.versionId && !name.includes(distro.versionId) ? ` ${distro.versionId}` : '';
  const types = Map.groupBy(packages, ({ type }) => type);
  const counts = [...types].map(([type, list]) => `${list.length} ${type}`).sort();
  const total = counted(packages.length, 'package');
  yield line(`${name}${version} · ${total}${counts.length > 0 ? `: ${counts.join(', ')}` : ''}`, target);
}

/** "No findings" only where nothing was left open. */
function summaryLine(report: ScanReport, target: Target): string {
  const { findings, packages } = report;
  if (findings.length === 0) {
    if (notJudged(report).length > 0) return line('No findings, but not everything was judged.', target);
    return line(`No known vulnerabilities in ${counted(packages.length, 'package')}.`, target);
  }
  const paint = paintOn(target.color);
  const counts = severities
    .toReversed()
    .map((severity) => ({ severity, count: findings.filter((finding) => finding.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => ({ severity, text: `${count} ${severity}` }));
  const undecidable = findings.filter(({ judgement }) => judgement === 'undecidable').length;
  const fixable = findings.filter(({ fixedIn }) => fixedIn.length > 0).length;
  const marked = undecidable === 0 ? '' : `; ${undecidable} marked ? could not be decided`;
  const head = `${counted(findings.length, 'finding')}: ${counts.map(({ text }) => text).join(', ')}`;
  const more = `(${fixable} with a fix${marked})`;
  const fits = target.columns === null || widthOf(`${head} ${more}`) <= target.columns;
  const painted = counts.map(({ severity, text }) => paint(text, ...severityStyles[severity])).join(', ');
  return `${counted(findings.length, 'finding')}: ${painted}${fits ? ` ${more}` : `\n${wrapped(`  ${more}`, target.columns, '    ')}`}\n`;
}

/** What rules left out, by rule: it is no finding, and nothing that anybody should have to guess. */
function* suppressedLines({ suppressed }: ScanReport, target: Target): Iterable<string> {
  if (suppressed.length === 0) return;
  const byRule = Map.groupBy(suppressed, (finding) => finding.suppressed.rule);
  const each = [...byRule].map(([rule, own]) => `${own.length} by ${rule}`).sort();
  yield line(`left out: ${each.join(', ')}; the JSON report says why`, target);
}

const maxOpen = 10;

function* openLines(report: ScanReport, target: Target): Iterable<string> {
  const open = notJudged(report);
  const paint = paintOn(target.color);
  for (const sentence of open.slice(0, maxOpen))
    yield `${paint(line(`not judged: ${sentence}`, target).trimEnd(), 'yellow')}\n`;
  if (open.length > maxOpen) yield line(`not judged: ${open.length - maxOpen} more, see the JSON report`, target);
}

function* feedLines({ feeds }: ScanReport, target: Target): Iterable<string> {
  if (feeds.length === 0) return;
  const each = feeds.map(({ group, syncedAt, records, state }) => {
    const when = syncedAt === null ? '' : `, ${syncedAt.slice(0, 16).replace('T', ' ')} UTC`;
    return `${group} (${counted(records, 'record')}${when}${state === 'ok' ? '' : `, ${state}`})`;
  });
  yield line(`feeds: ${each.join(', ')}`, target);
}

const maxNotes = 10;

function* noteLines({ notes }: ScanReport, target: Target): Iterable<string> {
  // What feeds and matching could not do is told above.
  const own = notes.filter(({ analyzer }) => analyzer !== 'match' && !analyzer.startsWith('feed '));
  if (own.length === 0) return;
  yield `notes:\n`;
  for (const { analyzer, path, problem } of own.slice(0, maxNotes)) {
    yield line(`  ${printable(analyzer)}${path === null ? '' : ` ${printable(path)}`}: ${printable(problem)}`, target);
  }
  if (own.length > maxNotes) yield line(`  and ${own.length - maxNotes} more, see the JSON report`, target);
}

function line(text: string, target: Target): string {
  const indent = /^ */.exec(text)![0];
  return `${wrapped(indent + printable(text.trim()), target.columns, `${indent}  `)}\n`;
}

function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${size >= 100 || unit === 0 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}
