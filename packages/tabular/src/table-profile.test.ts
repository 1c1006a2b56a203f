import { expect, test } from '@jest/globals';
import type { Json } from '@mlops-actions/core';
import type { TableFormat } from './table.ts';
import { tableProfiler } from './table-profile.ts';

function profileOf(columns: readonly string[], cells: readonly (readonly Json[])[], format: TableFormat = 'csv') {
  const profiler = tableProfiler();
  const rows = cells.map((row, index) => ({ row: index + 1, line: index + 2, cells: row, bytes: Buffer.alloc(0) }));
  for (const row of rows) profiler.add({ file: 'f', format, columns, header: Buffer.alloc(0), rows: [row] });
  return profiler.profile();
}

test('types, nulls, ranges and values of each column', () => {
  const profile = profileOf(
    ['n', 'd', 't', 's', 'e', '__proto__'],
    [
      ['1', '2024-01-02', '2024-01-01', 'x', null, 'true'],
      ['2.5', '2024-01-01', '2024-01-01T12:00Z', '5', null, 'false'],
      ['-3', null, '2023-06-01', 'x', null, 'true'],
    ],
  );
  expect(profile).toEqual({
    format: 1,
    rows: 3,
    columns: [
      {
        name: 'n',
        type: 'number',
        nulls: 0,
        min: -3,
        max: 2.5,
        mean: expect.closeTo(0.5 / 3, 14),
        distinct: 3,
        top: expect.anything(),
      },
      { name: 'd', type: 'date', nulls: 1, min: '2024-01-01', max: '2024-01-02', distinct: 2, top: expect.anything() },
      {
        name: 't',
        type: 'timestamp',
        nulls: 0,
        min: '2023-06-01T00:00:00.000Z',
        max: '2024-01-01T12:00:00.000Z',
        distinct: 3,
        top: expect.anything(),
      },
      {
        name: 's',
        type: 'string',
        nulls: 0,
        distinct: 2,
        top: [
          { value: 'x', count: 2 },
          { value: '5', count: 1 },
        ],
      },
      { name: 'e', type: 'null', nulls: 3, distinct: 0, top: [] },
      { name: '__proto__', type: 'boolean', nulls: 0, distinct: 2, top: expect.anything() },
    ],
  });
});

test('over a thousand values are no longer counted one by one', () => {
  const profile = profileOf(
    ['id'],
    Array.from({ length: 1001 }, (_, row) => [String(row)]),
  );
  expect(profile.columns).toEqual([{ name: 'id', type: 'integer', nulls: 0, min: 0, max: 1000, mean: 500 }]);
});

test('JSON text and number stay apart', () => {
  const [column] = profileOf(['a'], [[1], ['1'], [1]], 'jsonl').columns;
  expect(column).toMatchObject({
    type: 'string',
    distinct: 2,
    top: [
      { value: '1', count: 2 },
      { value: '"1"', count: 1 },
    ],
  });
});
