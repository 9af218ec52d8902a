import type { Notice } from './notice.ts';

/** A notice in words. Whoever writes it somewhere bounds and escapes it for there: parts come from images and their names. */
export interface NoticeWords {
  /** One line. */
  readonly title: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  /** What is listed, some of it, and what is left out. */
  readonly items: readonly string[];
  /** The colour of it. */
  readonly tone: 'good' | 'bad' | 'neutral';
}

/** Things that are listed; people read no more. */
const mostItems = 10;

/** Characters of a value. */
const longestText = 300;

/** A notice for people. Details that are not as they should be are left out. */
export function noticeWords(notice: Notice): NoticeWords {
  const { event, account, type } = notice;
  const words = told[type](event.details);
  const subject = event.subscriptionKey ?? `${event.resourceType} ${event.resourceId}`;
  const base = [
    {
      name: event.resourceType === 'image_tag' || type !== 'event_log' ? 'Image' : event.resourceType,
      value: event.subscriptionKey ?? event.resourceId,
    },
    { name: 'Account', value: account },
  ];
  return {
    title: oneLine(`${words.title ?? event.message}: ${subject}`, 200),
    facts: [...base, ...(words.facts ?? [])].map(({ name, value }) => ({ name, value: oneLine(value, longestText) })),
    items: (words.items ?? []).map((item) => oneLine(item, longestText)),
    tone: words.tone ?? (event.level === 'error' ? 'bad' : 'neutral'),
  };
}

type Told = { readonly [K in keyof NoticeWords]?: NoticeWords[K] };

const told: Readonly<Record<Notice['type'], (details: Readonly<Record<string, unknown>>) => Told>> = {
  policy_eval(details) {
    const [now, before] = [statusOf(details['curr_eval']), statusOf(details['last_eval'])];
    if (now === null) return {};
    const facts = [{ name: 'Verdict', value: now }, ...(before === null ? [] : [{ name: 'Before', value: before }])];
    return { title: `The policy says ${now}`, facts, tone: /^(pass|go)$/i.test(now) ? 'good' : 'bad' };
  },
  vuln_update(details) {
    const diff = recordOf(details['diff_vulnerability_result']);
    const counts = recordOf(details['counts']);
    // Of long lists the details have the beginning, and how long they are.
    const count = (key: string) => (typeof counts[key] === 'number' ? counts[key] : listOf(diff[key]).length);
    const added = count('added');
    const facts = `${added} new, ${count('updated')} changed, ${count('removed')} gone`;
    const shown = listOf(diff['added'])
      .slice(0, mostItems)
      .map((one) => vulnerability(recordOf(one)));
    const more = added > shown.length ? [`and ${added - shown.length} more`] : [];
    return {
      title: 'Vulnerabilities changed',
      facts: [{ name: 'Vulnerabilities', value: facts }],
      items: [...shown, ...more],
      tone: added > 0 ? 'bad' : 'good',
    };
  },
  tag_update(details) {
    const [now, before] = [details['curr_eval'], details['last_eval']].map((one) => textOf(listOf(one)[0]));
    const facts = [
      ...(now === null ? [] : [{ name: 'Now', value: now! }]),
      ...(before === null ? [] : [{ name: 'Before', value: before! }]),
    ];
    return { title: 'A tag points to another image', facts };
  },
  analysis_update(details) {
    const now = recordOf(details['curr_eval']);
    const status = textOf(now['analysis_status']);
    if (status === null) return {};
    const digest = textOf(now['imageDigest']);
    return {
      title: `The analysis ended: ${status}`,
      facts: digest === null ? [] : [{ name: 'Digest', value: digest }],
      tone: status === 'analyzed' ? 'good' : 'bad',
    };
  },
  repo_update: () => ({}),
  event_log: () => ({}),
};

function statusOf(evaluation: unknown): string | null {
  const record = recordOf(evaluation);
  return textOf(record['status']) ?? textOf(record['final_action']);
}

function vulnerability(found: Readonly<Record<string, unknown>>): string {
  const [id, severity, pack, fix] = ['CVE_ID', 'Severity', 'Vulnerable_Package', 'Fix_Available'].map((key) =>
    textOf(found[key]),
  );
  const fixed = fix === null || fix === 'None' ? '' : `, fixed in ${fix}`;
  return `${id ?? '?'} (${severity ?? 'Unknown'}) in ${pack ?? '?'}${fixed}`;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function oneLine(text: string, length: number): string {
  const plain = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return plain.length <= length ? plain : `${plain.slice(0, length - 1).toWellFormed()}…`;
}
