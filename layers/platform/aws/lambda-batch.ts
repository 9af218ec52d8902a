/** What of a message is needed, as Lambda hands it to a function. */
export interface LambdaRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: { readonly ApproximateReceiveCount: string };
}

/** Which messages of a batch are not done (ReportBatchItemFailures); an empty list means that all are. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Does the work of each record, `atOnce` of them at the same time, and names those that come back: where the work says so, where it
 * threw, and those that were not begun when less than `reserveMs` were left, so that one slow message does not take
 * the others with it.
 */
export async function settleBatch(
  records: readonly LambdaRecord[],
  options: { readonly atOnce: number; readonly reserveMs: number; readonly left: () => number },
  work: (record: LambdaRecord) => Promise<'done' | 'again'>,
): Promise<BatchAnswer> {
  const failed: { readonly itemIdentifier: string }[] = [];
  const waiting = [...records];
  const worker = async () => {
    for (let record = waiting.shift(); record !== undefined; record = waiting.shift()) {
      const begun = options.left() >= options.reserveMs;
      const end = begun ? await work(record).catch(() => 'again' as const) : 'again';
      if (end === 'again') failed.push({ itemIdentifier: record.messageId });
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, worker));
  return { batchItemFailures: failed };
}
