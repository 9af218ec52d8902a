/** Characters of a piece, about. */
const pieceSize = 64 * 1024;

/**
 * The JSON text of an object or list that is too large to hold, in pieces: `head`, the items as they come with commas
 * between them, `tail`, which is asked for when they have ended. The first piece comes with the first items, so that what fails early fails before anything is sent.
 */
export async function* jsonList(
  head: string,
  items: AsyncIterable<unknown>,
  tail: string | (() => string),
): AsyncGenerator<string> {
  let piece = head;
  let comma = '';
  for await (const item of items) {
    piece += comma + JSON.stringify(item);
    comma = ',';
    if (piece.length >= pieceSize) {
      yield piece;
      piece = '';
    }
  }
  yield piece + (typeof tail === 'string' ? tail : tail());
}
