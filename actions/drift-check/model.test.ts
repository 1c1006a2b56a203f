import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import type { MemoryHost } from '@mlops-actions/hosts';
import { csv, driftWorkspace, messageOf, reportOf, seen, uniform } from './testing/drift-workspace.ts';

const workspace = driftWorkspace();
const { put, check } = workspace;

interface Answers {
  readonly rows?: number;
  readonly seed: number;
  /** How often the model is wrong, by row. */
  readonly wrong?: (row: number) => number;
  /** Rows without a label, by row. */
  readonly unlabelled?: (row: number) => boolean;
  readonly start?: number;
}

const hour = 3_600_000;
const january = Date.UTC(2024, 0, 1);

/** A model of two classes that knows how sure it is, with the moment and the region of each row. */
function answers({ rows = 2000, seed, wrong = () => 0.1, unlabelled = () => false, start = january }: Answers): string {
  const random = uniform(seed);
  return csv(rows, (row) => {
    const error = wrong(row);
    const predicted = random() < 0.5 ? 1 : 0;
    const isWrong = random() < error;
    return {
      id: `r${row}`,
      at: new Date(start + row * hour).toISOString(),
      region: ['north', 'south', 'west'][row % 3] as string,
      y: unlabelled(row) ? '' : isWrong ? 1 - predicted : predicted,
      y_pred: predicted,
      p: (predicted === 1 ? 0.9 : 0.1) + 0.05 * (random() - 0.5),
    };
  });
}

const columns = {
  reference: 'reference.csv',
  current: 'current.csv',
  'id-column': 'id',
  'timestamp-column': 'at',
  'label-column': 'y',
  'prediction-column': 'y_pred',
  'probability-column': 'p',
};

async function signalsOf(host: MemoryHost): Promise<Record<string, string>> {
  const { signals } = (await reportOf(host)) as unknown as { signals: { signal: string; verdict: string }[] };
  return Object.fromEntries(signals.map(({ signal, verdict }) => [signal, verdict]));
}

describe('performance', () => {
  test('that stays is ok, and is looked at by default when labels are there', async () => {
    await put('reference.csv', answers({ seed: 1 }));
    await put('current.csv', answers({ seed: 2 }));
    const host = await check(columns);
    expect(await signalsOf(host)).toEqual({ data: 'ok', prediction: 'ok', quality: 'ok', performance: 'ok' });
    expect(((await reportOf(host)).model as { task: string }).task).toBe('binary');
  });

  test('that falls beyond the margin is a drift, with figures', async () => {
    await put('reference.csv', answers({ seed: 1 }));
    await put('current.csv', answers({ seed: 2, wrong: () => 0.3 }));
    const host = await check({ ...columns, metrics: 'accuracy' });
    expect(seen(host)).toEqual(['verdict', 'drift']);
    expect(messageOf(host)).toMatch(
      /^Drift: accuracy went from 0\.\d+ to 0\.\d+, a change of -0\.\d+ \(-0\.\d+ to -0\.\d+\) where 0\.\d+ is allowed\.$/,
    );
    expect(seen(await check({ ...columns, metrics: 'accuracy', 'max-performance-drop': '0.5' }))).toEqual(['ok', 'ok']);
    for (const metric of ['f1', 'roc_auc', 'log_loss']) {
      expect([metric, ...seen(await check({ ...columns, metrics: metric }))]).toEqual([metric, 'verdict', 'drift']);
    }
  });

  test('labels that come late are joined, whatever their order', async () => {
    const whole = answers({ seed: 2, wrong: () => 0.4 });
    const [header = '', ...lines] = whole.trim().split('\n');
    await put('reference.csv', answers({ seed: 1 }));
    await put('current.csv', `${header}\n${lines.map((line) => line.split(',').with(3, '').join(',')).join('\n')}\n`);
    const labels = lines.map((line) => `${line.split(',')[0]},${line.split(',')[3]}`).reverse();
    await put('labels.csv', `id,y\n${[...labels, labels[0], 'other,1'].join('\n')}\n`);
    expect(await signalsOf(await check(columns))).toMatchObject({ performance: 'insufficient-data' });
    const host = await check({ ...columns, labels: 'labels.csv' });
    expect(await signalsOf(host)).toMatchObject({ data: 'ok', performance: 'drift' });
    expect(host.logs.map(({ message }) => message)).toContain(
      'labels.csv: 1 rows repeat an id with the same label; they count once.',
    );
  });

  test('two labels for one id are an error of the signal, not of the data', async () => {
    await put('reference.csv', answers({ seed: 1 }));
    await put('current.csv', answers({ seed: 2 }));
    await put('labels.csv', 'id,y\nr1,0\nr1,1\n');
    const host = await check({ ...columns, labels: 'labels.csv' });
    expect(seen(host)).toEqual(['user-error', 'error']);
    expect(await signalsOf(host)).toMatchObject({ data: 'ok', performance: 'error' });
    expect(messageOf(host)).toContain('id "r1" has the label 0 in row 1 and 1 in row 2');
  });

  test('too few labels are insufficient, unless rows are too young to have one', async () => {
    await put('reference.csv', answers({ seed: 1 }));
    await put('current.csv', answers({ seed: 2, unlabelled: (row) => row >= 500 }));
    const host = await check(columns);
    expect(seen(host)).toEqual(['ok', 'insufficient-data']);
    expect(await signalsOf(host)).toMatchObject({ data: 'ok', performance: 'insufficient-data' });
    expect(host.logs.map(({ message }) => message).join('\n')).toContain(
      '500 of 2,000 rows of current.csv have a label, a share of 0.25 where 0.3 is needed.',
    );
    const watermark = new Date(january + 600 * hour).toISOString();
    expect(await signalsOf(await check({ ...columns, 'label-watermark': watermark }))).toMatchObject({
      performance: 'ok',
    });
    await put('current.csv', answers({ seed: 2, unlabelled: (row) => row >= 99 }));
    const few = await check({ ...columns, 'min-label-coverage': '0' });
    expect(few.logs.map(({ message }) => message).join('\n')).toContain(
      '99 of 2,000 rows of current.csv have a label, and 100 are needed.',
    );
  });

  test('one class only leaves the area under the curve without a number: an error, never 0.5', async () => {
    await put('reference.csv', answers({ seed: 1 }));
    await put('current.csv', answers({ seed: 2 }).replace(/,[01],([01]),/g, ',1,$1,'));
    const host = await check({ ...columns, metrics: 'roc_auc', signals: 'performance' });
    expect(await signalsOf(host)).toMatchObject({ performance: 'error' });
    expect(messageOf(host)).toContain('roc_auc has no number: of the current data:');
  });

  test('of amounts, and of several classes', async () => {
    const amounts = (seed: number, noise: number): string => {
      const random = uniform(seed);
      return csv(1000, () => {
        const y = 100 * random();
        return { y, y_pred: y + noise * (random() - 0.5) };
      });
    };
    const inputs = {
      reference: 'reference.csv',
      current: 'current.csv',
      'label-column': 'y',
      'prediction-column': 'y_pred',
    };
    await put('reference.csv', amounts(1, 10));
    await put('current.csv', amounts(2, 30));
    const host = await check(inputs);
    expect(await signalsOf(host)).toMatchObject({ performance: 'drift', data: 'ok' });
    expect(((await reportOf(host)).model as { task: string }).task).toBe('regression');

    const classes = (seed: number, wrong: number): string => {
      const random = uniform(seed);
      return csv(1000, (row) => ({
        y: 'abc'[row % 3] as string,
        y_pred: 'abc'[(row + (random() < wrong ? 1 : 0)) % 3] as string,
      }));
    };
    await put('reference.csv', classes(1, 0.1));
    await put('current.csv', classes(2, 0.1));
    expect(await signalsOf(await check(inputs))).toMatchObject({ performance: 'ok' });
    await put('current.csv', classes(2, 0.4));
    expect(await signalsOf(await check(inputs))).toMatchObject({ performance: 'drift' });
  });

  test('of a profile there is none: left out by default, an error when it is asked for', async () => {
    await put('reference.csv', answers({ seed: 1 }));
    await put('current.csv', answers({ seed: 2 }));
    await check({ ...columns, 'reference-profile-out': 'p' });
    expect(await signalsOf(await check({ ...columns, reference: 'p' }))).toEqual({
      data: 'ok',
      prediction: 'ok',
      quality: 'ok',
    });
    const host = await check({ ...columns, reference: 'p', signals: 'data, performance' });
    expect(seen(host)).toEqual(['user-error', 'error']);
    expect(messageOf(host)).toContain('p is a profile, which holds no rows.');
  });
});

describe('prediction', () => {
  test('drifts by itself, though no feature does', async () => {
    await put('reference.csv', answers({ seed: 1 }));
    await put(
      'current.csv',
      answers({ seed: 2 }).replace(/,0,0\.\d+/g, (text, at) => (at % 3 === 0 ? ',1,0.91' : text)),
    );
    const host = await check({ ...columns, signals: 'data, prediction' });
    expect(seen(host)).toEqual(['verdict', 'drift']);
    expect(host.outputs['drifted-columns']?.split('\n')).toEqual(expect.arrayContaining(['y_pred']));
    expect(await signalsOf(host)).toEqual({ data: 'ok', prediction: 'drift' });
  });
});

describe('estimated performance', () => {
  test('falls when the model becomes unsure, without a label', async () => {
    const sure = answers({ seed: 1 });
    await put('reference.csv', sure);
    await put('current.csv', answers({ seed: 2, unlabelled: () => true }));
    const inputs = { ...columns, signals: 'estimated-performance' };
    expect(seen(await check(inputs))).toEqual(['ok', 'ok']);
    // Scores between the two groups, of which half are right, are rows that the reference has too.
    const unsure = (text: string): string => text.replace(/^(r\d*[02468],.*),[\d.]+$/gm, (_, start) => `${start},0.5`);
    const random = uniform(9);
    const mixed = unsure(sure).replace(
      /^(r\d*[02468],[^,]*,[^,]*),[01],/gm,
      (_, start) => `${start},${random() < 0.5 ? 1 : 0},`,
    );
    await put('reference.csv', sure + mixed.slice(mixed.indexOf('\n') + 1));
    const current = answers({ seed: 2, unlabelled: () => true });
    await put('current.csv', current.replace(/,[\d.]+$/gm, ',0.5'));
    const host = await check(inputs);
    expect(seen(host)).toEqual(['verdict', 'drift']);
    expect(messageOf(host)).toContain('The estimated accuracy is');
  });

  test('needs probabilities of two classes', async () => {
    await put(
      'reference.csv',
      csv(300, (row) => ({ y: 'abc'[row % 3] as string, y_pred: 'abc'[row % 3] as string, p: 0.5 })),
    );
    await put(
      'current.csv',
      csv(300, (row) => ({ y: 'abc'[row % 3] as string, y_pred: 'abc'[row % 3] as string, p: 0.5 })),
    );
    const host = await check({
      reference: 'reference.csv',
      current: 'current.csv',
      'label-column': 'y',
      'prediction-column': 'y_pred',
      'probability-column': 'p',
      signals: 'estimated-performance',
    });
    expect(seen(host)).toEqual(['user-error', 'error']);
    expect(messageOf(host)).toContain('needs a model of two classes');
  });
});

describe('concept', () => {
  const signals = { ...columns, signals: 'concept', 'segment-by': 'region' };
  const rising = (row: number): number => (row < 1200 ? 0.1 : 0.5);

  test('errors that become more frequent are a drift, wherever their rows stand', async () => {
    await put('reference.csv', answers({ seed: 1 }));
    const current = answers({ seed: 2, wrong: rising });
    await put('current.csv', current);
    const host = await check(signals);
    expect(seen(host)).toEqual(['verdict', 'drift']);
    expect(messageOf(host)).toMatch(/^Drift: Errors became more frequent: (ddm|page-hinkley|adwin) from 2024-02-/);
    const [header, ...lines] = current.trim().split('\n');
    const order = uniform(5);
    const shuffled = lines.map((line) => [order(), line] as const).sort(([a], [b]) => a - b);
    await put('current.csv', `${header}\n${shuffled.map(([, line]) => line).join('\n')}\n`);
    expect(messageOf(await check(signals))).toBe(messageOf(host));
    const page = await readFile(host.outputs['report-html'] as string, 'utf8');
    expect(page).toContain('Errors over time');
    expect(page).toContain('Errors by segment');
  });

  test('errors that stay or become rarer are no drift', async () => {
    await put('reference.csv', answers({ seed: 1 }));
    await put('current.csv', answers({ seed: 3 }));
    expect(seen(await check(signals))).toEqual(['ok', 'ok']);
    await put('current.csv', answers({ seed: 3, wrong: (row) => (row < 1000 ? 0.5 : 0.05) }));
    expect(seen(await check(signals))).toEqual(['ok', 'ok']);
  });

  test('the segment that became worse comes first', async () => {
    await put('reference.csv', answers({ seed: 1 }));
    await put('current.csv', answers({ seed: 2, wrong: (row) => (row % 3 === 1 ? 0.5 : 0.1) }));
    const { model } = (await reportOf(await check(signals))) as unknown as {
      model: { segments: { segment: string; p: number; current: { rate: number } }[] };
    };
    const [worst, second] = model.segments;
    expect(worst).toMatchObject({ segment: 'south' });
    expect(worst?.p).toBeLessThan(1e-6);
    expect(second?.p).toBeGreaterThan(0.05);
  });

  test('moments that give no order are an error, not a silent guess', async () => {
    await put('reference.csv', answers({ seed: 1 }));
    await put('current.csv', answers({ seed: 2 }).replace(/2024-0[1-9]-\d\dT[\d:.]+Z/g, '2024-01-01T00:00:00.000Z'));
    const tied = await check(signals);
    expect(seen(tied)).toEqual(['user-error', 'error']);
    expect(messageOf(tied)).toContain('2,000 of 2,000 rows have one and the same moment');
    await put('current.csv', answers({ seed: 2 }).replace(/2024-01-\d\dT[\d:.]+Z/g, ''));
    const missing = await check(signals);
    expect(seen(missing)).toEqual(['user-error', 'error']);
    expect(messageOf(missing)).toContain('rows have no moment');
  });
});

describe('drift over time', () => {
  test('shows when a column began to drift', async () => {
    const table = (seed: number, from: number): string => {
      const random = uniform(seed);
      return csv(6000, (row) => ({
        at: new Date(january + row * hour).toISOString(),
        a: random() + (row >= from ? 1 : 0),
        b: random(),
        plan: random() < 0.5 ? 'x' : 'y',
      }));
    };
    await put('reference.csv', table(1, 6000));
    await put('current.csv', table(2, 3000));
    const host = await check({
      reference: 'reference.csv',
      current: 'current.csv',
      'timestamp-column': 'at',
      'on-drift': 'none',
    });
    const report = (await reportOf(host)) as unknown as {
      'over-time': { slices: { rows: number }[]; columns: { name: string; threshold: number; scores: number[] }[] };
    };
    const { slices, columns: scored } = report['over-time'];
    expect(slices).toHaveLength(12);
    const scores = scored.find(({ name }) => name === 'a')?.scores ?? [];
    expect(Math.max(...scores.slice(0, 5))).toBeLessThan(0.2);
    expect(Math.min(...scores.slice(7))).toBeGreaterThan(1);
    expect(scored.map(({ name }) => name)).toEqual(expect.arrayContaining(['a', 'b', 'plan']));
    expect(await readFile(host.outputs['report-html'] as string, 'utf8')).toContain('Drift over time');
  });
});
