import type { UserError } from '@mlops-actions/core';
import { longestRecord } from '../records.ts';
import type { KernelExports } from './kernel.ts';

/** Bytes that are parsed at a time. */
const defaultChunkBytes = 2 << 20;
const newline = 10;

/** The bytes of a text file in a kernel's memory, where whole lines are parsed as they come. */
export interface LineBuffer {
  push(bytes: Uint8Array): void;
  /** Parses all whole lines that were pushed. */
  flush(): void;
  /** Parses what is left; the last line gets a line end when it has none. */
  end(): void;
}

export interface LineBufferOptions {
  readonly chunkBytes?: number | undefined;
  /** Parses the lines from `from` up to `end`, which is behind a line end; returns where it stopped. What lies behind is given to it again. */
  parse(from: number, end: number, last: boolean): number;
  /** What is wrong with a record of over 16 MiB. */
  tooLong(): UserError;
}

/** Memory is bounded by the longest record. */
export function lineBuffer(kernel: KernelExports, options: LineBufferOptions): LineBuffer {
  let capacity = options.chunkBytes ?? defaultChunkBytes;
  // One byte more, for the line end that the last line may lack.
  let start = kernel.allocate(capacity + 1);
  let filled = 0;

  function parse(last: boolean): void {
    const lines = Buffer.from(kernel.memory.buffer, start, filled).lastIndexOf(newline) + 1;
    const stopped = lines === 0 ? start : options.parse(start, start + lines, last);
    keepFrom(stopped - start);
  }

  /** Moves what was not parsed to the front, and makes room when it fills the buffer. */
  function keepFrom(offset: number): void {
    const kept = filled - offset;
    if (kept > longestRecord) throw options.tooLong();
    const from = start + offset;
    if (kept === capacity) {
      capacity = Math.min(4 * capacity, longestRecord + defaultChunkBytes);
      start = kernel.allocate(capacity + 1);
    }
    new Uint8Array(kernel.memory.buffer).copyWithin(start, from, from + kept);
    filled = kept;
  }

  return {
    push(bytes) {
      for (let offset = 0; offset < bytes.length; ) {
        const part = bytes.subarray(offset, offset + capacity - filled);
        new Uint8Array(kernel.memory.buffer).set(part, start + filled);
        filled += part.length;
        offset += part.length;
        if (filled === capacity) parse(false);
      }
    },
    flush: () => parse(false),
    end() {
      if (filled === 0) return;
      const bytes = new Uint8Array(kernel.memory.buffer, start, filled + 1);
      if (bytes[filled - 1] !== newline) bytes[filled++] = newline;
      parse(true);
    },
  };
}
