import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { collectColumns } from './collect.ts';
import { rowsScanner } from './testing/rows-scanner.ts';

const table = {
  id: ['a', 'b', 'c', 'd', 'e', 'a', 'g'],
  score: ['0.5', '', 'nan', 'high', '1e3', '-0', '7'],
  segment: ['x', 'x', '', 'y', 'x', 'y', 'z'],
};

test('columns come whole, in the order wanted, though the scan uses its memory again', async () => {
  const { rows, columns, facts } = await collectColumns(rowsScanner(table), [
    { name: 'segment', type: 'category' },
    { name: 'score', type: 'number' },
  ]);
  expect(rows).toBe(7);
  expect(columns).toEqual([
    { type: 'category', name: 'segment', codes: Uint32Array.of(1, 1, 0, 2, 1, 2, 3), texts: ['x', 'y', 'z'] },
    {
      type: 'number',
      name: 'score',
      values: Float64Array.of(0.5, Number.NaN, Number.NaN, Number.NaN, 1000, -0, 7),
      nulls: 1,
      nans: 1,
      mistyped: 1,
    },
  ]);
  expect(facts.mistyped.get('score')).toEqual({ row: 4, text: 'high' });
});

test('batches of any size give the same columns', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('', 'p', 'q', 'r'), { minLength: 1, maxLength: 3000 }),
      fc.integer({ min: 1, max: 4000 }),
      async (cells, batchRows) => {
        const { columns } = await collectColumns(rowsScanner({ c: cells }, batchRows), [
          { name: 'c', type: 'category' },
        ]);
        const [column] = columns;
        if (column?.type !== 'category') throw new Error('not a category');
        expect([...column.codes].map((code) => (code === 0 ? '' : column.texts[code - 1]))).toEqual(cells);
      },
    ),
    { numRuns: 30 },
  );
});

test('no rows are no rows', async () => {
  const { rows, columns } = await collectColumns(rowsScanner({ a: [] }), [{ name: 'a', type: 'number' }]);
  expect([rows, columns[0]]).toMatchObject([0, { values: new Float64Array(0) }]);
});

test('a table of too many rows is refused in words', async () => {
  const read = collectColumns(rowsScanner(table), [{ name: 'id', type: 'category' }], {
    maxRows: 5,
    label: 'predictions.csv',
  });
  await expect(read).rejects.toThrow('predictions.csv has more than 5 rows. Give a sample of them.');
});
