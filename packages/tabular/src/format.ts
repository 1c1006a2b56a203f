import { type CaptureFormat, captureFormats } from './captures/formats.ts';
import { tableFault } from './fault.ts';

/** The formats that can be scanned: tables, and what endpoints capture of their calls. */
export const scanFormats = ['csv', 'tsv', 'jsonl', 'parquet', ...captureFormats] as const;
export type ScanFormat = (typeof scanFormats)[number];

export function isCaptureFormat(format: ScanFormat): format is CaptureFormat {
  return captureFormats.some((each) => each === format);
}

/** So many bytes from the start of a file tell its format. */
export const magicBytes = 64;

/** First bytes of what people name by mistake, and what to do instead. */
const otherFormats: readonly (readonly [magic: string, advice: string])[] = [
  ['PK\x03\x04', 'is a zip file or a spreadsheet. Unpack it, or save it as CSV.'],
  ['\x28\xb5\x2f\xfd', 'is packed with zstd. Unpack it, or pack it with gzip.'],
  ['\xfd7zXZ\x00', 'is packed with xz. Unpack it, or pack it with gzip.'],
  ['ARROW1\x00', 'is an Arrow file. Save it as Parquet.'],
  ['Obj\x01', 'is an Avro file. Save it as Parquet.'],
  ['SQLite format 3\x00', 'is a SQLite database. Export the table as CSV.'],
];

/** A header line may start so, too; behind these four bytes of a Parquet file stands one that no text has. */
const parquetStart = /^PAR1(?![\t\n\r -~])/;

/**
 * The format of a file by its first bytes, unpacked, and its name. Parquet is known by its first bytes, captures by their first key, JSONL by its name or
 * an opening brace, TSV by its name; anything else is CSV. Throws a `UserError` for bytes of a format that is no table.
 */
export function formatOf(label: string, head: Buffer): ScanFormat {
  const start = head.toString('latin1');
  if (parquetStart.test(start)) return 'parquet';
  for (const [magic, advice] of otherFormats) {
    if (start.startsWith(magic)) throw tableFault({ file: label }, advice);
  }
  const firstKey = /^(?:\xef\xbb\xbf)?\s*\{\s*"(\w*)"/.exec(start)?.[1];
  if (firstKey === 'captureData' || firstKey === 'eventMetadata') return 'sagemaker-capture';
  if (firstKey === 'specversion') return 'azureml-collector';
  const ending = /\.(csv|tsv|jsonl|ndjson|parquet)(?:\.gz)?$/i.exec(label)?.[1]?.toLowerCase();
  switch (ending) {
    case 'parquet':
      // With encrypted pages, or all of it: its reader says so.
      if (/^PAR[1E]/.test(start)) return 'parquet';
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
