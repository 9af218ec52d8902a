import type { Blobs } from '#platform/blobs.ts';

/** Blobs in a Map. */
export function memoryBlobs(): Blobs {
  const stored = new Map<string, Buffer>();
  const bytesOf = async (content: Uint8Array | AsyncIterable<Uint8Array>) => {
    if (content instanceof Uint8Array) return Buffer.from(content);
    return Buffer.concat(await Array.fromAsync(content));
  };
  return {
    async put(key, content) {
      if (stored.has(key)) return 'existed';
      stored.set(key, await bytesOf(content));
      return 'stored';
    },
    async replace(key, content) {
      stored.set(key, await bytesOf(content));
    },
    async read(key) {
      const bytes = stored.get(key);
      if (bytes === undefined) return null;
      return (async function* () {
        yield bytes;
      })();
    },
    has: async (key) => stored.has(key),
    delete: async (key) => void stored.delete(key),
    async *list(prefix) {
      yield* [...stored.keys()].filter((key) => key.startsWith(prefix)).sort();
    },
  };
}
