import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hostileText } from '../testing/hostile.ts';
import { readMarkup } from '../testing/read-markup.ts';
import { html } from './markup.ts';
import { dataTable, plainTable, type TableRow } from './table.ts';

const columns = [{ label: 'Column' }, { label: 'Score', kind: 'number' as const }];

function rowsOf(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function bodies(markup: string): number {
  return readMarkup(markup).filter(({ name }) => name === 'tbody').length;
}

describe('dataTable', () => {
  test('has a header for every column, names its rows and keys its numbers', () => {
    const table = dataTable({
      caption: 'Columns',
      columns,
      rows: [0.123456, Number.NaN],
      row: (score) => ({ cells: ['amount', score] }),
      sorted: { column: 1, order: 'descending' },
    });
    const elements = readMarkup(table.html);
    expect(elements.filter(({ attributes }) => attributes.get('scope') === 'col').map(({ text }) => text)).toEqual([
      'Column',
      'Score',
    ]);
    expect(elements.filter(({ attributes }) => attributes.get('scope') === 'row')).toHaveLength(2);
    const [cell, missing] = elements.filter(({ name }) => name === 'td');
    expect([cell?.text, cell?.attributes.get('data-sort'), cell?.attributes.get('data-label')]).toEqual([
      '0.1235',
      '0.123456',
      'Score',
    ]);
    expect(missing?.text).toBe('NaN');
    expect(elements.find(({ attributes }) => attributes.has('aria-sort'))?.text).toBe('Score');
  });

  test('without rows is a sentence', () => {
    expect(dataTable({ caption: 'Slices', columns, rows: [], row: () => ({ cells: [] }) }).html).toBe(
      '<p class="empty">Slices: None.</p>',
    );
  });

  test.each([
    [20, false],
    [21, true],
  ])('of %d rows has a filter: %s', (count, filter) => {
    const table = dataTable({
      caption: 'Columns',
      columns,
      rows: rowsOf(count),
      row: (index) => ({ cells: [`c${index}`] }),
    });
    expect(table.html.includes(' data-filter>')).toBe(filter);
  });

  test('opens a row to its details, with the whole of a long name', () => {
    const name = 'n'.repeat(200);
    const table = dataTable({
      caption: 'Columns',
      columns,
      rows: [name],
      row: () => ({ cells: [name, 1], details: () => html`<p>chart</p>`, open: true }),
    });
    const elements = readMarkup(table.html);
    expect(elements.find(({ name: element }) => element === 'details')?.attributes.has('open')).toBe(true);
    expect(elements.some(({ text }) => text === name)).toBe(true);
    expect(table.html).toContain('<p>chart</p>');
  });

  test('lists 500 of 10,000 rows, makes nothing of the others, and says where they are', () => {
    let made = 0;
    const row = (index: number): TableRow => {
      made++;
      return { cells: [`column_${index}`, index], details: () => html`<p>${'x'.repeat(5000)}</p>` };
    };
    const table = dataTable({ caption: 'Columns', columns, rows: rowsOf(10_000), row });
    expect(bodies(table.html)).toBe(500);
    expect(made).toBe(500);
    expect(table.html).toContain('The first 500 of 10,000. The other 9,500 are in <code>report.json</code>.');
    expect(table.html.length).toBeLessThan(700_500);
    expect(table.html).toContain('The details of this row are in');
  });

  test('keeps to its budget whatever its rows are', () => {
    const budget = 20_000;
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 1, maxLength: 30 }), (names) => {
        const table = dataTable({
          caption: 'Columns',
          columns,
          rows: names,
          row: (name) => ({ cells: [name, name], details: () => html`<p>${name}</p>` }),
          budget,
        });
        expect(table.html.length).toBeLessThan(budget + 1000);
        const shown = bodies(table.html);
        expect(shown === names.length || table.html.includes('report.json')).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('refuses a row with too many cells', () => {
    expect(() => dataTable({ caption: 'a', columns, rows: [1], row: () => ({ cells: ['a', 'b', 'c'] }) })).toThrow(
      RangeError,
    );
  });
});

test('tables hold whatever their cells say', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(hostileText, hostileText), { minLength: 1, maxLength: 4 }), (rows) => {
      const table = dataTable({
        caption: rows[0]?.[0] ?? '',
        columns: [{ label: rows[0]?.[1] ?? '', hint: rows[0]?.[0] ?? '' }, { label: 'b' }],
        rows,
        row: ([left, right]) => ({ cells: [left, { show: right, sort: right }], details: () => right }),
        budget: 1_000_000,
      });
      const plain = plainTable(['a', rows[0]?.[0] ?? ''], rows);
      for (const { html: markup } of [table, plain]) {
        const elements = readMarkup(markup);
        expect(elements.filter(({ name }) => name === 'tr').length).toBeGreaterThan(rows.length);
        for (const { name } of elements) {
          expect([
            'div',
            'table',
            'caption',
            'thead',
            'tbody',
            'tr',
            'th',
            'td',
            'details',
            'summary',
            'bdi',
            'p',
            'span',
          ]).toContain(name);
        }
      }
    }),
    { numRuns: 50 },
  );
});
