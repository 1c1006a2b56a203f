import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { openTable } from '../open-table.ts';
import { bytesSource } from '../parquet/testing/collect.ts';
import { type ProfiledTable, profileColumns } from '../profile/profile-columns.ts';
import type { ColumnSketch } from '../profile/sketch.ts';
import type { Scanner } from '../scan.ts';
import { profileInParts } from './join-parts.ts';
import { partsOf, profilePart } from './parts.ts';

const { signal } = new AbortController();

function inParts(scanner: Scanner, count: number): Promise<ProfiledTable | undefined> {
  const wanted = scanner.columns.filter(({ name }) => name !== 'list');
  return profileInParts(partsOf(scanner, count), (part) => profilePart(scanner, wanted, part, {}), signal);
}

function whole(scanner: Scanner): Promise<ProfiledTable> {
  return profileColumns(
    scanner,
    scanner.columns.filter(({ name }) => name !== 'list'),
  );
}

/** All but the means, which are equal up to rounding. */
function comparable(table: ProfiledTable | undefined) {
  const withoutMoments = (column: ColumnSketch) =>
    column.kind === 'numeric' ? { ...column, moments: column.moments.count } : column;
  return {
    rows: table?.sketch.rows,
    limits: table?.sketch.limits,
    columns: [...(table?.sketch.columns ?? [])].map(([name, column]) => [name, withoutMoments(column)]),
    mistyped: table?.facts.mistyped,
  };
}

describe('a table that is read in parts', () => {
  test.each(['pages-1.parquet', 'pages-2.parquet'])('of row groups has the profile of the whole: %s', async (name) => {
    const bytes = readFileSync(new URL(`../parquet/fixtures/${name}`, import.meta.url));
    const scanner = await openTable(bytesSource(bytes, name));
    expect(partsOf(scanner, 4)).toHaveLength(2);
    expect(comparable(await inParts(scanner, 4))).toEqual(comparable(await whole(scanner)));
  });

  test('of bytes has the profile of the whole, even when newlines inside quotes look like ends of rows', async () => {
    const cell = fc.constantFrom('1', '2.5', '', 'a', '"b\n7,7"', '"\n\n\n"', '"x, ""y"""', '"1,2\n3,4\n5,6\n7,8"');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { minLength: 1 }),
        fc.integer({ min: 1, max: 9 }),
        async (rows, count) => {
          const text = `a,b\n${rows.map((row) => row.join(',')).join('\n')}\n`;
          const scanner = await openTable(bytesSource(Buffer.from(text), 'table.csv'));
          const joined = await inParts(scanner, count);
          expect(comparable(joined)).toEqual(comparable(await whole(scanner)));
        },
      ),
    );
  });

  test('says in which row and line a cell is of another type, as one pass does', async () => {
    const text = `a,b\n${'1,2\n'.repeat(50)}1,no\n${'1,"x\n"\n'.repeat(5)}`;
    const source = bytesSource(Buffer.from(text), 'table.csv');
    const scanner = await openTable(source, { types: new Map([['b', 'number']]) });
    const once = await whole(scanner);
    expect(once.facts.mistyped.get('b')).toMatchObject({ row: 51, line: 52 });
    for (const count of [2, 3, 7]) expect((await inParts(scanner, count))?.facts.mistyped).toEqual(once.facts.mistyped);
  });

  test('is left to one pass when a part cannot be read, from wherever it starts', async () => {
    const scanner = await openTable(bytesSource(Buffer.from(`a,b\n${'1,2\n'.repeat(50)}`), 'table.csv'));
    const parts = partsOf(scanner, 3);
    const starts: unknown[] = [];
    const joined = await profileInParts(
      parts,
      (part) => {
        const isSecond =
          part.kind === 'bytes' && part.bytes.to === (parts[1]?.kind === 'bytes' ? parts[1].bytes.to : 0);
        if (!isSecond) return profilePart(scanner, scanner.columns, part, {});
        starts.push(part.bytes.isRecordStart === true);
        return Promise.reject(new Error('unreadable'));
      },
      signal,
    );
    expect(joined).toBeUndefined();
    expect(starts).toEqual([false, true]);
  });

  test('has as many categories, with the counts of one pass, however many there are', async () => {
    const text = `a\n${Array.from({ length: 30_000 }, (_, i) => `text ${(i * 7919) % 9000}`).join('\n')}\n`;
    const scanner = await openTable(bytesSource(Buffer.from(text), 'table.csv'));
    expect(comparable(await inParts(scanner, 3))).toEqual(comparable(await whole(scanner)));
  });
});
