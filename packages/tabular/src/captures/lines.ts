import type { Json } from '@mlops-actions/core';
import { withoutLineEnd } from '../csv.ts';
import { type RawRecord, recordCutter } from '../records.ts';
import { parsedJson } from '../rows/flat.ts';
import type { ByteSource } from '../source.ts';
import type { Tally } from './call.ts';

/** A file of captures, opened when its turn comes. */
export interface CaptureFile {
  readonly label: string;
  /** Unpacked where it is packed. */
  open(): Promise<ByteSource>;
}

/** One line of a capture file. */
export interface CaptureLine {
  readonly file: string;
  readonly line: number;
  readonly value: Json;
  /** Length of its text. */
  readonly length: number;
}

/**
 * The lines of capture files in order. A last line without a line end that is no JSON is what an endpoint was writing when the file was copied: it is
 * counted in `tally`. Throws a located `UserError` for any other line that is no JSON.
 */
export async function* captureLines(
  files: readonly CaptureFile[],
  tally: Tally,
  signal: AbortSignal | undefined,
): AsyncGenerator<CaptureLine> {
  for (const { label, open } of files) {
    signal?.throwIfAborted();
    const cutter = recordCutter(label, { kind: 'lines' });
    for await (const chunk of (await open()).stream(signal)) {
      // The chunk's memory may be used again, and records that are not whole are kept.
      for (const record of cutter.push(Buffer.from(chunk))) yield* parsedLine(label, record, tally);
    }
    for (const record of cutter.end()) yield* parsedLine(label, record, tally);
  }
}

function* parsedLine(file: string, { bytes, line }: RawRecord, tally: Tally): Generator<CaptureLine> {
  const text = withoutLineEnd(bytes);
  if (text.trim() === '') return;
  try {
    const value = parsedJson(text, { file, line }, 'Write one captured call a line.');
    yield { file, line, value, length: text.length };
  } catch (error) {
    if (bytes.at(-1) === 10) throw error;
    tally.add('truncated', file, line);
  }
}
