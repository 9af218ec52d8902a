import { Fault } from '#core/fault.ts';

/** Bytes of a body by the queue port. SQS takes 1 MiB, but what EventBridge and SNS carry on is smaller. */
const largestBody = 256 * 1024;

/** Bytes and messages of one SendMessageBatch (SQS quotas of 2026). */
const batch = { bytes: 1_048_576, messages: 10 } as const;

/**
 * The bodies as SQS takes them, in batches that it takes. SQS allows the characters of XML 1.0 only; JSON text may hold U+FFFE, U+FFFF and,
 * in JavaScript, half a surrogate pair: those are written as JSON escapes, which is the same JSON. Throws `input/too-large` for a
 * body over 256 KiB and `input/invalid` for one that is no JSON text.
 */
export function inBatches(queue: string, bodies: readonly string[]): readonly (readonly string[])[] {
  const batches: string[][] = [];
  let bytes = 0;
  for (const body of bodies) {
    const size = Buffer.byteLength(body);
    if (size > largestBody) {
      throw new Fault(
        'input/too-large',
        `Queue ${queue}: a message has ${size} bytes, 256 KiB are allowed; put the document into a blob`,
      );
    }
    if (body === '' || /[\0-\x08\x0b\x0c\x0e-\x1f]/.test(body)) {
      throw new Fault(
        'input/invalid',
        `Queue ${queue}: a message is empty or holds a control character, which JSON text does not`,
      );
    }
    const text = body.replace(/[\ufffe\uffff]|\p{Surrogate}/gu, jsonEscape);
    const sent = Buffer.byteLength(text);
    const last = batches.at(-1);
    if (last === undefined || last.length === batch.messages || bytes + sent > batch.bytes) {
      batches.push([text]);
      bytes = sent;
    } else {
      last.push(text);
      bytes += sent;
    }
  }
  return batches;
}

/** Text that may be the value of a message attribute: at most 1,000 characters of XML 1.0, null when nothing is left. */
export function attributeText(text: string): string | null {
  return (
    text
      .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
      .slice(0, 1000)
      .toWellFormed() || null
  );
}

function jsonEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
