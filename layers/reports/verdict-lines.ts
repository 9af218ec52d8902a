import type { ScanReport } from '#schema/scan-report.ts';
import type { Target } from './format.ts';
import { wrapped } from './layout.ts';
import { counted } from './not-judged.ts';
import { actionStyles, paintOn } from './paint.ts';
import { printable } from './printable.ts';

type Verdict = ScanReport['verdict'];
type Reason = Verdict['reasons'][number];

const words = { go: 'GO', warn: 'WARN', stop: 'STOP' } as const;

/** The verdict, why, and what to do about it. */
export function* verdictLines(report: ScanReport, target: Target): Iterable<string> {
  const { verdict } = report;
  const paint = paintOn(target.color);
  const { action } = verdict;
  const pass = verdict.status === 'pass' ? 'may ship' : 'may not ship';
  const first = told(`${words[action]}: ${pass}, by policy ${verdict.policyId}${decidedBy(verdict)}`, target);
  yield first.replace(words[action], paint(words[action], ...actionStyles[action]));
  for (const group of grouped(verdict.reasons)) yield* groupLines(group, target);
  for (const problem of verdict.problems.slice(0, maxProblems)) yield told(`  problem: ${problem}`, target);
  if (verdict.problems.length > maxProblems) {
    yield told(`  and ${counted(verdict.problems.length - maxProblems, 'more problem')}`, target);
  }
  for (const step of nextSteps(report)) yield told(`  next: ${step}`, target);
}

const maxProblems = 10;

function decidedBy({ actionReason, mapping }: Verdict): string {
  if (actionReason === 'blacklisted') return ': the image is on its deny list';
  if (actionReason === 'whitelisted') return ': the image is on its allow list';
  return mapping === null ? ': no mapping matches the image, no rule was asked' : '';
}

interface Group {
  readonly action: Reason['action'];
  readonly allowlisted: boolean;
  readonly first: Reason;
  readonly reasons: readonly Reason[];
}

const order = ['stop', 'warn', 'go'];

/** Reasons of one rule together: what stops first, what is allowlisted last. */
function grouped(reasons: readonly Reason[]): readonly Group[] {
  const groups = Map.groupBy(reasons, (reason) =>
    JSON.stringify([reason.action, reason.allowlisted, reason.policyId, reason.ruleId, reason.gate, reason.trigger]),
  );
  return [...groups.values()]
    .map((own) => ({ action: own[0]!.action, allowlisted: own[0]!.allowlisted, first: own[0]!, reasons: own }))
    .toSorted(
      (a, b) => order.indexOf(a.action) - order.indexOf(b.action) || Number(a.allowlisted) - Number(b.allowlisted),
    );
}

const maxMessages = 3;

function* groupLines({ action, allowlisted, first, reasons }: Group, target: Target): Iterable<string> {
  const paint = paintOn(target.color);
  const rule = first.ruleId === null ? '' : `${first.ruleId}, `;
  const times = allowlisted
    ? `${reasons.length} allowlisted`
    : `${reasons.length} ${reasons.length === 1 ? 'match' : 'matches'}`;
  const line = told(`  ${action}: ${rule}${first.gate} ${first.trigger}: ${times}`, target);
  yield line.replace(action, paint(action, ...actionStyles[action]));
  if (allowlisted) return;
  for (const { message } of reasons.slice(0, maxMessages)) yield told(`        ${message}`, target);
  if (reasons.length > maxMessages) yield told(`        and ${reasons.length - maxMessages} more`, target);
}

const maxUpgrades = 5;

function nextSteps(report: ScanReport): readonly string[] {
  const steps: string[] = [];
  const fixable = report.findings.filter(({ fixedIn }) => fixedIn.length > 0);
  if (fixable.length > 0) {
    const byPackage = [...Map.groupBy(fixable, (finding) => `${finding.package.name} ${finding.package.version}`)];
    const upgrades = byPackage.slice(0, maxUpgrades).map(([name, own]) => {
      const versions = [...new Set(own.map(({ fixedIn }) => fixedIn.at(-1)!))];
      return `${name} to ${versions.slice(0, 3).join(' or ')}${versions.length > 3 ? ' or later' : ''}`;
    });
    const more = byPackage.length - upgrades.length;
    steps.push(`upgrade ${upgrades.join(', ')}${more > 0 ? `, and ${counted(more, 'more package')}` : ''}`);
  }
  if (report.feeds.some(({ state }) => state === 'never' || state === 'stale' || state === 'failed')) {
    steps.push('fetch fresh advisories with `plimsoll feeds sync`, then scan again');
  }
  return steps;
}

/** Longest sentence that is shown; the JSON report has all of it. */
const maxSentence = 600;

function told(text: string, target: Target): string {
  const indent = /^ */.exec(text)![0];
  const clean = printable(text.trim());
  const short = clean.length > maxSentence ? `${clean.slice(0, maxSentence).toWellFormed()}…` : clean;
  return `${wrapped(indent + short, target.columns, `${indent}  `)}\n`;
}
