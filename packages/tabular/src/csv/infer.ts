import type { ScanColumn, ScanType, Sink } from '../scan.ts';
import type { Dialect } from './dialect.ts';
import { csvParser, type ParserOptions } from './parser.ts';

export interface InferOptions extends ParserOptions {
  readonly types?: ReadonlyMap<string, ScanType> | undefined;
}

/**
 * The type of each column by the rows of a sample, `whole` when there are no more: the one stated, else number or timestamp where each cell is one
 * or empty, else category. A column without any cell is a number, so that a text that comes later is noticed and not counted as a
 * category. The kernel itself tries each type, so that what is inferred here is what the scan reads.
 */
export function inferredTypes(
  file: string,
  dialect: Dialect,
  sample: Buffer,
  whole: boolean,
  options: InferOptions,
): ScanType[] {
  const types = new Map<string, ScanType>(options.types);
  for (const type of ['number', 'timestamp'] as const) {
    const untyped = dialect.columns.filter((name) => !types.has(name));
    if (untyped.length === 0) break;
    const wanted = untyped.map((name): ScanColumn => ({ name, type }));
    for (const name of fitting(file, dialect, sample, whole, wanted, options)) types.set(name, type);
  }
  return dialect.columns.map((name) => types.get(name) ?? 'category');
}

/** The columns of `wanted` of which no cell is mistyped. */
function fitting(
  file: string,
  dialect: Dialect,
  sample: Buffer,
  whole: boolean,
  wanted: readonly ScanColumn[],
  options: InferOptions,
): string[] {
  const misfits = new Set<string>();
  const sink: Sink = {
    rowsWanted: true,
    numbers: (position, { mistyped }) => {
      if (mistyped > 0) misfits.add((wanted[position] as ScanColumn).name);
    },
    codes: () => {},
  };
  const stretch = { from: 0, until: Number.POSITIVE_INFINITY, isRecordStart: true, line: dialect.line };
  const parser = csvParser(file, dialect, stretch, wanted, sink, { ...options, chunkBytes: undefined });
  parser.push(whole ? sample : sample.subarray(0, sample.lastIndexOf(10) + 1));
  if (whole) parser.end();
  else parser.flush();
  return wanted.map(({ name }) => name).filter((name) => !misfits.has(name));
}
