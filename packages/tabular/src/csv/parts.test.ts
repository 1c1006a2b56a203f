import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UserError } from '@mlops-actions/core';
import fc from 'fast-check';
import type { PartExtent, ScanFacts, Scanner, TablePart } from '../scan.ts';
import { fileSource } from '../sources/file.ts';
import { type Cell, chunked, collected } from '../testing/collect.ts';
import { equalParts } from './parts.ts';
import { openCsv } from './scanner.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parts-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function opened(text: string): Promise<Scanner> {
  const path = join(folder, 'data.csv');
  await writeFile(path, text);
  return openCsv(await fileSource(path, 'data.csv'), { chunkBytes: 64 });
}

interface Scanned {
  readonly facts: ScanFacts;
  readonly columns: Cell[][];
}

function partOf(scanner: Scanner, part: TablePart): Promise<Scanned> {
  return collected({ ...scanner, scan: (...wanted) => scanner.scanPart?.(part, ...wanted) as Promise<ScanFacts> });
}

/** All parts, and those that do not fit again from where the one before them ended. */
async function fittingParts(scanner: Scanner, count: number): Promise<{ parts: Scanned[]; again: number }> {
  const parts = scanner.parts?.(count) ?? [];
  const scanned = await Promise.all(parts.map((part) => partOf(scanner, part).catch(() => undefined)));
  let again = 0;
  for (const [index, part] of parts.entries()) {
    const from = scanned[index - 1]?.facts.extent?.to ?? part.from;
    const extent = scanned[index]?.facts.extent;
    if (extent !== undefined && (index === 0 || extent.from === from)) continue;
    again++;
    scanned[index] = await partOf(scanner, { from, to: part.to, isRecordStart: true });
  }
  return { parts: scanned as Scanned[], again };
}

describe('the parts of a file', () => {
  const cell = fc.oneof(
    { weight: 6, arbitrary: fc.stringMatching(/^[a-z0-9]{0,5}$/) },
    { weight: 1, arbitrary: fc.stringMatching(/^[a\n,"]{0,12}$/) },
  );
  const table = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 40 });
  const quoted = (text: string) => (/[\n,"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

  test('are together the whole, also where newlines are in quotes', async () => {
    let misfits = 0;
    await fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 1, max: 9 }), fc.boolean(), async (rows, count, ends) => {
        const lines = rows.map((row) => row.map(quoted).join(','));
        const scanner = await opened(`a,b\n${lines.join('\n')}${ends ? '\n' : ''}`);
        const wanted = scanner.columns.map(({ name }) => ({ name, type: 'category' as const }));
        const categories: Scanner = { ...scanner, columns: wanted };
        const whole = await collected(categories);
        const { parts, again } = await fittingParts(categories, count);
        misfits += again;
        expect(whole.columns.map((_, index) => parts.flatMap(({ columns }) => columns[index] ?? []))).toEqual(
          whole.columns,
        );
        expect(parts.reduce((sum, { facts }) => sum + facts.rows, 0)).toBe(whole.facts.rows);
        const extents = parts.map(({ facts }) => facts.extent as PartExtent);
        expect(extents.slice(1).map(({ from }) => from)).toEqual(extents.slice(0, -1).map(({ to }) => to));
      }),
      { numRuns: 200 },
    );
    expect(misfits).toBeGreaterThan(0);
  });

  test('say where a cell is when the lines of the parts before are added', async () => {
    const lines = Array.from({ length: 300 }, (_, row) => (row === 250 ? 'x,1' : `${row},"a\nb"`));
    const scanner = await opened(`n,c\n${lines.join('\n')}\n`);
    const wanted = [{ name: 'n', type: 'number' as const }];
    const { facts } = await collected(scanner, wanted);
    const { parts } = await fittingParts({ ...scanner, columns: wanted }, 4);
    const index = parts.findIndex((part) => part.facts.mistyped.size > 0);
    const before = parts.slice(0, index);
    const found = parts[index]?.facts.mistyped.get('n');
    expect({
      row: before.reduce((sum, part) => sum + part.facts.rows, found?.row ?? 0),
      line: before.reduce((sum, part) => sum + (part.facts.extent?.lines ?? 0), found?.line ?? 0),
      text: found?.text,
    }).toEqual(facts.mistyped.get('n'));
    expect(facts.mistyped.get('n')).toEqual({ row: 251, line: 502, text: 'x' });
  });

  test('are refused as the whole is', async () => {
    const scanner = await opened(`a,b\n${'1,2\n'.repeat(400_000)}1,2,3\n`);
    const parts = scanner.parts?.(2) ?? [];
    await expect(partOf(scanner, parts[1] as TablePart)).rejects.toThrow(UserError);
  });

  test('are not there for a stream', async () => {
    const scanner = await openCsv(chunked(Buffer.from('a\n1\n'), () => 1));
    expect(scanner.parts).toBeUndefined();
  });

  test('share the bytes without gap or overlap', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(1000), fc.integer({ min: 1, max: 20 }), (from, length, count) => {
        const parts = equalParts(from, from + length, count);
        expect(parts.length).toBeLessThanOrEqual(count);
        expect(parts.reduce((end, part) => (part.from === end ? part.to : Number.NaN), from)).toBe(from + length);
      }),
    );
  });
});
