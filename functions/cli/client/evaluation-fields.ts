import { actionStyles, type Style } from '#reports/paint.ts';
import { type Block, type Field, type Item, itemsOf, rows, type Shown, textAt } from './shown.ts';
import { valueAt } from './value-at.ts';

const statusStyle = (value: unknown): readonly Style[] =>
  value === 'pass' ? actionStyles.go : value === 'fail' ? actionStyles.stop : [];

const actionStyle = (value: unknown): readonly Style[] => {
  const action = String(value).toLowerCase();
  return action === 'go' || action === 'warn' || action === 'stop' ? actionStyles[action] : [];
};

const summaryFields: readonly Field[] = [
  { title: 'Image Digest', of: 'digest' },
  { title: 'Full Tag', of: 'tag' },
  { title: 'Status', of: 'status', style: statusStyle },
  { title: 'Last Eval', of: 'last_evaluation' },
  { title: 'Policy ID', of: 'policyId' },
];

const detailFields: readonly Field[] = [
  { title: 'Image ID', of: 'detail.result.image_id' },
  { title: 'Final Action', of: 'detail.result.final_action', style: actionStyle },
  { title: 'Final Action Reason', of: 'detail.result.final_action_reason' },
];

const rowFields: readonly Field[] = [
  { title: 'Gate', of: 'gate', least: 10 },
  { title: 'Trigger', of: 'trigger', least: 10 },
  { title: 'Detail', of: 'detail', wraps: true },
  { title: 'Status', of: 'status', style: actionStyle, order: (value) => actions.indexOf(String(value)) },
];

const actions = ['stop', 'warn', 'go'];

/** Verdicts over an image. The exit code is the newest one's: 0 pass, 1 fail, 2 when there is none for the digest that was asked for. */
export function evaluationsShown(value: unknown, digest: string, detailed: boolean): Shown {
  const [answer] = itemsOf(value);
  const tags = Object.entries((answer?.[digest] ?? {}) as Item);
  const status = textAt(itemsOf(tags[0]?.[1])[0], 'status').toLowerCase();
  const blocks = itemsOf(value)
    .flatMap((record) => Object.entries(record))
    .flatMap(([of, byTag]) => Object.entries((byTag ?? {}) as Item).map(([tag, list]) => ({ of, tag, list })))
    .flatMap(({ of, tag, list }) => {
      const evaluations = itemsOf(list);
      const shown = evaluations.length === 0 ? [{ status: 'no_eval_available' }] : evaluations;
      return shown.flatMap((evaluation) => blocksOf({ ...evaluation, digest: of, tag }, detailed));
    });
  return { value, blocks, code: status === 'pass' ? 0 : status === 'fail' ? 1 : 2 };
}

function blocksOf(evaluation: Item, detailed: boolean): readonly Block[] {
  const fields = detailed ? [...summaryFields, ...detailFields] : summaryFields;
  const facts = { kind: 'facts' as const, fields, items: [evaluation] };
  return detailed ? [facts, rows(reasons(evaluation), rowFields)] : [facts];
}

/** Rows are lists whose cells are told by the header: gate, trigger and text stand at 3 to 5, the action at 6, the allowlist at 7. */
function reasons(evaluation: Item): readonly Item[] {
  const results = valueAt(evaluation, 'detail.result.result');
  const [first] = Object.values(typeof results === 'object' && results !== null ? results : {});
  const found = valueAt(first, 'result.rows');
  return (Array.isArray(found) ? found : []).map((row: unknown) => {
    const cells = Array.isArray(row) ? (row as readonly unknown[]) : [];
    const allowed = cells[7];
    const by = typeof allowed === 'object' && allowed !== null ? textAt(allowed as Item, 'whitelist_name') : '';
    return { gate: cells[3], trigger: cells[4], detail: cells[5], status: allowed ? `whitelisted(${by})` : cells[6] };
  });
}
