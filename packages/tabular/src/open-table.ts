import type { CsvOptions } from './csv/scanner.ts';
import { tableFault } from './fault.ts';
import type { Scanner } from './scan.ts';
import type { ByteSource, SourceAddress } from './source.ts';
import { sourceAt } from './sources/address.ts';
import { headOf } from './sources/head.ts';

/** The formats that can be scanned. */
export const scanFormats = ['csv', 'tsv', 'jsonl', 'parquet'] as const;
export type ScanFormat = (typeof scanFormats)[number];

export interface TableOptions extends CsvOptions {
  /** Default: what the first bytes and the name say. */
  readonly format?: ScanFormat;
}

/**
 * Opens a source as a table. Gzip and Parquet are known by their first bytes, JSONL by its name or an opening brace, TSV by its name; anything
 * else is CSV. Throws a `UserError` for bytes of a format that is no table, and for what the format's reader refuses.
 */
export async function openTable(from: ByteSource | SourceAddress, options: TableOptions = {}): Promise<Scanner> {
  const named = 'kind' in from ? await sourceAt(from) : from;
  const packed = await headOf(named, magicBytes, options.signal);
  const isGzip = packed.head[0] === 0x1f && packed.head[1] === 0x8b;
  const { head, source } = isGzip ? await headOf(await unpacked(packed.source), magicBytes, options.signal) : packed;
  const format = options.format ?? formatOf(source.label, head);
  switch (format) {
    case 'csv':
    case 'tsv': {
      const { openCsv } = await import('./csv/scanner.ts');
      return openCsv(source, format === 'tsv' ? { delimiter: '\t', ...options } : options);
    }
    case 'jsonl': {
      const { openJsonl } = await import('./jsonl/scanner.ts');
      return openJsonl(source, options);
    }
    case 'parquet': {
      const { openParquet } = await import('./parquet/parquet.ts');
      return openParquet(source, options);
    }
  }
}

const magicBytes = 16;

async function unpacked(source: ByteSource): Promise<ByteSource> {
  const { gunzipped } = await import('./sources/gunzip.ts');
  return gunzipped(source);
}

/** First bytes of what people name by mistake, and what to do instead. */
const otherFormats: readonly (readonly [magic: string, advice: string])[] = [
  ['PK\x03\x04', 'is a zip file or a spreadsheet. Unpack it, or save it as CSV.'],
  ['\x28\xb5\x2f\xfd', 'is packed with zstd. Unpack it, or pack it with gzip.'],
  ['\xfd7zXZ\x00', 'is packed with xz. Unpack it, or pack it with gzip.'],
  ['ARROW1\x00', 'is an Arrow file. Save it as Parquet.'],
  ['Obj\x01', 'is an Avro file. Save it as Parquet.'],
  ['SQLite format 3\x00', 'is a SQLite database. Export the table as CSV.'],
];

function formatOf(label: string, head: Buffer): ScanFormat {
  const start = head.toString('latin1');
  if (start.startsWith('PAR1')) return 'parquet';
  for (const [magic, advice] of otherFormats) {
    if (start.startsWith(magic)) throw tableFault({ file: label }, advice);
  }
  const ending = /\.(csv|tsv|jsonl|ndjson|parquet)(?:\.gz)?$/i.exec(label)?.[1]?.toLowerCase();
  switch (ending) {
    case 'parquet':
      throw tableFault(
        { file: label },
        'is not a Parquet file, as its name says. Write it again, or name it for what it is.',
      );
    case 'jsonl':
    case 'ndjson':
      return 'jsonl';
    case 'tsv':
      return 'tsv';
    case 'csv':
      return 'csv';
    default:
      return /^(?:\xef\xbb\xbf)?\s*\{/.test(start) ? 'jsonl' : 'csv';
  }
}
