import type { ByteSource } from '../source.ts';

/** The first bytes of a source, and a source that still has them. */
export interface Headed {
  /** As many bytes as were asked for, or all. */
  readonly head: Buffer;
  /** Whether the head is all there is. */
  readonly whole: boolean;
  readonly source: ByteSource;
}

/** Reads the first `bytes` bytes of a source, and not much more. A source that can be read once gives what was read again, once. */
export async function headOf(source: ByteSource, bytes: number, signal?: AbortSignal): Promise<Headed> {
  if (source.range !== undefined && source.size !== undefined) {
    const head = Buffer.from(await source.range(0, Math.min(bytes, source.size)));
    return { head, whole: head.length === source.size, source };
  }
  const iterator = source.stream(signal)[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let whole = false;
  while (length < bytes && !whole) {
    const { done, value } = await iterator.next();
    if (done === true) {
      whole = true;
    } else {
      chunks.push(Buffer.from(value));
      length += value.length;
    }
  }
  const head = Buffer.concat(chunks);
  if (source.once === true) return { head, whole, source: { ...source, stream: () => replayed(head, iterator) } };
  await iterator.return?.();
  return { head, whole, source };
}

async function* replayed(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield head;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
