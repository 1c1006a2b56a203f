import { UserError } from '@mlops-actions/core';
import type { CaptureFormat } from './captures/formats.ts';
import type { CaptureOptions, PlacedFile } from './captures/open.ts';
import type { CsvOptions } from './csv/scanner.ts';
import { formatOf, isCaptureFormat, magicBytes, type ScanFormat } from './format.ts';
import type { Scanner } from './scan.ts';
import type { ByteSource, SourceAddress } from './source.ts';
import { sourceAt } from './sources/address.ts';
import { headOf } from './sources/head.ts';
import { isAddress, tableFiles } from './tables/files.ts';
import type { Part } from './tables/several.ts';

export interface TableOptions extends CsvOptions {
  /** Default: what the first bytes and the name say. */
  readonly format?: ScanFormat;
  /** What is wanted of captures. */
  readonly captures?: CaptureOptions;
  /** Files, as `openTable` takes them, of labels in SageMaker's ground truth format: captures get the label of each call. */
  readonly labels?: string | readonly string[];
}

/** What can be opened: a file, a folder, a glob or an http(s) address, several of these, or a source. */
export type TableLocation = string | readonly string[] | ByteSource | SourceAddress;

/**
 * Opens a table. Several files are one table: see `openSeveral`, and `openCaptures` for what endpoints capture. The format is the one stated, else what the
 * first bytes and the name of the first file say (`formatOf`). Throws a `UserError` where there is no file, for files of several formats, for bytes of
 * a format that is no table, and for what the format's reader refuses.
 */
export async function openTable(from: TableLocation, options: TableOptions = {}): Promise<Scanner> {
  if (typeof from !== 'string' && !Array.isArray(from)) return openOne(from as ByteSource | SourceAddress, options);
  const where = from as string | readonly string[];
  const paths = await tableFiles(where, options.signal);
  const first = await recognized(addressOf(paths[0] as string), options);
  if (isCaptureFormat(first.format)) {
    return openCalls(first.format, nameOf(where), paths.map(captureFile), options);
  }
  if (paths.length === 1) return opened(first, options);
  const { openSeveral } = await import('./tables/several.ts');
  return openSeveral(
    paths.map((path) => partOf(path, options)),
    options,
  );
}

async function openOne(from: ByteSource | SourceAddress, options: TableOptions): Promise<Scanner> {
  const found = await recognized(from, options);
  if (!isCaptureFormat(found.format)) return opened(found, options);
  const { label, once } = found.source;
  if (once === true) throw new UserError(`${label}: captures are read more than once. Save them as a file first.`);
  const file: PlacedFile = { label, path: label, open: async () => found.source };
  return openCalls(found.format, label, [file], options);
}

async function openCalls(
  format: CaptureFormat,
  where: string,
  files: readonly PlacedFile[],
  options: TableOptions,
): Promise<Scanner> {
  const { openCaptures } = await import('./captures/open.ts');
  const labels = options.labels === undefined ? [] : await tableFiles(options.labels, options.signal);
  return openCaptures({ format, where, files, labels: labels.map(captureFile) }, options.captures, options);
}

interface Recognized {
  /** Unpacked where it is packed. */
  readonly source: ByteSource;
  readonly format: ScanFormat;
  readonly bytes: number | undefined;
}

async function recognized(from: ByteSource | SourceAddress, { format, signal }: TableOptions): Promise<Recognized> {
  const named = 'kind' in from ? await sourceAt(from) : from;
  const packed = await headOf(named, magicBytes, signal);
  const isGzip = packed.head[0] === 0x1f && packed.head[1] === 0x8b;
  const { head, source } = isGzip ? await headOf(await unpacked(packed.source), magicBytes, signal) : packed;
  return { source, format: format ?? formatOf(source.label, head), bytes: named.size };
}

async function unpacked(source: ByteSource): Promise<ByteSource> {
  const { gunzipped } = await import('./sources/gunzip.ts');
  return gunzipped(source);
}

async function opened({ source, format }: Recognized, options: TableOptions): Promise<Scanner> {
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
    case 'sagemaker-capture':
    case 'azureml-collector':
      throw new UserError(
        `${source.label}: is of the format ${format}, which cannot be read with others as one table.`,
      );
  }
}

const largestChunk = 2 << 20;

function partOf(path: string, options: TableOptions): Part {
  return {
    label: path,
    async open({ types, format }) {
      const found = await recognized(addressOf(path), options);
      if (format !== undefined && found.format !== format) {
        throw new UserError(
          `${path}: is ${found.format}, but the files before it are ${format}. Read files of one format at a time.`,
        );
      }
      const { bytes } = found;
      // Thousands of small files would otherwise take a large buffer each.
      const chunkBytes = options.chunkBytes ?? Math.min(largestChunk, bytes ?? largestChunk);
      const scanner = await opened(found, { ...options, chunkBytes, ...(types && { types }) });
      return { scanner, format: found.format, bytes };
    },
  };
}

function captureFile(path: string): PlacedFile {
  return {
    label: path,
    path,
    open: async () => (await recognized(addressOf(path), { format: 'jsonl' })).source,
  };
}

function addressOf(path: string): SourceAddress {
  return isAddress(path)
    ? { kind: 'http', url: path, label: path.replace(/\?.*$/s, '') }
    : { kind: 'file', path, label: path };
}

function nameOf(where: string | readonly string[]): string {
  if (typeof where === 'string') return where;
  const [first = '', ...others] = where;
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
