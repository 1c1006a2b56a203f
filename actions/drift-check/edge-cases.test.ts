import { describe, expect, test } from '@jest/globals';
import type { MemoryHost } from '@mlops-actions/hosts';
import {
  columnOf,
  csv,
  driftWorkspace,
  issuesOf,
  messageOf,
  normal,
  reportOf,
  seen,
  uniform,
} from './testing/drift-workspace.ts';

const workspace = driftWorkspace();
const { put, check } = workspace;

type Cell = string | number;

/** Column x, once for each side: what the function gives by row. */
async function compare(
  reference: (row: number) => Cell,
  current: (row: number) => Cell,
  inputs: Readonly<Record<string, string>> = {},
  rows: readonly [number, number] = [400, 400],
): Promise<MemoryHost> {
  await put(
    'reference.csv',
    csv(rows[0], (row) => ({ x: reference(row), keep: row % 7 })),
  );
  await put(
    'current.csv',
    csv(rows[1], (row) => ({ x: current(row), keep: row % 7 })),
  );
  return check({ reference: 'reference.csv', current: 'current.csv', ...inputs });
}

/** Values of a standard normal distribution by row. */
function normals(seed: number): (row: number) => number {
  const random = uniform(seed);
  return () => normal(random);
}

const alternately =
  (...cells: readonly Cell[]) =>
  (row: number): Cell =>
    cells[row % cells.length] as Cell;

describe('values', () => {
  test('a constant that stays does not drift', async () => {
    const host = await compare(alternately(5), alternately(5));
    expect(await columnOf(host, 'x')).toMatchObject({
      verdict: 'no-drift',
      score: { lo: 0, hi: 0 },
      p: { lo: 1, hi: 1 },
    });
  });

  test('a constant that becomes another one drifts, and so does one that begins to vary', async () => {
    expect(await columnOf(await compare(alternately(5), alternately(6)), 'x')).toMatchObject({ verdict: 'drift' });
    expect(await columnOf(await compare(alternately(5), normals(1)), 'x')).toMatchObject({ verdict: 'drift' });
  });

  test('a column that becomes constant is a finding', async () => {
    const host = await compare(normals(1), alternately(0.1));
    expect(await issuesOf(host)).toContain('x: constant');
  });

  test('constants in tiny units are told apart', async () => {
    const host = await compare(
      (row) => 1e-9 * (row % 30),
      (row) => 1e-9 * (15 + (row % 30)),
    );
    expect(await columnOf(host, 'x')).toMatchObject({ verdict: 'drift' });
  });

  test.each([
    ['the reference', alternately(''), normals(1), 'no values in the reference'],
    ['the current data', normals(1), alternately(''), 'no values in the current data'],
    ['both', alternately(''), alternately(''), 'no values on either side'],
  ])('no value in %s is a finding and no crash', async (_, reference, current, reason) => {
    const host = await compare(reference, current);
    expect(host.ending?.kind).toBe('ok');
    expect(await columnOf(host, 'x')).toMatchObject({ verdict: 'insufficient-data', reason });
    expect(await issuesOf(host)).toEqual(['x: no-values']);
  });

  test('more missing values with the same distribution are a finding and no drift', async () => {
    const value = normals(1);
    const host = await compare(normals(2), (row) => (row % 3 === 0 ? '' : value(row)));
    expect(await columnOf(host, 'x')).toMatchObject({ verdict: 'no-drift' });
    expect(await issuesOf(host)).toEqual(['x: missing-values']);
    expect(seen(host)).toEqual(['ok', 'warn']);
  });

  test('missing values count as a category when they are asked to', async () => {
    const sides = [alternately('a', 'b'), alternately('a', 'b', '')] as const;
    expect(await columnOf(await compare(...sides), 'x')).toMatchObject({ verdict: 'no-drift' });
    const host = await compare(...sides, { 'missing-as-category': 'true' });
    expect(await columnOf(host, 'x')).toMatchObject({ verdict: 'drift' });
  });

  test('infinities are counted apart, NaN is missing, -0 is 0', async () => {
    const host = await compare(alternately(1, 0, 2), alternately(1, '-0', 2, 'inf', 'NaN'));
    expect(await columnOf(host, 'x')).toMatchObject({ current: { values: 240, missing: 80, infinities: 80 } });
    expect(await issuesOf(host)).toEqual(expect.arrayContaining(['x: missing-values', 'x: infinities']));
  });

  test('the widest range of numbers has figures', async () => {
    const host = await compare(
      (row) => (row % 2 === 0 ? -1 : 1) * 1e308 * ((row % 40) / 40),
      (row) => (row % 2 === 0 ? -1 : 1) * 5e-324 * (row % 40),
      { compat: 'evidently, azureml, nannyml, tfdv' },
    );
    expect(seen(host)).toEqual(['verdict', 'drift']);
    expect(await columnOf(host, 'x')).toMatchObject({ verdict: 'drift' });
  });

  test('whole numbers over 2^53 are numbers', async () => {
    const host = await compare(
      (row) => `9007199254740${993 + (row % 100)}`,
      (row) => `9007199254740${993 + (row % 100)}`,
    );
    expect(await columnOf(host, 'x')).toMatchObject({ verdict: 'no-drift' });
  });

  test('text among numbers is a cell of the wrong type, with its place', async () => {
    const host = await compare(normals(1), (row) => (row % 20 === 3 ? 'unknown' : normal(uniform(row))));
    expect(await issuesOf(host)).toContain('x: mistyped-cells');
    expect(host.logs.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('column x holds "unknown" in line 5'),
    );
  });

  test('numbers that become texts altogether have changed their type', async () => {
    const host = await compare(normals(1), (row) => `n${row % 9}`);
    expect(await issuesOf(host)).toEqual(['x: type-change']);
    expect(await columnOf(host, 'x')).toMatchObject({
      verdict: 'insufficient-data',
      reason: 'no cell of the current data is of the type that the reference has',
    });
  });

  test('names that happen to be digits in the current data stay names', async () => {
    const host = await compare(alternately('1', '2', 'unknown'), alternately('1', '2', '1'));
    expect(await columnOf(host, 'x')).toMatchObject({ kind: 'categorical', verdict: 'drift' });
  });

  test('a type that is stated holds for both sides', async () => {
    const host = await compare(
      (row) => 10_000 + (row % 50),
      (row) => 10_000 + (row % 50),
      { types: 'x: category' },
    );
    expect(await columnOf(host, 'x')).toMatchObject({ kind: 'categorical', verdict: 'no-drift' });
  });

  test.each([
    [20, 'categories', 'js'],
    [21, 'numbers', 'wasserstein'],
  ])('numbers of %i different values are compared as %s', async (distinct, treatedAs, method) => {
    const host = await compare(
      (row) => row % distinct,
      (row) => row % distinct,
    );
    expect(await columnOf(host, 'x')).toMatchObject({ 'treated-as': treatedAs, method });
  });

  test('p-values beyond the smallest number are written as bounds', async () => {
    const host = await compare(normals(1), (row) => 100 + (row % 100), {}, [4000, 4000]);
    expect(host.summaryText).toContain('&lt;1e-300');
  });

  test('a few current rows against many, and many against few', async () => {
    expect(seen(await compare(normals(1), normals(2), {}, [20_000, 100]))).toEqual(['ok', 'ok']);
    expect(seen(await compare(normals(1), normals(2), {}, [100, 20_000]))).toEqual(['ok', 'ok']);
  });
});

describe('categories', () => {
  test('a new category of many rows drifts, one of a single row does not', async () => {
    const host = await compare(alternately('a', 'b'), (row) => (row % 4 === 0 ? 'new' : row % 2 === 0 ? 'a' : 'b'));
    expect(await columnOf(host, 'x')).toMatchObject({ verdict: 'drift' });
    expect(await issuesOf(host)).toEqual(['x: new-categories']);
    const single = await compare(alternately('a', 'b'), (row) => (row === 7 ? 'new' : row % 2 === 0 ? 'a' : 'b'));
    expect(await columnOf(single, 'x')).toMatchObject({ verdict: 'no-drift' });
    expect(await issuesOf(single)).toEqual([]);
  });

  test('spellings are told apart: case, accents in one or two code points, emoji, names of prototypes', async () => {
    const names = ['A', 'a', 'e\u0301', '\u00e9', '👩‍💻', 'עברית', '__proto__', 'constructor', 'toString'];
    const host = await compare(alternately(...names), alternately(...names));
    expect(await columnOf(host, 'x')).toMatchObject({ verdict: 'no-drift', figures: { js: { lo: 0 } } });
    const { movements } = await columnOf(host, 'x');
    expect((movements as { category: string }[]).map(({ category }) => category).sort()).toEqual([...names].sort());
  });

  test('ids are left out, unless they are named', async () => {
    const sides = [(row: number) => `r-${row}`, (row: number) => `c-${row}`] as const;
    const host = await compare(...sides);
    expect(seen(host)).toEqual(['ok', 'ok']);
    expect((await reportOf(host))['left-out']).toEqual([
      { column: 'x', reason: expect.stringContaining('as ids have') },
    ]);
    expect(await issuesOf(await compare(...sides, { columns: 'x' }))).toEqual(['x: new-categories']);
    expect(seen(await compare(...sides, { 'id-column': 'x' }))).toEqual(['ok', 'ok']);
  });

  test('categories beyond max-categories are bounds, and counted one by one where these do not decide', async () => {
    // A quarter of the rows is of categories that are not shown, on each side of other ones.
    const heavy = (row: number, from: number) => (row % 4 === 0 ? `c${from + (row % 40)}` : `top${row % 5}`);
    const inputs = { 'max-categories': '5', rule: 'score', thresholds: 'js: 0.2' };
    const sides = [(row: number) => heavy(row, 100), (row: number) => heavy(row, 200)] as const;
    const sketch = await compare(...sides, { ...inputs, mode: 'sketch' }, [4000, 4000]);
    expect(await columnOf(sketch, 'x')).toMatchObject({ verdict: 'undecided', 'read-again': false });
    const auto = await compare(...sides, inputs, [4000, 4000]);
    expect(await columnOf(auto, 'x')).toMatchObject({ verdict: 'drift', 'read-again': true });
    const same = await compare(sides[0], sides[0], inputs, [4000, 4000]);
    expect(await columnOf(same, 'x')).toMatchObject({ verdict: 'no-drift', score: { lo: 0, hi: 0 } });
  });
});

describe('tables', () => {
  test('missing, extra and reordered columns', async () => {
    await put(
      'reference.csv',
      csv(200, (row) => ({ a: row % 30, b: row % 2 === 0 ? 'x' : 'y', c: row })),
    );
    await put(
      'current.csv',
      csv(200, (row) => ({ d: row, b: row % 2 === 0 ? 'x' : 'y', a: row % 30 })),
    );
    const host = await check({ reference: 'reference.csv', current: 'current.csv' });
    expect(seen(host)).toEqual(['ok', 'warn']);
    expect(await issuesOf(host)).toEqual(['c: missing-column', 'd: extra-column']);
    const critical = await check({ reference: 'reference.csv', current: 'current.csv', 'critical-columns': 'c' });
    expect(seen(critical)).toEqual(['ok', 'insufficient-data']);
    expect(critical.logs.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('The current data lack c, which is critical.'),
    );
    const unknown = await check({ reference: 'reference.csv', current: 'current.csv', 'critical-columns': 'd' });
    expect(unknown.outputs.verdict).toBe('insufficient-data');
  });

  test('a byte order mark, CRLF, quoted newlines and semicolons are one table', async () => {
    await put(
      'reference.csv',
      csv(300, (row) => ({ a: row % 40, b: row % 2 === 0 ? '"two\nlines"' : 'one' })),
    );
    const rows = Array.from({ length: 300 }, (_, row) => `${row % 40};${row % 2 === 0 ? '"two\nlines"' : 'one'}`);
    await put('current.csv', `\ufeffa;b\r\n${rows.join('\r\n')}\r\n`);
    expect(seen(await check({ reference: 'reference.csv', current: 'current.csv' }))).toEqual(['ok', 'ok']);
  });

  test('CSV against JSON lines', async () => {
    await put(
      'reference.csv',
      csv(300, (row) => ({ a: row % 40, b: row % 2 === 0 ? 'x' : 'y' })),
    );
    await put(
      'current.jsonl',
      Array.from({ length: 300 }, (_, row) => JSON.stringify({ b: row % 2 === 0 ? 'x' : 'y', a: row % 40 })).join('\n'),
    );
    expect(seen(await check({ reference: 'reference.csv', current: 'current.jsonl' }))).toEqual(['ok', 'ok']);
  });

  test.each([0, 1, 2])('a table of %i rows is too little data', async (rows) => {
    await put(
      'reference.csv',
      csv(300, (row) => ({ a: row % 40 })),
    );
    await put('current.csv', `a\n${'1\n'.repeat(rows)}`);
    const host = await check({ reference: 'reference.csv', current: 'current.csv' });
    if (rows > 0) expect(seen(host)).toEqual(['ok', 'insufficient-data']);
    else expect(host.ending?.kind === 'user-error' || host.outputs.verdict === 'insufficient-data').toBe(true);
  });

  test('column names that stand twice are an error that names them', async () => {
    await put('a.csv', 'x,x\n1,2\n');
    expect(messageOf(await check({ reference: 'a.csv', current: 'a.csv' }))).toContain('x');
  });

  test('moments are left out, unless they are named', async () => {
    const day = (from: number) => (row: number) => new Date(Date.UTC(2024, 0, from + (row % 50))).toISOString();
    const host = await compare(day(1), day(100));
    expect(seen(host)).toEqual(['ok', 'ok']);
    expect((await reportOf(host))['left-out']).toEqual([{ column: 'x', reason: expect.stringContaining('move on') }]);
    expect(await columnOf(await compare(day(1), day(100), { columns: 'x, keep' }), 'x')).toMatchObject({
      verdict: 'drift',
    });
  });

  test('the same data and seed give the same report', async () => {
    const sides = [normals(1), normals(2)] as const;
    await put(
      'reference.csv',
      csv(500, (row) => ({ x: sides[0](row) })),
    );
    await put(
      'current.csv',
      csv(500, (row) => ({ x: sides[1](row) })),
    );
    const reports = [
      await reportOf(await check({ reference: 'reference.csv', current: 'current.csv' })),
      await reportOf(await check({ reference: 'reference.csv', current: 'current.csv' })),
    ];
    expect(reports[1]).toEqual(reports[0]);
  });
});
