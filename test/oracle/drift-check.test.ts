import { describe, expect, test } from '@jest/globals';
import { csv, driftWorkspace, uniform } from '../../actions/drift-check/testing/drift-workspace.ts';
import { performanceChange } from '../../packages/core/src/index.ts';
import { askOracle, oraclePython } from './oracle.ts';

type Table = Readonly<Record<string, readonly number[]>>;

/** The rows of a table that `belongs` picks, as CSV. */
function part(table: Table, belongs: (row: number) => boolean): string {
  const names = Object.keys(table);
  const rows = (table[names[0] as string] ?? []).map((_, row) => row).filter(belongs);
  return csv(rows.length, (index) =>
    Object.fromEntries(names.map((name) => [name, table[name]?.[rows[index] as number] as number])),
  );
}

(oraclePython === undefined ? describe.skip : describe)('drift-check, beside what others know', () => {
  const workspace = driftWorkspace();

  test('random halves of real data sets raise no more alarms than alpha allows', async () => {
    const tables = await askOracle<Record<string, Table>>(
      `
from sklearn import datasets
answer = {}
for name in ['iris', 'wine', 'breast_cancer', 'diabetes']:
    data = getattr(datasets, 'load_' + name)(as_frame=True).frame
    answer[name] = {column: data[column].tolist() for column in data}
`,
      {},
    );
    const alarms: string[] = [];
    for (const [name, table] of Object.entries(tables)) {
      for (let seed = 0; seed < 5; seed++) {
        const random = uniform(seed);
        const half = Array.from({ length: Object.values(table)[0]?.length ?? 0 }, () => random() < 0.5);
        await workspace.put(
          'a.csv',
          part(table, (row) => half[row] === true),
        );
        await workspace.put(
          'b.csv',
          part(table, (row) => half[row] === false),
        );
        const host = await workspace.check({ reference: 'a.csv', current: 'b.csv', 'min-samples': '30' });
        expect(host.outputs.verdict).not.toBe('drift');
        if (host.outputs['drifted-columns'] !== '') alarms.push(`${name} ${seed}`);
      }
    }
    // Of 20 checks each may alarm with 5 %: more than 3 do so in 1.6 % of cases.
    expect(alarms.length).toBeLessThanOrEqual(3);
  }, 60_000);

  test('a covariate shift of real data is found in the column that was shifted by', async () => {
    const table = await askOracle<Table>(
      `
from sklearn import datasets
data = datasets.load_breast_cancer(as_frame=True).frame
answer = {column: data[column].tolist() for column in data}
`,
      {},
    );
    const radius = table['mean radius'] as readonly number[];
    const random = uniform(3);
    // Large tumours are more likely to be in the current data.
    const isCurrent = radius.map((value) => random() < 1 / (1 + Math.exp(-(value - 15))));
    await workspace.put(
      'a.csv',
      part(table, (row) => isCurrent[row] === false),
    );
    await workspace.put(
      'b.csv',
      part(table, (row) => isCurrent[row] === true),
    );
    const host = await workspace.check({ reference: 'a.csv', current: 'b.csv' });
    expect(host.outputs.verdict).toBe('drift');
    expect(host.outputs['drifted-columns']?.split('\n')).toContain('mean radius');
  });

  test("bounds of a change of accuracy are statsmodels' Newcombe intervals", async () => {
    const cases = [
      [56, 70, 48, 80],
      [9, 10, 3, 10],
      [10, 10, 0, 20],
      [900, 1000, 702, 1000],
    ] as const;
    const expected = await askOracle<readonly (readonly [number, number])[]>(
      `
from statsmodels.stats.proportion import confint_proportions_2indep
answer = [confint_proportions_2indep(c, m, b, n, method='newcomb', compare='diff', alpha=0.05) for b, n, c, m in given]
`,
      cases,
    );
    for (const [index, [b, n, c, m]] of cases.entries()) {
      const rows = (right: number, all: number) => {
        const labels = new Uint8Array(all).fill(1, 0, all >> 1);
        const predicted = Uint32Array.from(labels, (label, row) => (row < right ? label : 1 - label));
        return { truth: { task: 'binary', labels }, answers: { predicted } } as const;
      };
      const options = { confidence: 0.95, resamples: 100, seed: 0, maxDrop: 0.05 };
      const change = performanceChange('accuracy', rows(b, n), rows(c, m), options) as {
        bounds: { lo: number; hi: number };
      };
      expect(change.bounds.lo).toBeCloseTo(expected[index]?.[0] as number, 10);
      expect(change.bounds.hi).toBeCloseTo(expected[index]?.[1] as number, 10);
    }
  });
});
