import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CategoricalColumn, NumericColumn, Sample } from '../../packages/core/src/index.ts';
import {
  columnOf,
  fileSource,
  type ProfileMode,
  type ProfileOptions,
  profileModes,
  type ScanType,
  type TableSketch,
} from '../../packages/tabular/src/index.ts';
import { openTable } from '../../packages/tabular/src/open-table.ts';
import { profileInParts } from '../../packages/tabular/src/threads/join-parts.ts';
import { partsOf, profilePart } from '../../packages/tabular/src/threads/parts.ts';
import { askOracle, oracleNumber, oraclePython } from './oracle.ts';

type Figure = number | string;

interface NumericAnswer {
  readonly type: 'number' | 'timestamp';
  readonly nulls: number;
  readonly nans: number;
  readonly infinities: number;
  readonly count: number;
  readonly min: Figure;
  readonly max: Figure;
  readonly mean: Figure;
  readonly deviation: Figure;
  readonly distinct: number;
  /** Of the ranks in `ranks`, the values. */
  readonly ranks: readonly number[];
  readonly values: readonly number[];
}

interface CategoryAnswer {
  readonly type: 'category';
  readonly nulls: number;
  readonly distinct: number;
  /** The most frequent ones. */
  readonly counts: Readonly<Record<string, number>>;
}

interface TableAnswer {
  readonly rows: number;
  readonly columns: Readonly<Record<string, NumericAnswer | CategoryAnswer>>;
}

/**
 * Writes tables with pandas and pyarrow and says what pandas finds in them: data sets that come inside Python packages, and one of 70,000 rows in
 * which three columns have more different values than are counted one by one.
 */
const program = `
import glob, os
import numpy as np, pandas as pd, pyarrow as pa, pyarrow.parquet, sklearn, sklearn.datasets, statsmodels, vega_datasets

folder = given['folder']

def generated(rows):
    random = np.random.default_rng(20)
    normal = random.standard_normal((3, rows))
    def some(values, share):
        return pd.Series(values).mask(random.random(rows) < share)
    return pd.DataFrame({
        'normal': some(normal[0], 0.02),
        'tail': some(np.exp(6 * normal[1]) * np.sign(normal[2]), 0.1),
        'far': 1e9 + normal[0] / 1024,
        'zeros': some(np.where(random.random(rows) < 0.6, 0.0, random.exponential(50, rows)), 0.02),
        'tiny': normal[1] * 1e-310,
        'huge': normal[2] * 1e300,
        'rounded': np.round(normal[2] * 100, 2),
        'whole': random.integers(-5, 6, rows),
        'large': 2 ** 53 - random.integers(0, 10 ** 6, rows),
        'empty': some(np.zeros(rows), 2),
        'one': np.full(rows, 7.25),
        'when': some(pd.to_datetime(random.integers(-10 ** 12, 2 * 10 ** 12, rows), unit='ms'), 0.05),
        'city': some(np.array(['Łódź', 'a, "b"', 'two\\nlines', ' spaces ', '__proto__', 'Ünïcödé 😀', '=1+1'])[random.integers(0, 7, rows)], 0.02),
        'user': pd.Series(np.floor(random.random(rows) ** 3 * 6000)).map(lambda n: f'user {n:.0f}'),
    })

def odd():
    special = [0.0, -0.0, 5e-324, -5e-324, 1.7976931348623157e308, -1.7976931348623157e308, 0.1, 1 / 3, 1e22, 9007199254740993.0, np.inf, -np.inf]
    return pd.DataFrame({
        'special': special,
        'floats': np.arange(12).astype('float32') / 3,
        'only': pd.Series([None] * 11 + [3.5]),
        'infinite': [np.inf] * 12,
        'name': ['a'] * 11 + ['é' * 3000],
    })

def packaged():
    for name in ['iris', 'wine', 'breast_cancer', 'diabetes']:
        yield 'sklearn ' + name, getattr(sklearn.datasets, 'load_' + name)(as_frame=True).frame
    data = os.path.join(os.path.dirname(vega_datasets.__file__), '_data')
    for path in sorted(glob.glob(data + '/*.csv')):
        yield 'vega ' + os.path.basename(path), pd.read_csv(path, keep_default_na=False, na_values=[''])
    data = os.path.join(os.path.dirname(statsmodels.__file__), 'datasets')
    for path in sorted(glob.glob(data + '/*/*.csv')):
        if os.path.getsize(path) < 500_000:
            with open(path) as file:
                tabs = '\\t' in file.readline()
            yield 'statsmodels ' + os.path.basename(path), pd.read_csv(path, sep='\\t' if tabs else ',', keep_default_na=False, na_values=[''])

def numeric(column):
    if column.dtype.kind == 'M':
        values = column.dropna().astype('datetime64[ms]').astype('int64').astype('float64')
    else:
        values = column.dropna().astype('float64')
    finite = np.sort(values[np.isfinite(values)].to_numpy())
    n = len(finite)
    ranks = sorted({round(share * (n - 1)) for share in [0, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1]}) if n else []
    # A power of two, so that nothing is rounded.
    scale = 2.0 ** (np.frexp(max(abs(finite), default=1))[1] - 1)
    exact = np.longdouble(finite) / np.longdouble(scale)
    return {
        'type': 'timestamp' if column.dtype.kind == 'M' else 'number',
        'nulls': column.isna().sum(), 'nans': 0, 'infinities': len(values) - n, 'count': n,
        'min': finite.min() if n else np.nan, 'max': finite.max() if n else np.nan,
        'mean': float(exact.mean() * scale) if n else np.nan, 'deviation': float(exact.std() * scale) if n else np.nan,
        'distinct': len(np.unique(finite)), 'ranks': ranks, 'values': finite[ranks],
    }

def categories(column):
    counts = column.dropna().value_counts()
    # Which of equally frequent ones are shown is not said.
    certain = counts[counts > counts.iloc[1000]] if len(counts) > 1000 else counts
    return {'type': 'category', 'nulls': column.isna().sum(), 'distinct': len(counts), 'counts': certain.head(50).to_dict()}

def isNumeric(column):
    return column.dtype.kind in 'iufM' or column.isna().all()

answer = {}
for name, frame in [('generated', generated(70_000)), ('odd', odd()), *packaged()]:
    frame.columns = frame.columns.astype(str)
    if len(frame.columns) == 1:
        continue
    for column in frame.columns:
        if frame[column].dtype.kind == 'b' or (frame[column].dtype.kind == 'O' and not frame[column].isna().all()):
            texts = frame[column].map(str, na_action='ignore')
            moments = texts.dropna().str.fullmatch(r'\\d{4}-\\d\\d-\\d\\d([T ]\\d\\d:\\d\\d(:\\d\\d)?)?').all()
            frame[column] = pd.to_datetime(texts) if moments else texts
    path = os.path.join(folder, name)
    frame.astype({column: 'float64' for column in frame.select_dtypes('float32')}).to_csv(path + '.csv', index=False, lineterminator='\\r\\n' if len(name) % 2 else '\\n', date_format='%Y-%m-%dT%H:%M:%S.%f')
    pa.parquet.write_table(pa.Table.from_pandas(frame, preserve_index=False), path + '.parquet', row_group_size=max(10, len(frame) // 3),
        compression=['snappy', 'gzip', 'zstd', 'none'][len(name) % 4], data_page_size=1 << 14)
    with open(path + '.jsonl', 'w') as file:
        rows = frame.astype(object).where(frame.notna(), None)
        for column in frame.columns:
            if frame[column].dtype.kind == 'M':
                rows[column] = frame[column].dt.strftime('%Y-%m-%dT%H:%M:%S.%f').where(frame[column].notna(), None)
        for row in rows.replace([np.inf, -np.inf], None).to_dict('records') if name != 'odd' else []:
            file.write(json.dumps(row, ensure_ascii=False) + '\\n')
    answer[name] = {'rows': len(frame), 'columns': {column: (numeric if isNumeric(frame[column]) else categories)(frame[column]) for column in frame.columns}}
`;

const formats = ['csv', 'jsonl', 'parquet'] as const;

/** How a table is read: at once or in parts, and how its values are held. */
const ways: readonly (readonly [parts: number, mode: ProfileMode, options: ProfileOptions])[] = [
  ...profileModes.map((mode) => [1, mode, {}] as const),
  [3, 'sketch', {}],
  [3, 'exact', {}],
  [3, 'auto', { keptBytes: 1 << 20 }],
];

(oraclePython === undefined ? describe.skip : describe)('tables that pandas and pyarrow wrote', () => {
  let folder: string;
  let answers: Readonly<Record<string, TableAnswer>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oracle-tables-'));
    answers = await askOracle(program, { folder });
  }, 180_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function profiled(
    path: string,
    types: ReadonlyMap<string, ScanType> | undefined,
    count: number,
    options: ProfileOptions,
  ): Promise<TableSketch> {
    const scanner = await openTable(await fileSource(path), types === undefined ? {} : { types });
    const run = (part: Parameters<typeof profilePart>[2]) => profilePart(scanner, scanner.columns, part, options);
    const whole = () => run({ kind: 'whole' });
    const parts = partsOf(scanner, count);
    const signal = new AbortController().signal;
    return ((await profileInParts(parts, run, signal)) ?? (await whole())).sketch;
  }

  describe.each(formats)('as %s', (format) => {
    test.each(ways)(
      'have the figures of pandas, in %i parts and the mode %s',
      async (parts, mode, options) => {
        const wrong: string[] = [];
        let columns = 0;
        for (const [name, { rows, columns: expected }] of Object.entries(answers)) {
          if (format === 'jsonl' && name === 'odd') continue;
          const sketch = await profiled(join(folder, `${name}.${format}`), undefined, parts, { mode, ...options });
          const names = new Set(sketch.columns.keys());
          expect({ name, rows: sketch.rows, names }).toEqual({ name, rows, names: new Set(Object.keys(expected)) });
          for (const [column, answer] of Object.entries(expected)) {
            const differences = differencesOf(sketch, column, answer, rows);
            if (differences.length > 0) wrong.push(`${name}, ${column}: ${differences.join('; ')}`);
            columns++;
          }
        }
        expect(wrong).toEqual([]);
        expect(columns).toBeGreaterThan(300);
      },
      120_000,
    );
  });
});

function differencesOf(
  sketch: TableSketch,
  name: string,
  answer: NumericAnswer | CategoryAnswer,
  rows: number,
): string[] {
  const column = columnOf(sketch, name);
  const type = sketch.columns.get(name)?.type;
  if (column === undefined || type !== answer.type) return [`a ${type}, not a ${answer.type}`];
  const facts: [string, unknown, unknown][] = [
    ['rows', column.rows, rows],
    ['nulls', column.nulls, answer.nulls],
    ['mistyped', column.mistyped, 0],
    ...(column.kind === 'numeric'
      ? numericFacts(column, answer as NumericAnswer)
      : categoryFacts(column, answer as CategoryAnswer)),
  ];
  return facts
    .filter(([, found, wanted]) => !Object.is(found, wanted))
    .map(([fact, found, wanted]) => `${fact} ${String(found)}, not ${String(wanted)}`);
}

function numericFacts(column: NumericColumn, answer: NumericAnswer): [string, unknown, unknown][] {
  const [min, max, mean, deviation] = [answer.min, answer.max, answer.mean, answer.deviation].map(oracleNumber) as [
    number,
    number,
    number,
    number,
  ];
  const size = Math.max(Math.abs(min), Math.abs(max)) * 1e-14;
  const spread = deviation * 1e-12 + Number.MIN_VALUE;
  return [
    ['nans', column.nans, answer.nans],
    ['infinities', column.infinities, answer.infinities],
    ['count', column.count, answer.count],
    ['min', column.min + 0, min + 0],
    ['max', column.max + 0, max + 0],
    ['mean', nearest(column.mean, mean, size), mean],
    ['deviation', nearest(column.deviation, deviation, spread), deviation],
    ['distinct', column.distinct ?? answer.distinct, answer.distinct],
    ...column.samples.flatMap((sample) => quantileFacts(sample, answer)),
  ];
}

function nearest(found: number, wanted: number, tolerance: number): number {
  return Math.abs(found - wanted) <= tolerance ? wanted : found;
}

/** Each value lies in the bin that holds its rank, and the bins are narrow enough. */
function quantileFacts(sample: Sample, { ranks, values }: NumericAnswer): [string, unknown, unknown][] {
  return ranks.map((rank, index) => {
    const value = values[index] as number;
    const [lower, upper] = binOfRank(sample, rank);
    return [`value ${rank}`, lower === value || (lower < value && value < upper) ? value : `${lower}–${upper}`, value];
  });
}

function binOfRank({ lower, upper, counts }: Sample, rank: number): [number, number] {
  let index = 0;
  for (let passed = 0; counts !== undefined; index++) {
    passed += counts[index] ?? Number.POSITIVE_INFINITY;
    if (passed > rank) break;
  }
  if (counts === undefined) index = rank;
  return [lower[index] as number, upper[index] as number];
}

function categoryFacts(column: CategoricalColumn, answer: CategoryAnswer): [string, unknown, unknown][] {
  const shown = column.counts.size;
  const isWhole = answer.distinct <= 1000;
  return [
    ['distinct', nearest(column.distinct, answer.distinct, isWhole ? 0 : answer.distinct * 0.05), answer.distinct],
    ['shown', shown, Math.min(answer.distinct, 1000)],
    ...Object.entries(answer.counts).map(([text, count]): [string, unknown, unknown] => [
      `count of ${text.slice(0, 40)}`,
      column.counts.get(text),
      count,
    ]),
  ];
}
