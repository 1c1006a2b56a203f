import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openParquet } from '../../packages/tabular/src/parquet/parquet.ts';
import { bytesSource, type Cell, countsOf, rowsOf } from '../../packages/tabular/src/parquet/testing/collect.ts';
import { askOracle, oraclePython } from './oracle.ts';

interface Written {
  /** Paths of files, each with the same table. */
  readonly files: readonly string[];
  /** By column: the cells as pyarrow and Python's own arithmetic say. */
  readonly columns: Readonly<Record<string, readonly Cell[]>>;
}

/** Columns of every kind that a table comes with, and a function that writes a table and says what is in it. */
const tables = `
import datetime, decimal, itertools, fractions, os
import numpy as np, pyarrow as pa, pyarrow.parquet as pq

rows = given["rows"]
random = np.random.default_rng(given.get("seed", 7))

def with_nulls(values, kind, share):
    mask = random.random(len(values)) < share
    return pa.array([None if empty else value for value, empty in zip(values, mask)], kind)

def whole(low, high):
    return [int(value) for value in random.integers(low, high, rows, endpoint=True)]

def times(unit, zone=None):
    per_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    return pa.array([value * per_second // 1000 for value in whole(-10**11, 4 * 10**12)], pa.timestamp(unit, zone))

def all_columns():
    texts = ["", "a", "naïve ✓", "x" * 300, "__proto__", "constructor", "1", "NaN"]
    doubles = list(random.standard_normal(rows) * 10.0 ** random.integers(-300, 300, rows))
    doubles[0], doubles[1], doubles[2], doubles[3] = float("inf"), -0.0, float("nan"), 5e-324
    return {
        "double": with_nulls(doubles, pa.float64(), 0.1),
        "rounded": pa.array(np.round(random.random(rows), 2)),
        "float": with_nulls([np.float32(value) for value in random.standard_normal(rows)], pa.float32(), 0.3),
        "half": pa.array(random.standard_normal(rows).astype(np.float16)),
        **{f"int{bits}": with_nulls(whole(-2**(bits - 1), 2**(bits - 1) - 1), getattr(pa, f"int{bits}")(), 0.2) for bits in (8, 16, 32, 64)},
        **{f"uint{bits}": pa.array([int(value) for value in random.integers(0, 2**bits - 1, rows, dtype=np.uint64, endpoint=True)], getattr(pa, f"uint{bits}")()) for bits in (8, 16, 32, 64)},
        "sorted": pa.array(sorted(whole(-10**12, 10**12)), pa.int64()),
        "row": pa.array(range(rows), pa.int64()),
        "one": pa.array([42] * rows, pa.int32()),
        "flag": with_nulls([bool(value) for value in whole(0, 1)], pa.bool_(), 0.05),
        "true": pa.array([True] * rows, pa.bool_()),
        "category": with_nulls([f"c{value}" for value in whole(0, 40)], pa.string(), 0.02),
        "texts": with_nulls([texts[value] for value in whole(0, len(texts) - 1)], pa.string(), 0.5),
        "ids": pa.array([f"user-{value:020d}" for value in whole(0, 2**40)], pa.large_string()),
        "dictionary": with_nulls([f"d{value}" for value in whole(0, 5)], pa.string(), 0.1).dictionary_encode(),
        "null": pa.array([None] * rows, pa.float64()),
        "null_text": pa.array([None] * rows, pa.string()),
        "nothing": pa.nulls(rows),
        "decimal": with_nulls([decimal.Decimal(value) / 100 for value in whole(-10**9, 10**9)], pa.decimal128(12, 2), 0.1),
        "wide_decimal": pa.array([decimal.Decimal(value).scaleb(-5) for value in whole(-10**18, 10**18)], pa.decimal128(38, 5)),
        "widest_decimal": pa.array([decimal.Decimal(value * 10**30) for value in whole(-10**9, 10**9)], pa.decimal256(60, 3)),
        "date": with_nulls([datetime.date(1, 1, 1) + datetime.timedelta(days=value) for value in whole(0, 3_000_000)], pa.date32(), 0.1),
        "time": pa.array([value for value in whole(0, 86_399_999)], pa.time32("ms")),
        "seconds": times("s"), "millis": times("ms"), "micros": times("us", "Europe/Rome"), "nanos": times("ns"), "nanos_zone": times("ns", "UTC"),
    }

def cell(value, kind):
    if not value.is_valid: return None
    if pa.types.is_timestamp(kind):
        return float(fractions.Fraction(value.value * 1000, {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[kind.unit]))
    if pa.types.is_date(kind): return value.value * 86_400_000
    if pa.types.is_time(kind): return value.value
    if pa.types.is_boolean(kind): return str(value.as_py()).lower()
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind): return value.as_py()
    return float(value.as_py())

def said(table):
    columns = {name: [cell(value, column.type) for value in column] for name, column in zip(table.column_names, table.columns)}
    # JSON has no -0.
    return {name: ["-0" if value == 0 and str(value)[0] == "-" else value for value in cells] for name, cells in columns.items()}

def write(table, name, **options):
    path = os.path.join(given["folder"], name + ".parquet")
    pq.write_table(table, path, **options)
    return path
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parquet-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function written(source: string, input: Record<string, unknown>): Promise<Written> {
  return askOracle<Written>(tables + source, { folder, ...input });
}

function numberOrText(cell: Cell): Cell {
  if (cell === '-0') return -0;
  if (cell === 'inf') return Number.POSITIVE_INFINITY;
  return cell === '-inf' ? Number.NEGATIVE_INFINITY : cell;
}

/** `toEqual`, which takes seconds for so many cells. */
function requireSameCells(path: string, name: string, found: readonly Cell[], wanted: readonly Cell[]): void {
  const at = wanted.findIndex((cell, index) => !Object.is(cell, found[index]));
  if (at !== -1) expect([path, name, at, found[at]]).toEqual([path, name, at, wanted[at]]);
  expect([path, name, found.length]).toEqual([path, name, wanted.length]);
}

/** Values and counts in turn, in an order of their own. */
function entriesOf(counts: ReadonlyMap<Cell, number> = new Map()): Cell[] {
  return [...counts].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)).flat();
}

/** Reads `path` both ways and compares every cell of every column with `columns`. */
async function requireSame(path: string, columns: Written['columns']): Promise<void> {
  const scanner = await openParquet(bytesSource(await readFile(path), path), {});
  expect(scanner.columns.map(({ name }) => name)).toEqual(Object.keys(columns));
  const rows = await rowsOf(scanner, scanner.columns);
  const { counts, facts } = await countsOf(scanner, scanner.columns);
  for (const { name, type } of scanner.columns) {
    const cells = (columns[name] ?? []).map((cell) => (type === 'category' ? cell : numberOrText(cell)));
    const asNumbers = type === 'category' ? cells : cells.map((cell) => (cell === 'nan' ? null : cell));
    requireSameCells(path, name, rows.cells.get(name) ?? [], asNumbers);
    const tally = new Map<Cell, number>();
    for (const cell of cells) tally.set(cell, (tally.get(cell) ?? 0) + 1);
    requireSameCells(path, name, entriesOf(counts.get(name)), entriesOf(tally));
    if (type !== 'category') {
      const nulls = cells.filter((cell) => cell === null).length;
      const nans = cells.filter((cell) => cell === 'nan').length;
      expect([path, name, rows.missing.get(name)]).toEqual([path, name, { nulls, nans, mistyped: 0 }]);
    }
  }
  const count = Object.values(columns)[0]?.length ?? 0;
  expect([rows.facts.rows, facts.rows]).toEqual([count, count]);
}

(oraclePython === undefined ? describe.skip : describe)(
  'a Parquet file that pyarrow writes has the same cells here',
  () => {
    test('with every codec, version of pages, size of pages, and with and without dictionaries', async () => {
      const { files, columns } = await written(
        `
table = pa.table(all_columns())
codecs = ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]
files = []
for index, (codec, version, dictionary) in enumerate(itertools.product(codecs, ["1.0", "2.0"], [True, False])):
    small = index % 3 == 0
    files.append(write(table, f"{codec}-{version}-{dictionary}", compression=codec, data_page_version=version, data_page_size=1 if small else 1 << 20, write_batch_size=64 if small else 1024, use_dictionary=dictionary))
answer = {"files": files, "columns": said(table)}`,
        { rows: 300 },
      );
      expect(files).toHaveLength(24);
      for (const file of files) await requireSame(file, columns);
    });

    test('with many row groups, required columns, dictionaries that overflow, statistics or none, and no schema of Arrow', async () => {
      const { files, columns } = await written(
        `
table = pa.table(all_columns())
required = table.cast(pa.schema([field.with_nullable(column.null_count > 0) for field, column in zip(table.schema, table.columns)]))
files = [
    write(table, "groups", row_group_size=7),
    write(required, "required", data_page_size=200, write_batch_size=30),
    write(required, "required-2", data_page_version="2.0", row_group_size=501, write_statistics=False),
    write(table, "overflow", dictionary_pagesize_limit=400, data_page_size=600, write_batch_size=50),
    write(table, "bare", store_schema=False, write_statistics=False, compression="none"),
    write(table, "checksums", write_page_checksum=True, write_page_index=True, store_decimal_as_integer=True),
]
answer = {"files": files, "columns": said(table)}`,
        { rows: 1500 },
      );
      for (const file of files) await requireSame(file, columns);
    });

    test('over windows and pages of many rows', async () => {
      const { files, columns } = await written(
        `
columns = all_columns()
table = pa.table({name: columns[name] for name in ["double", "rounded", "int64", "row", "one", "flag", "category", "texts", "null", "nanos"]})
files = [write(table, "large"), write(table, "large-2", data_page_version="2.0", use_dictionary=False, compression="zstd", row_group_size=35_000)]
answer = {"files": files, "columns": said(table)}`,
        { rows: 40_000 },
      );
      for (const file of files) await requireSame(file, columns);
    });

    test('in every encoding that can be asked for', async () => {
      const { files, columns } = await written(
        `
columns = all_columns()
kinds = {"split": "BYTE_STREAM_SPLIT", "delta": "DELTA_BINARY_PACKED", "lengths": "DELTA_LENGTH_BYTE_ARRAY", "prefixes": "DELTA_BYTE_ARRAY"}
asked = {
    "split": ["double", "float", "int32", "int64", "half", "decimal"],
    "delta": ["int8", "int16", "int32", "int64", "uint32", "uint64", "sorted", "row", "one", "date", "millis", "nanos"],
    "lengths": ["category", "texts", "ids", "null_text"],
    "prefixes": ["category", "texts", "ids", "null_text", "decimal"],
}
names = sorted({name for each in asked.values() for name in each})
table = pa.table({name: columns[name] for name in names})
files = []
for (kind, encoded), version, size in itertools.product(asked.items(), ["1.0", "2.0"], [300, 1 << 20]):
    encodings = {name: kinds[kind] if name in encoded else "PLAIN" for name in names}
    files.append(write(table, f"{kind}-{version}-{size}", use_dictionary=False, column_encoding=encodings, data_page_version=version, data_page_size=size, write_batch_size=100))
answer = {"files": files, "columns": said(table)}`,
        { rows: 1500 },
      );
      for (const file of files) await requireSame(file, columns);
    });

    test('with moments as Impala wrote them, and as Spark did', async () => {
      const { files, columns } = await written(
        `
moments = [-62_135_596_800_000, -1, 0, 1, 1_700_000_000_123, 4_000_000_000_000] * 50
table = pa.table({"moment": pa.array(moments, pa.timestamp("ms"))})
safe = pa.table({"moment": pa.array([value for value in moments if abs(value) < 9_000_000_000_000], pa.timestamp("ms"))})
files = [write(safe, "int96", use_deprecated_int96_timestamps=True), write(safe, "spark", flavor="spark")]
answer = {"files": files, "columns": said(safe)}`,
        { rows: 1 },
      );
      for (const file of files) await requireSame(file, columns);
    });

    test('with no rows, no columns of some kinds, and a text of a megabyte', async () => {
      const { files, columns } = await written(
        `
empty = pa.table(all_columns()).slice(0, 0)
files = [write(empty, "empty")]
answer = {"files": files, "columns": said(empty)}`,
        { rows: 5 },
      );
      for (const file of files) await requireSame(file, columns);
      const long = await written(
        `
table = pa.table({"text": pa.array(["a", "b" * 1_000_000, None, "", "ü" * 3])})
answer = {"files": [write(table, "long"), write(table, "long-2", use_dictionary=False, compression="lz4")], "columns": said(table)}`,
        { rows: 5 },
      );
      for (const file of long.files) await requireSame(file, long.columns);
    });

    test('of thousands of columns', async () => {
      const { files, columns } = await written(
        `
made = all_columns()
kinds = [made[name] for name in ["double", "int32", "category", "flag"]]
table = pa.table({f"{index}": kinds[index % len(kinds)] for index in range(4000)})
answer = {"files": [write(table, "wide", write_statistics=False)], "columns": said(table)}`,
        { rows: 20 },
      );
      for (const file of files) await requireSame(file, columns);
    });
  },
);
