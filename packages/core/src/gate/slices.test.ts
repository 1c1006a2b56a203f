import { describe, expect, test } from '@jest/globals';
import { groupsOfRows, rowsOfSlice, type SliceColumn } from './slices.ts';

function column(cells: readonly string[]): SliceColumn {
  const texts = [...new Set(cells.filter((cell) => cell !== ''))];
  return { codes: Uint32Array.from(cells, (cell) => texts.indexOf(cell) + 1), texts };
}

const columns = new Map([
  ['segment', column(['new', 'old', 'new', '', 'old', 'new'])],
  ['region', column(['eu', 'eu', 'us', 'us', 'us', 'eu'])],
  ['__proto__', column(['a', 'a', 'a', 'b', 'b', 'b'])],
]);

describe('rows of a slice', () => {
  test.each([
    ['segment=new', [0, 2, 5]],
    ['region=eu,segment=new', [0, 5]],
    ['segment=', [3]],
    ['__proto__=b', [3, 4, 5]],
  ])('%s', (slice, rows) =>
    expect(rowsOfSlice(columns, slice, 'p.csv')).toEqual({ name: slice, rows: Uint32Array.from(rows) }),
  );

  test.each([
    ['segment=odd', 'p.csv has no row with segment=odd; segment is new, old'],
    ['region=eu,segment=', 'p.csv has no row with region=eu,segment='],
    ['age=3', 'p.csv has no column age to slice by; it has segment, region, __proto__'],
    ['new', 'the slice new is no condition such as segment=new'],
    ['constructor=1', 'p.csv has no column constructor to slice by; it has segment, region, __proto__'],
  ])('%s is none', (slice, reason) => expect(rowsOfSlice(columns, slice, 'p.csv')).toEqual({ undefined: reason }));
});

describe('groups', () => {
  test('hold each row once, by name, and rows without a value are a group', () => {
    expect(groupsOfRows(columns, ['segment'], 'p.csv')).toEqual([
      { name: 'segment=', rows: Uint32Array.of(3) },
      { name: 'segment=new', rows: Uint32Array.of(0, 2, 5) },
      { name: 'segment=old', rows: Uint32Array.of(1, 4) },
    ]);
  });

  test('of two columns are those of their combinations, named as slices are', () => {
    const groups = groupsOfRows(columns, ['segment', 'region'], 'p.csv') as readonly { readonly name: string }[];
    expect(groups.map(({ name }) => name)).toEqual([
      'region=eu,segment=new',
      'region=eu,segment=old',
      'region=us,segment=',
      'region=us,segment=new',
      'region=us,segment=old',
    ]);
  });

  test('a column of ids is refused', () => {
    const ids = new Map([['id', column(Array.from({ length: 1001 }, (_, row) => `r${row}`))]]);
    expect(groupsOfRows(ids, ['id'], 'p.csv')).toMatchObject({
      undefined: expect.stringContaining('more than 1000 groups'),
    });
    expect(groupsOfRows(ids, ['x'], 'p.csv')).toMatchObject({ undefined: expect.stringContaining('no column x') });
  });
});
