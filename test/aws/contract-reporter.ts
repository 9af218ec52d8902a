/** A line of JSON that a run of contracts prints for each finished test and contract. */
export interface Told {
  readonly kind: 'pass' | 'fail' | 'skip' | 'note';
  readonly name: string;
  /** 0: a contract, or a test that stands alone. */
  readonly nesting: number;
  readonly contract: boolean;
  readonly milliseconds: number;
  readonly error: string | null;
}

interface Event {
  readonly type: string;
  readonly data: {
    readonly name?: string;
    readonly message?: string;
    readonly nesting: number;
    readonly skip?: string | boolean;
    readonly details?: {
      readonly duration_ms: number;
      readonly type?: string;
      readonly error?: { readonly message: string; readonly cause?: unknown; readonly failureType?: string };
    };
  };
}

/** The reporter of `node --test` whose lines test/aws/run.ts reads. */
export default async function* report(events: AsyncIterable<Event>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if (type === 'test:pass' || type === 'test:fail') yield line(type, data);
    // Its own summary begins after the last test, at the same nesting as what tests say at the top level.
    if (type === 'test:diagnostic' && data.nesting > 0) yield told({ kind: 'note', name: data.message ?? '' }, data);
  }
}

function line(type: 'test:pass' | 'test:fail', data: Event['data']): string {
  const skipped = data.skip !== undefined && data.skip !== false;
  const kind = skipped ? 'skip' : type === 'test:pass' ? 'pass' : 'fail';
  const error = data.details?.error;
  // A contract fails because of its tests, which are told already.
  const own = error !== undefined && error.failureType !== 'subtestsFailed';
  return told({ kind, name: data.name ?? '', error: own ? String(error.cause ?? error.message) : null }, data);
}

function told(what: Pick<Told, 'kind' | 'name'> & Partial<Told>, data: Event['data']): string {
  const contract = data.details?.type === 'suite';
  const milliseconds = Math.round(data.details?.duration_ms ?? 0);
  return `${JSON.stringify({ error: null, nesting: data.nesting, contract, milliseconds, ...what } satisfies Told)}\n`;
}
