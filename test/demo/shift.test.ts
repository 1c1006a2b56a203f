import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const python = process.env.MLOPS_TEST_PYTHON;
const script = fileURLToPath(new URL('../../demo/src/shift.py', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shift-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function shift(...options: string[]): Promise<string[]> {
  const [source, target] = [join(folder, 'all.csv'), join(folder, 'some.csv')];
  const rows = Array.from({ length: 1000 }, (_, index) => `${index},${(index * 7919) % 1000},"a, ${index % 3}"`);
  await writeFile(source, `id,size,note\n${rows.join('\n')}\n`);
  await promisify(execFile)(python ?? 'python3', [script, source, target, '--feature', 'size', ...options]);
  const lines = (await readFile(target, 'utf8')).trimEnd().split('\n');
  expect(lines.shift()).toBe('id,size,note');
  for (const line of lines) expect(rows).toContain(line);
  return lines;
}

(python === undefined ? test.skip : test)(
  'the shifted sample has whole rows of the source, the same for one seed, and more of those with a large feature',
  async () => {
    const sample = await shift('--seed', '1');
    expect(await shift('--seed', '1')).toEqual(sample);
    expect(await shift('--seed', '2')).not.toEqual(sample);
    const sizes = sample.map((line) => Number(line.split(',')[1]));
    expect(sizes.length).toBeGreaterThan(430);
    expect(sizes.length).toBeLessThan(570);
    // A density of 2u on [0, 1000) has the mean 667.
    expect(sizes.reduce((sum, size) => sum + size, 0) / sizes.length).toBeGreaterThan(620);
  },
);
