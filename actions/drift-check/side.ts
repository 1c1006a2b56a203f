import { UserError } from '@mlops-actions/core';
import {
  type ByteSource,
  type CaptureOptions,
  decodeProfile,
  isProfile,
  openTable,
  type ScanColumn,
  type ScanFormat,
  type Scanner,
  type ScanType,
  type SourceAddress,
  scanFormats,
  type TableOptions,
  type TableSketch,
  tableSource,
} from '@mlops-actions/tabular';

export const sideNames = ['reference', 'current'] as const;
export type SideName = (typeof sideNames)[number];

/** One side of the comparison, open and not read yet. */
export type Side = ProfileSide | TableSide;

/** What is known of data that were read before. */
export interface ProfileSide {
  readonly kind: 'profile';
  /** How messages name it. */
  readonly shown: string;
  readonly columns: readonly ScanColumn[];
  readonly sketch: TableSketch;
}

export interface TableSide {
  readonly kind: 'table';
  readonly shown: string;
  readonly columns: readonly ScanColumn[];
  readonly source: ByteSource;
  readonly open: Omit<TableOptions, 'signal'>;
  readonly scanner: Scanner;
}

export interface OpenOptions {
  /** Absolute; relative paths start here. */
  readonly folder: string;
  readonly format: string;
  readonly types: ReadonlyMap<string, ScanType>;
  /** What is wanted where the files are captures. */
  readonly captures: CaptureOptions;
  readonly signal: AbortSignal;
  /** Ground truth files whose labels captures are to have. */
  readonly captureLabels?: string | undefined;
}

/** A profile is a few megabytes; what is far larger is none. */
const largestProfile = 512 << 20;

/** Opens what an input names: a profile, or one or several files that are a table. */
export async function openSide(named: string, options: OpenOptions): Promise<Side> {
  const { folder, signal } = options;
  const source = await tableSource(named, { folder, signal });
  if (await holdsProfile(source)) return profileSide(source, options);
  const format = formatOf(options.format);
  const { types, captures } = options;
  const labels = options.captureLabels === undefined ? undefined : await addressOf(options.captureLabels, options);
  const open = {
    types,
    captures,
    ...(format === undefined ? {} : { format }),
    ...(labels === undefined ? {} : { labels }),
  };
  const scanner = await openTable(source, { ...open, signal });
  if (scanner.columns.length === 0)
    throw new UserError(`${named} has no columns. Give a table with a header and rows.`);
  return { kind: 'table', shown: source.label, columns: scanner.columns, source, open, scanner };
}

async function addressOf(named: string, { folder, signal }: OpenOptions): Promise<SourceAddress> {
  const { address } = await tableSource(named, { folder, signal });
  if (address === undefined) throw new UserError(`${named} cannot be read more than once. Save it as a file first.`);
  return address;
}

function formatOf(format: string): ScanFormat | undefined {
  return scanFormats.find((each) => each === format);
}

async function holdsProfile(source: ByteSource): Promise<boolean> {
  if (source.range === undefined || source.size === undefined) return false;
  return isProfile(await source.range(0, Math.min(64, source.size)));
}

async function profileSide(source: ByteSource, { types }: OpenOptions): Promise<ProfileSide> {
  const { label: shown, size = 0 } = source;
  if (size > largestProfile)
    throw new UserError(
      `${shown}: ${size} bytes are too many for a profile, which has at most ${largestProfile}. Make the profile again, or give the data.`,
    );
  const sketch = decodeProfile((await source.range?.(0, size)) as Uint8Array, shown);
  const columns = [...sketch.columns].map(([name, { type }]) => ({ name, type }));
  for (const { name, type } of columns) {
    const stated = types.get(name);
    if (stated === undefined || stated === type) continue;
    throw new UserError(
      `Input \`types\` says that ${name} is a ${stated}, and the profile ${shown} holds it as a ${type}. Make the profile again with the same \`types\`.`,
    );
  }
  return { kind: 'profile', shown, columns, sketch };
}
