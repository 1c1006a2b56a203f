import { checkedColumns, requireColumns } from '../header.ts';
import type { MistypedCell, ScanColumn, ScanFacts, Scanner, ScanOptions, ScanType } from '../scan.ts';
import { joinedSink } from './joined-sink.ts';

/** One table of several. */
export interface Part {
  /** What messages call it. */
  readonly label: string;
  /** Throws a `UserError` when it is of another format than `expected`. */
  open(expected: ExpectedTable): Promise<OpenedPart>;
}

export interface ExpectedTable {
  readonly types?: ReadonlyMap<string, ScanType> | undefined;
  readonly format?: string | undefined;
}

export interface OpenedPart {
  readonly scanner: Scanner;
  readonly format: string;
  /** Absent when that is not known before it is read. */
  readonly bytes?: number | undefined;
}

/** The types of columns come from the first tables, so many or of so many bytes. */
const sampleParts = 32;
const sampleBytes = 1 << 20;

/**
 * Several tables as one, read one after the other. All must have the columns of the first, in any order; in JSONL, where a row may leave columns out, a
 * table may too. The type of a column is the one stated, else the one that the first tables agree on, else category. Columns that the first tables do
 * not have are passed over, with a warning.
 *
 * Throws a `UserError` that names the file for a table of another format and for one that lacks a column.
 */
export async function openSeveral(parts: readonly Part[], options: ScanOptions = {}): Promise<Scanner> {
  const sample = await openedSample(parts, options);
  const { format } = sample[0] as OpenedPart;
  const columns = commonColumns(parts, sample, options.types);
  const names = columns.map(({ name }) => name);
  const types = new Map(columns.map(({ name, type }) => [name, type]));

  async function scannerOf({ label, open }: Part): Promise<Scanner> {
    const { scanner } = await open({ types, format });
    requireColumns(label, namesOf(scanner), names);
    return scanner;
  }

  return {
    columns,
    async scan(wanted, sink, signal = options.signal) {
      const joined = joinedSink(wanted, sink, options.interning);
      const sum = factsOfAll();
      for (const part of parts) {
        signal?.throwIfAborted();
        const scanner = await scannerOf(part);
        sum.add(part.label, await scanner.scan(wanted, joined.next(), signal));
        sum.addExtra(
          part.label,
          namesOf(scanner).filter((name) => !types.has(name)),
        );
      }
      return sum.facts();
    },
  };
}

async function openedSample(parts: readonly Part[], { types, signal }: ScanOptions): Promise<OpenedPart[]> {
  const sample: OpenedPart[] = [];
  let bytes = 0;
  for (const { open } of parts.slice(0, sampleParts)) {
    signal?.throwIfAborted();
    const opened = await open({ types, format: sample[0]?.format });
    sample.push(opened);
    bytes += opened.bytes ?? sampleBytes;
    if (bytes >= sampleBytes) break;
  }
  return sample;
}

/** The columns of the first table, in JSONL of all in the sample. */
function commonColumns(
  parts: readonly Part[],
  sample: readonly OpenedPart[],
  stated: ReadonlyMap<string, ScanType> | undefined,
): ScanColumn[] {
  const [first] = sample as readonly [OpenedPart];
  const types = new Map<string, ScanType>();
  const named = first.format === 'jsonl' ? sample : [first];
  for (const { scanner } of named)
    for (const { name, type } of scanner.columns) types.set(name, types.get(name) ?? type);
  for (const { scanner } of sample) {
    for (const { name, type } of scanner.columns) {
      const before = types.get(name);
      if (before !== undefined) types.set(name, stated?.get(name) ?? commonType(before, type));
    }
  }
  checkedColumns((parts[0] as Part).label, undefined, [...types.keys()]);
  return [...types].map(([name, type]) => ({ name, type }));
}

/** A column without any cell has been taken for one of numbers, so that a moment and a number are moments. */
function commonType(a: ScanType, b: ScanType): ScanType {
  if (a === b) return a;
  return a === 'category' || b === 'category' ? 'category' : 'timestamp';
}

function namesOf({ columns }: Scanner): string[] {
  return columns.map(({ name }) => name);
}

interface FactsOfAll {
  add(label: string, facts: ScanFacts): void;
  /** Columns of a table that the others do not have. */
  addExtra(label: string, names: readonly string[]): void;
  facts(): ScanFacts;
}

/** So many warnings say what there is to say. */
const mostWarnings = 20;

function factsOfAll(): FactsOfAll {
  const mistyped = new Map<string, MistypedCell>();
  const warnings: string[] = [];
  let rows = 0;
  return {
    add(label, facts) {
      rows += facts.rows;
      for (const [name, cell] of facts.mistyped) {
        if (!mistyped.has(name)) mistyped.set(name, { file: label, ...cell });
      }
      warnings.push(...facts.warnings);
    },
    addExtra(label, names) {
      if (names.length === 0) return;
      const shown = names.slice(0, 20).map((name) => JSON.stringify(name));
      const more = names.length > 20 ? ` and ${names.length - 20} more` : '';
      warnings.push(
        `${label}: has the columns ${shown.join(', ')}${more}, which the first file has not; they were not read.`,
      );
    },
    facts() {
      const more = warnings.length - mostWarnings;
      const said = more > 0 ? [...warnings.slice(0, mostWarnings), `And ${more} warnings more.`] : warnings;
      return { rows, mistyped, warnings: said };
    },
  };
}
