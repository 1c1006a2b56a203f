import { isUtf8 } from 'node:buffer';
import type { UserError } from '@mlops-actions/core';
import { type Place, tableFault } from './fault.ts';

const newline = 10;
const quote = 34;

/** More than this in one row is no table; it bounds the memory that reading takes. */
export const longestRecord = 16 << 20;

/** The bytes of one row, its line end included where there is one. */
export interface RawRecord {
  readonly bytes: Buffer;
  /** The line on which it starts, from 1. */
  readonly line: number;
  /** Whether it holds a quote character, so that a plain split would not do. */
  readonly quoted: boolean;
}

/** How rows are told apart: by line ends alone, or by line ends outside quotes (RFC 4180). */
export type RecordRule = { readonly kind: 'lines' } | { readonly kind: 'quoted'; readonly delimiter: number };

/**
 * Cuts a stream of bytes into rows. `push` returns the rows that a chunk completes, `end` the last one when no line end follows it.
 * Both throw a located `UserError` for bytes that are not UTF-8, NUL bytes, a row over 16 MiB and a quote that is never closed.
 */
export interface RecordCutter {
  push(chunk: Buffer): RawRecord[];
  end(): RawRecord[];
}

export function recordCutter(file: string, rule: RecordRule): RecordCutter {
  let pending: Buffer = Buffer.alloc(0);
  let line = 1;
  let first = true;

  function cut(data: Buffer, last: boolean): RawRecord[] {
    const records: RawRecord[] = [];
    let start = 0;
    let nextQuote = rule.kind === 'lines' ? -1 : data.indexOf(quote);
    while (start < data.length) {
      const lineEnd = data.indexOf(newline, start);
      const quoted = nextQuote !== -1 && (lineEnd === -1 || nextQuote < lineEnd);
      const end = quoted ? endOfQuoted(data, start, last) : lineEnd === -1 && last ? data.length : lineEnd + 1;
      if (end === 0) break;
      const bytes = data.subarray(start, end);
      records.push({ bytes, line, quoted });
      line += quoted ? lineEnds(bytes) : 1;
      start = end;
      if (nextQuote !== -1 && nextQuote < start) nextQuote = data.indexOf(quote, start);
    }
    const stretch = data.subarray(0, start);
    if (!isText(stretch)) throw textFault(file, records);
    pending = data.subarray(start);
    if (pending.length > longestRecord) {
      throw lengthFault({ file, line });
    }
    return records;
  }

  /** The index after the row that starts at `start`; 0 when the data ends before it does. */
  function endOfQuoted(data: Buffer, start: number, last: boolean): number {
    const delimiter = rule.kind === 'quoted' ? rule.delimiter : -1;
    let at = start;
    while (at < data.length) {
      if (data[at] === quote) {
        const closing = closingQuote(data, at);
        if (closing === -1 && last) {
          throw openQuoteFault({ file, line });
        }
        if (closing === -1 || (closing === data.length - 1 && !last)) return 0;
        at = closing + 1;
      }
      while (at < data.length && data[at] !== delimiter && data[at] !== newline) at++;
      if (data[at] === newline) return at + 1;
      at++;
    }
    return last ? data.length : 0;
  }

  return {
    push(chunk) {
      let data = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      if (first) {
        if (data.length < 3) {
          pending = data;
          return [];
        }
        first = false;
        data = withoutMark(file, data);
      }
      return cut(data, false);
    },
    end: () => cut(first ? withoutMark(file, pending) : pending, true),
  };
}

/** The index of the quote that closes the one at `opening`; -1 when there is none. A doubled quote stands for itself. */
function closingQuote(data: Buffer, opening: number): number {
  let at = data.indexOf(quote, opening + 1);
  while (at !== -1 && data[at + 1] === quote) at = data.indexOf(quote, at + 2);
  return at;
}

function lineEnds(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) count++;
  return count;
}

/** Data from the start of a file, without a byte order mark. Throws a `UserError` for that of UTF-16. */
export function withoutMark(file: string, data: Buffer): Buffer {
  const [a, b, c] = data;
  if (a === 0xef && b === 0xbb && c === 0xbf) return data.subarray(3);
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    throw tableFault({ file }, 'is UTF-16. Save it as UTF-8.');
  }
  return data;
}

export function lengthFault(place: Place): UserError {
  return tableFault(place, 'the row that starts here is over 16 MiB. Is a quote never closed?');
}

export function openQuoteFault(place: Place): UserError {
  return tableFault(place, 'a quote in the row that starts here is never closed. Close it, or double it.');
}

/** Whether bytes are UTF-8 without NUL. Fast for many bytes at once; `textFault` then finds the row. */
export function isText(bytes: Uint8Array): boolean {
  return isUtf8(bytes) && !bytes.includes(0);
}

/** What is wrong with the first of `records` that is no text. */
export function textFault(file: string, records: Iterable<Pick<RawRecord, 'bytes' | 'line'>>): UserError {
  for (const { bytes, line } of records) {
    const place: Place = { file, line };
    if (bytes.includes(0)) return tableFault(place, 'holds a NUL byte. Is it a text file? Save it as UTF-8 text.');
    if (!isUtf8(bytes)) {
      const shown = JSON.stringify(aroundFault(bytes));
      return tableFault(place, `holds bytes that are not UTF-8, near ${shown}. Save the file as UTF-8.`);
    }
  }
  return tableFault({ file }, 'holds bytes that are not UTF-8. Save the file as UTF-8.');
}

/** The lines of `bytes`, of which the first is line `firstLine` of the file. */
export function* linesOf(bytes: Buffer, firstLine: number): Generator<Pick<RawRecord, 'bytes' | 'line'>> {
  let start = 0;
  for (let line = firstLine; start < bytes.length; line++) {
    const end = bytes.indexOf(newline, start) + 1;
    yield { bytes: bytes.subarray(start, end), line };
    start = end;
  }
}

/** Some text around the first byte that is not UTF-8. */
function aroundFault(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  const at = text.search(/\ufffd/);
  return text.slice(Math.max(0, at - 20), at + 10);
}
