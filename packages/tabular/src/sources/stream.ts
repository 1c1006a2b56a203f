import { UserError } from '@mlops-actions/core';
import type { ByteSource } from '../source.ts';

/** Bytes that come once and in order, such as standard input. `label` names them in messages. */
export function streamSource(bytes: AsyncIterable<Uint8Array>, label: string): ByteSource {
  let spent = false;
  return {
    label,
    once: true,
    stream(signal) {
      if (spent) throw new UserError(`${label}: can be read once only. Save it as a file and name that.`);
      spent = true;
      return abortable(bytes, signal);
    },
  };
}

async function* abortable(bytes: AsyncIterable<Uint8Array>, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    signal?.throwIfAborted();
    yield chunk;
  }
}
