import { UserError } from '@mlops-actions/core';
import type { CaptureFormat } from './captures/formats.ts';
import type { CaptureOptions, PlacedFile } from './captures/open.ts';
import type { CsvOptions } from './csv/scanner.ts';
import { formatOf, isCaptureFormat, magicBytes, type ScanFormat } from './format.ts';
import type { Scanner } from './scan.ts';
import type { ByteSource, FileAddress, SourceAddress } from './source.ts';
import { sourceAt } from './sources/address.ts';
import { headOf } from './sources/head.ts';
import { type FilePlaces, tableFiles, tableSource } from './tables/files.ts';
import type { Part } from './tables/several.ts';

export interface TableOptions extends CsvOptions {
  /** Default: what the first bytes and the name say. */
  readonly format?: ScanFormat;
  /** What is wanted of captures. */
  readonly captures?: CaptureOptions;
  /** Labels in SageMaker's ground truth format: captures get the label of each call. */
  readonly labels?: FilePlaces | SourceAddress;
}

/**
 * Opens a table. Several files are one table: see `openSeveral`, and `openCaptures` for what endpoints capture. The format is the one stated, else what the
 * first bytes and the name of the first file say (`formatOf`). Throws a `UserError` where there is no file, for files of several formats, for bytes of
 * a format that is no table, and for what the format's reader refuses.
 */
export async function openTable(
  from: FilePlaces | ByteSource | SourceAddress,
  options: TableOptions = {},
): Promise<Scanner> {
  const source = await sourceOf(from, options.signal);
  if (source.address?.kind === 'files') return openFiles(source.label, source.address.files, options);
  const found = await recognized(source, options);
  if (!isCaptureFormat(found.format)) return opened(found, options);
  const { label, once } = found.source;
  if (once === true) throw new UserError(`${label}: captures are read more than once. Save them as a file first.`);
  const path = source.address?.kind === 'file' ? source.address.path : label;
  return openCalls(found.format, label, [{ label, path, open: async () => found.source }], options);
}

async function sourceOf(
  from: FilePlaces | ByteSource | SourceAddress,
  signal: AbortSignal | undefined,
): Promise<ByteSource> {
  if (isPlaces(from)) return tableSource(from, { signal });
  return 'kind' in from ? sourceAt(from) : from;
}

function isPlaces(from: FilePlaces | ByteSource | SourceAddress): from is FilePlaces {
  return typeof from === 'string' || Array.isArray(from);
}

async function openFiles(label: string, files: readonly FileAddress[], options: TableOptions): Promise<Scanner> {
  const first = await recognized(await sourceAt(files[0] as FileAddress), options);
  if (isCaptureFormat(first.format)) return openCalls(first.format, label, files.map(captureFile), options);
  const { openSeveral } = await import('./tables/several.ts');
  return openSeveral(
    files.map((file) => partOf(file, options)),
    options,
  );
}

async function openCalls(
  format: CaptureFormat,
  where: string,
  files: readonly PlacedFile[],
  options: TableOptions,
): Promise<Scanner> {
  const { openCaptures } = await import('./captures/open.ts');
  const labels = (await labelFiles(options)).map(captureFile);
  return openCaptures({ format, where, files, labels }, options.captures, options);
}

async function labelFiles({ labels, signal }: TableOptions): Promise<readonly FileAddress[]> {
  if (labels === undefined) return [];
  if (isPlaces(labels)) return tableFiles(labels, { signal });
  return labels.kind === 'files' ? labels.files : [labels];
}

interface Recognized {
  /** Unpacked where it is packed. */
  readonly source: ByteSource;
  readonly format: ScanFormat;
  readonly bytes: number | undefined;
}

async function recognized(named: ByteSource, { format, signal }: TableOptions): Promise<Recognized> {
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

function partOf(file: FileAddress, options: TableOptions): Part {
  return {
    label: file.label,
    async open({ types, format }) {
      const found = await recognized(await sourceAt(file), options);
      if (format !== undefined && found.format !== format) {
        throw new UserError(
          `${file.label}: is ${found.format}, but the files before it are ${format}. Read files of one format at a time.`,
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

function captureFile(file: FileAddress): PlacedFile {
  return {
    label: file.label,
    path: file.kind === 'file' ? file.path : file.label,
    open: async () => (await recognized(await sourceAt(file), { format: 'jsonl' })).source,
  };
}
