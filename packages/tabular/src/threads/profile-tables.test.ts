import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UserError } from '@mlops-actions/core';
import { openTable, type TableOptions } from '../open-table.ts';
import type { ProfileOptions } from '../profile/profile-columns.ts';
import type { NumericSketch } from '../profile/sketch.ts';
import type { ScanType } from '../scan.ts';
import { fileSource } from '../sources/file.ts';
import { profileTables } from './profile-tables.ts';
import type { ProfileTask } from './profile-task.ts';

/** The compiled program: Node cannot run TypeScript in a thread. */
const worker = new URL('../../lib/threads/scan-worker-main.js', import.meta.url);

let folder: string;
let large: string;
let small: string;
beforeAll(async () => {
  if (!existsSync(worker)) throw new Error('Compile first: npx tsc -b');
  folder = await mkdtemp(join(tmpdir(), 'threads-'));
  [large, small] = [join(folder, 'large.csv'), join(folder, 'small.csv')];
  const rows = Array.from({ length: 100_000 }, (_, i) => `${i},${Math.sin(i)},city ${i % 50},${'x'.repeat(330)}`);
  await writeFile(large, `id,x,city,filler\n${rows.join('\n')}\n`);
  await writeFile(small, 'id,x,city,filler\n1,2,a,x\n2,3,b,x\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function taskOf(path: string, profile: ProfileOptions = {}, open: TableOptions = {}): Promise<ProfileTask> {
  const source = await fileSource(path);
  const scanner = await openTable(source, open);
  return { source, open, scanner, wanted: scanner.columns.filter(({ name }) => name !== 'filler'), profile };
}

describe('tables that are read by threads of their own', () => {
  test.each(['sketch', 'exact', 'auto'] as const)('have the profiles that one thread gives: %s', async (mode) => {
    const profile = { mode, source: { label: 'a table' } };
    const tasks = await Promise.all([taskOf(large, profile), taskOf(small, profile)]);
    const here = await profileTables(tasks);
    expect(await profileTables(tasks, { worker, threads: 2 })).toEqual(here);
    expect(here.map(({ facts }) => facts.rows)).toEqual([100_000, 2]);
  });

  test('fail with the same error of the user, and end the others', async () => {
    const broken = join(folder, 'broken.csv');
    await writeFile(broken, 'id,x\n1,2\n1,2,3,4\n'.padEnd(40));
    const tasks = [await taskOf(large), { ...(await taskOf(small)), source: await fileSource(broken) }];
    const fault = await profileTables(tasks, { worker, threads: 2 }).catch((thrown: unknown) => thrown);
    expect(fault).toBeInstanceOf(UserError);
    expect((fault as Error).message).toContain('broken.csv');
  });

  test('end at once when the signal aborts', async () => {
    const abort = new AbortController();
    const reading = profileTables([await taskOf(large)], { worker, threads: 2, signal: abort.signal });
    abort.abort(new Error('Stopped.'));
    await expect(reading).rejects.toThrow('Stopped.');
    await expect(profileTables([await taskOf(small)], { signal: abort.signal })).rejects.toThrow('Stopped.');
  });

  test('say so when a thread ends without a word', async () => {
    const silent = join(folder, 'silent.mjs');
    await writeFile(silent, '');
    await expect(
      profileTables([await taskOf(large)], { worker: new URL(`file://${silent}`), threads: 2 }),
    ).rejects.toThrow('ended with 0 and said nothing');
  });

  test('are read by several when there are more threads than tables, with the same result and the same errors', async () => {
    const task = await taskOf(large, { mode: 'sketch' });
    const [here, there] = [await profileTables([task]), await profileTables([task], { worker, threads: 2 })];
    const [a, b] = [here, there].map(([table]) => table?.sketch.columns.get('x') as NumericSketch) as [
      NumericSketch,
      NumericSketch,
    ];
    expect(b.values).toEqual(a.values);
    expect(b.moments.squares / a.moments.squares).toBeCloseTo(1, 12);
    expect(there[0]?.facts).toMatchObject({ rows: 100_000 });

    const broken = join(folder, 'broken-end.csv');
    await writeFile(broken, `${await readFile(large, 'utf8')}1,2,3,4,5\n`);
    const message = (options: object) =>
      taskOf(broken)
        .then((each) => profileTables([each], options))
        .catch(String);
    expect(await message({ worker, threads: 2 })).toBe(await message({}));
    expect(await message({})).toContain('100002');
  });

  test('are opened there as they were here', async () => {
    const types = new Map<string, ScanType>([['id', 'category']]);
    const task = await taskOf(large, {}, { types });
    const [table] = await profileTables([task], { worker, threads: 2 });
    expect(table?.sketch.columns.get('id')?.kind).toBe('categorical');
  });
});
