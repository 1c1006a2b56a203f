import { UserError } from '@mlops-actions/core';
import { withoutLineEnd } from '../csv.ts';
import { tableFault } from '../fault.ts';
import { checkedColumns, jsonAdvice, requireColumns } from '../header.ts';
import type { NullTexts } from '../kernels/cells.ts';
import { isText, lengthFault, longestRecord, textFault, withoutMark } from '../records.ts';
import { flatRow, parsedJsonTypes } from '../rows/flat.ts';
import { typeInference } from '../rows/infer.ts';
import type { ScanColumn, ScanFacts, Scanner, ScanOptions, Sink } from '../scan.ts';
import type { ByteSource } from '../source.ts';
import { type Headed, headOf } from '../sources/head.ts';
import { jsonlParser, lineAdvice } from './parser.ts';

export interface JsonlOptions extends ScanOptions {
  readonly nullTexts?: NullTexts;
  /** Bytes that are parsed at a time. Default: 2 MiB. */
  readonly chunkBytes?: number;
}

/** The columns and their types are taken from so many bytes. */
const sampleBytes = 1 << 20;

/**
 * Opens a file of one JSON object a line. Its columns are the keys of the objects in the first MiB and those of `options.types`; a row that lacks one
 * has an empty cell there. Values inside objects are columns by their path, `a.b`; lists are categories, as the text of their JSON. The types are those
 * stated, else what the first MiB suggests: numbers where each value is one or empty (a text of digits is a text), timestamps likewise, else
 * categories. Columns that come up later are passed over, with a warning.
 *
 * Throws a located `UserError` for a file without rows, a line in the first MiB that is no JSON object, and over 10,000 columns.
 */
export async function openJsonl(source: ByteSource, options: JsonlOptions = {}): Promise<Scanner> {
  const headed = await beginning(source, options.signal);
  const file = source.label;
  const head = withoutMark(file, headed.head);
  const columns = columnsOf(file, headed.whole ? head : head.subarray(0, head.lastIndexOf(10) + 1), options);
  const mark = headed.head.length - head.length;
  let spent = false;

  return {
    columns,
    async scan(wanted, sink, signal = options.signal) {
      if (headed.source.once === true && spent) {
        throw new UserError(`${file}: can be read once only. Save it as a file first.`);
      }
      spent = true;
      requireColumns(
        file,
        columns.map(({ name }) => name),
        wanted.map(({ name }) => name),
      );
      return scanned(headed.source, mark, columns, wanted, sink, options, signal);
    },
  };
}

/** The first MiB, or as much as it takes to have a line. */
async function beginning(source: ByteSource, signal: AbortSignal | undefined): Promise<Headed> {
  const headed = await headOf(source, sampleBytes, signal);
  if (headed.whole || headed.head.includes(10)) return headed;
  const longer = await headOf(headed.source, longestRecord + sampleBytes, signal);
  if (longer.whole || longer.head.includes(10)) return longer;
  throw lengthFault({ file: source.label, line: 1 });
}

function columnsOf(file: string, sample: Buffer, options: JsonlOptions): ScanColumn[] {
  const inference = typeInference(options.nullTexts);
  let row = 0;
  let line = 0;
  for (let start = 0; start < sample.length; ) {
    const end = sample.indexOf(10, start) + 1 || sample.length;
    const bytes = sample.subarray(start, end);
    start = end;
    line++;
    if (!isText(bytes)) throw textFault(file, [{ bytes, line }]);
    const text = withoutLineEnd(bytes);
    if (text.trim() === '') continue;
    const place = { file, line, row: ++row };
    if (row === 1 && text.trimStart().startsWith('[')) {
      throw tableFault(place, 'starts a JSON list. Write one object a line, without brackets and commas around them.');
    }
    const cells = flatRow(parsedJsonTypes(text, place, lineAdvice), place);
    for (const [name, cell] of cells) inference.see(name, cell, false);
  }
  if (row === 0) throw tableFault({ file }, 'holds no rows. Check what writes it.');
  const columns = inference.columns(options.types);
  checkedColumns(
    file,
    undefined,
    columns.map(({ name }) => name),
    jsonAdvice,
  );
  return columns;
}

async function scanned(
  source: ByteSource,
  mark: number,
  columns: readonly ScanColumn[],
  wanted: readonly ScanColumn[],
  sink: Sink,
  options: JsonlOptions,
  signal: AbortSignal | undefined,
): Promise<ScanFacts> {
  const parser = jsonlParser(source.label, columns, wanted, sink, options);
  let skipped = mark;
  for await (const chunk of source.stream(signal)) {
    signal?.throwIfAborted();
    const passed = Math.min(skipped, chunk.length);
    skipped -= passed;
    parser.push(chunk.subarray(passed));
  }
  return parser.end();
}
