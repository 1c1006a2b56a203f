import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  columnOf,
  csv,
  driftWorkspace,
  issuesOf,
  messageOf,
  normal,
  reportOf,
  seen,
  uniform,
} from './testing/drift-workspace.ts';

const workspace = driftWorkspace();
const { put, check } = workspace;

/** Customers: an age, an income, a plan and a number of visits. `shift` moves the age by so many deviations, `plans` their shares. */
function customers(rows: number, seed: number, shift = 0, plans = [0.5, 0.8]): string {
  const random = uniform(seed);
  return csv(rows, () => {
    const age = 40 + 12 * (normal(random) + shift);
    const plan = random();
    return {
      age: age.toFixed(3),
      income: Math.exp(10 + 0.5 * normal(random)).toFixed(2),
      plan: plan < (plans[0] as number) ? 'free' : plan < (plans[1] as number) ? 'basic' : 'gold',
      visits: Math.floor(6 * random()),
    };
  });
}

/** One column of many different values. */
function ages(rows: number, seed: number, shift: number): string {
  const random = uniform(seed);
  return csv(rows, () => ({ age: (40 + 12 * (normal(random) + shift)).toFixed(9) }));
}

describe('a verdict', () => {
  test('ok: samples of one population', async () => {
    await put('reference.csv', customers(3000, 1));
    await put('current.csv', customers(1000, 2));
    const host = await check({ reference: 'reference.csv', current: 'current.csv' });
    expect(seen(host)).toEqual(['ok', 'ok']);
    expect(host.outputs).toMatchObject({
      'drifted-columns': '',
      'drifted-share': '0',
      'rows-reference': '3000',
      'rows-current': '1000',
    });
    expect(host.summaryText).toContain('No drift: None of 4 columns drifted.');
    expect(await readdir(join(workspace.path, 'drift-report'))).toEqual([
      'constraint_violations.json',
      'report.html',
      'report.json',
      'report.md',
    ]);
    expect(await readFile(join(workspace.path, 'drift-report', 'report.md'), 'utf8')).toBe(host.summaryText);
  });

  test('warn: one column of four drifts, which is less than 30 %', async () => {
    await put('reference.csv', customers(3000, 1));
    await put('current.csv', customers(1000, 2, 0.6));
    const host = await check({ reference: 'reference.csv', current: 'current.csv' });
    expect(seen(host)).toEqual(['ok', 'warn']);
    expect(host.outputs).toMatchObject({ 'drifted-columns': 'age', 'drifted-share': '0.25' });
  });

  test('drift: a verdict that names the columns; their figures are the reason of the signal', async () => {
    await put('reference.csv', customers(3000, 1));
    await put('current.csv', customers(1000, 2, 0.6, [0.2, 0.4]));
    const host = await check({ reference: 'reference.csv', current: 'current.csv' });
    expect(seen(host)).toEqual(['verdict', 'drift']);
    expect(host.outputs['drifted-columns']?.split('\n').sort()).toEqual(['age', 'plan']);
    expect(messageOf(host)).toMatch(/^Drift: 2 of 4 columns, (?:age and plan|plan and age)\.$/);
    const report = JSON.parse(await readFile(host.outputs.report as string, 'utf8'));
    expect(report.signals[0].reason).toMatch(
      /^2 of 4 columns drifted \((age|plan): .* threshold 0\.1; .*\); a share of 0\.5 by weight, and 0\.3 is a drift\.$/,
    );
    const violations = JSON.parse(await readFile(host.outputs.violations as string, 'utf8'));
    expect(violations.violations.map(({ feature_name }: { feature_name: string }) => feature_name).sort()).toEqual([
      'age',
      'plan',
    ]);
  });

  test('drift: one critical column is enough', async () => {
    await put('reference.csv', customers(3000, 1));
    await put('current.csv', customers(1000, 2, 0.6));
    const host = await check({ reference: 'reference.csv', current: 'current.csv', 'critical-columns': 'age' });
    expect(seen(host)).toEqual(['verdict', 'drift']);
    expect(messageOf(host)).toContain('age is critical');
  });

  test('insufficient-data warns, and fails when it is told to', async () => {
    await put('reference.csv', customers(3000, 1));
    await put('current.csv', customers(99, 2, 3));
    const inputs = { reference: 'reference.csv', current: 'current.csv' };
    const host = await check(inputs);
    expect(seen(host)).toEqual(['ok', 'insufficient-data']);
    expect(host.logs.some(({ level, message }) => level === 'warning' && message.includes('100 are needed'))).toBe(
      true,
    );
    expect(seen(await check({ ...inputs, 'on-insufficient': 'fail' }))).toEqual(['user-error', 'insufficient-data']);
    expect(seen(await check({ ...inputs, 'min-samples': '30' }))).toEqual(['ok', 'warn']);
  });

  test.each([29, 30])('of %i rows: 30 are needed, whatever min-samples says', async (rows) => {
    await put('reference.csv', customers(3000, 1));
    await put('current.csv', customers(rows, 2, 3));
    const host = await check({ reference: 'reference.csv', current: 'current.csv', 'min-samples': '1' });
    expect(host.outputs.verdict).toBe(rows === 30 ? 'warn' : 'insufficient-data');
  });
});

describe('what a drift does to the step', () => {
  test.each([
    ['fail', 'verdict', undefined],
    ['warn', 'ok', 'warning'],
    ['none', 'ok', 'info'],
  ])('on-drift: %s ends as %s', async (onDrift, ending, level) => {
    await put('reference.csv', customers(1000, 1));
    await put('current.csv', customers(1000, 2, 1, [0.1, 0.2]));
    const host = await check({ reference: 'reference.csv', current: 'current.csv', 'on-drift': onDrift });
    expect(seen(host)).toEqual([ending, 'drift']);
    const said = host.logs.find(({ message }) => message.startsWith('Drift: '));
    expect(said?.level).toBe(level);
  });
});

describe('laws', () => {
  test('data never drift from themselves', async () => {
    await put('same.csv', customers(500, 7));
    for (const mode of ['auto', 'exact', 'sketch']) {
      const host = await check({ reference: 'same.csv', current: 'same.csv', mode });
      expect(seen(host)).toEqual(['ok', 'ok']);
      const { columns } = await reportOf(host);
      for (const { score } of columns) expect(score).toMatchObject({ lo: 0 });
    }
  });

  test('the order of rows does not matter', async () => {
    const [header, ...lines] = customers(800, 3, 0.3).trim().split('\n');
    await put('reference.csv', customers(2000, 1));
    await put('current.csv', [header, ...lines, ''].join('\n'));
    await put('reversed.csv', [header, ...lines.reverse(), ''].join('\n'));
    const [one, other] = [
      await reportOf(await check({ reference: 'reference.csv', current: 'current.csv' })),
      await reportOf(await check({ reference: 'reference.csv', current: 'reversed.csv' })),
    ];
    // Means and deviations are sums in the order of the rows.
    const decided = ({ columns }: typeof one) => columns.map(({ figures, ...column }) => column);
    expect(decided(other)).toEqual(decided(one));
  });

  test('the same columns in another order are the same data', async () => {
    await put('reference.csv', 'a,b\n1,x\n2,y\n'.concat('1,x\n2,y\n'.repeat(100)));
    await put('current.csv', 'b,a\nx,1\ny,2\n'.concat('x,1\ny,2\n'.repeat(100)));
    expect(seen(await check({ reference: 'reference.csv', current: 'current.csv' }))).toEqual(['ok', 'ok']);
  });
});

describe('a profile as reference', () => {
  test('gives the figures that the data give, and nothing of them is read again', async () => {
    await put('reference.csv', customers(3000, 1));
    await put('current.csv', customers(1000, 2, 0.6));
    const direct = await check({
      reference: 'reference.csv',
      current: 'current.csv',
      'reference-profile-out': 'kept/reference.profile',
      'profile-out': 'kept/current.profile',
    });
    expect(direct.outputs.profile).toBe(join(workspace.path, 'kept/current.profile'));
    const host = await check({ reference: 'kept/reference.profile', current: 'current.csv' });
    expect(seen(host)).toEqual(['ok', 'warn']);
    expect(host.outputs).toMatchObject({ 'drifted-columns': 'age', 'rows-reference': '3000' });
    expect((await reportOf(host)).reference).toMatchObject({ kind: 'profile' });
    const [whole, profiled] = [await columnOf(direct, 'age'), await columnOf(host, 'age')];
    const [exact, bounds] = [whole.score, profiled.score] as { lo: number; hi: number }[];
    expect(exact?.lo).toBeGreaterThanOrEqual((bounds?.lo ?? 1) - 1e-12);
    expect(exact?.hi).toBeLessThanOrEqual((bounds?.hi ?? 0) + 1e-12);
    const both = await check({ reference: 'kept/reference.profile', current: 'kept/current.profile' });
    expect(seen(both)).toEqual(['ok', 'warn']);
  });

  test('a column that its bounds leave undecided is an error that says what to give', async () => {
    await put('reference.csv', ages(60_000, 1, 0));
    await put('current.csv', ages(60_000, 2, 0.3));
    const exact = await check({
      reference: 'reference.csv',
      current: 'current.csv',
      'reference-profile-out': 'reference.profile',
    });
    const { score } = await columnOf(exact, 'age');
    const inputs = { current: 'current.csv', thresholds: `age: ${(score as { lo: number }).lo}` };
    const host = await check({ ...inputs, reference: 'reference.profile' });
    expect(seen(host)).toEqual(['user-error', 'error']);
    expect(messageOf(host)).toBe(
      'It could not be told whether there is drift: age could not be decided: the threshold lies within the bounds of the histograms. Give the data instead of the profile reference.profile, so that all values are compared.',
    );
    expect(await columnOf(host, 'age')).toMatchObject({ verdict: 'undecided', 'read-again': true });
    const sketch = await check({ ...inputs, reference: 'reference.csv', mode: 'sketch' });
    expect(seen(sketch)).toEqual(['user-error', 'error']);
    expect(messageOf(sketch)).toContain('Set `mode` to auto or exact');
    const again = await check({ ...inputs, reference: 'reference.csv', mode: 'exact' });
    expect(seen(again)).toEqual(['verdict', 'drift']);
  });

  test('in mode auto, columns too large to be held are read again where histograms leave them undecided', async () => {
    // Files of over 100 MB may hold 8 MiB of values; a few long texts make them large.
    const long = `1,1,${'x'.repeat(11_000_000)}\n`;
    const large = (seed: number, shift: number): string => {
      const random = uniform(seed);
      const block = csv(55_000, () => ({
        age: (40 + 12 * (normal(random) + shift)).toFixed(9),
        income: random(),
        remark: '',
      }));
      return block + block.slice(block.indexOf('\n') + 1).repeat(9) + long.repeat(5);
    };
    await put('reference.csv', large(1, 0));
    await put('current.csv', large(2, 0.1));
    const exact = await check({
      reference: 'reference.csv',
      current: 'current.csv',
      columns: 'age, income',
      mode: 'exact',
    });
    const { score } = await columnOf(exact, 'age');
    const host = await check({
      reference: 'reference.csv',
      current: 'current.csv',
      columns: 'age, income',
      thresholds: `age: ${(score as { lo: number }).lo}`,
    });
    expect(seen(host)).toEqual(['verdict', 'drift']);
    expect(await columnOf(host, 'age')).toMatchObject({ verdict: 'drift', 'read-again': true, score });
    expect(await columnOf(host, 'income')).toMatchObject({ verdict: 'no-drift', 'read-again': false });
    expect(host.logs.map(({ message }) => message)).toContain('Not decided by histograms, read again exactly: age.');
  }, 60_000);

  test('of another type than the input says is refused', async () => {
    await put('reference.csv', customers(300, 1));
    await check({ reference: 'reference.csv', current: 'reference.csv', 'profile-out': 'p' });
    const host = await check({ reference: 'p', current: 'reference.csv', types: 'visits: category' });
    expect(host.ending?.kind).toBe('user-error');
    expect(messageOf(host)).toContain('the profile p holds it as a number');
  });

  test('a damaged one is one sentence', async () => {
    await put('reference.csv', customers(300, 1));
    await check({ reference: 'reference.csv', current: 'reference.csv', 'profile-out': 'p' });
    const bytes = await readFile(join(workspace.path, 'p'));
    await put('p', bytes.subarray(0, bytes.length - 9));
    const host = await check({ reference: 'p', current: 'reference.csv' });
    expect(messageOf(host)).toMatch(/^p: the profile is damaged/);
  });
});

describe('inputs', () => {
  test('every fault is said at once', async () => {
    await put('a.csv', customers(200, 1));
    const host = await check({
      reference: 'a.csv',
      current: 'a.csv',
      types: 'age: numbr',
      method: 'age: wassserstein',
      thresholds: 'age: -1',
      weights: 'age: heavy',
      compat: 'evidentl',
      signals: 'data, performance',
      'label-watermark': 'yesterday',
      exclude: 'plan',
      'critical-columns': 'plan',
    });
    expect(messageOf(host).split('\n')).toEqual([
      'Input `method` says "wassserstein". Did you mean wasserstein?',
      'Input `thresholds` says "-1" for age. It must be a number over 0.',
      'Input `weights` says "heavy" for age. It must be a number of at least 0.',
      'Input `types` says "numbr". Did you mean number?',
      'Signal performance needs the input `label-column` and `prediction-column` or `probability-column`.',
      'Input `compat` says "evidentl". Did you mean evidently?',
      'Input `label-watermark` is "yesterday". Write a moment as 2024-05-01 or 2024-05-01T12:00:00Z.',
      'Input `exclude` leaves out plan, and `critical-columns` names it. Take it out of one of the two.',
    ]);
    expect(host.outputs).toEqual({});
  });

  test('a column that neither side has is refused, with the one that was meant', async () => {
    await put('a.csv', customers(200, 1));
    const host = await check({ reference: 'a.csv', current: 'a.csv', 'critical-columns': 'agee', weights: 'vists: 2' });
    expect(messageOf(host)).toBe(
      'Input `critical-columns` names agee, and neither a.csv nor a.csv has it. Did you mean age?\nInput `weights` names vists, and neither a.csv nor a.csv has it. Did you mean visits?',
    );
  });

  test('a role whose column is nowhere is refused, and so is an answer that one side lacks', async () => {
    await put('a.csv', customers(200, 1));
    await put('b.csv', customers(200, 1).replace('visits', 'calls'));
    const host = await check({
      reference: 'a.csv',
      current: 'b.csv',
      'timestamp-column': 'tme',
      'prediction-column': 'visits',
    });
    expect(messageOf(host).split('\n')).toEqual([
      'Input `timestamp-column` names tme, and neither a.csv nor b.csv has it.',
      'Input `prediction-column` names visits, and b.csv has no such column.',
    ]);
  });

  test('columns, exclude, method, thresholds and weights do what they say', async () => {
    await put('reference.csv', customers(3000, 1));
    await put('current.csv', customers(3000, 2, 0.6, [0.3, 0.5]));
    const host = await check({
      reference: 'reference.csv',
      current: 'current.csv',
      exclude: 'income',
      method: 'number: ks\nplan: psi',
      thresholds: 'ks: 0.9\npsi: 0.01',
      weights: 'plan: 6\nage: 2\nvisits: 2',
    });
    expect(await columnOf(host, 'age')).toMatchObject({ method: 'ks', threshold: 0.9, verdict: 'no-drift', weight: 2 });
    expect(await columnOf(host, 'plan')).toMatchObject({ method: 'psi', threshold: 0.01, verdict: 'drift' });
    expect(host.outputs['drifted-share']).toBe('0.6');
    const { columns } = await reportOf(
      await check({ reference: 'reference.csv', current: 'current.csv', columns: 'plan' }),
    );
    expect(columns.map(({ name }) => name)).toEqual(['plan']);
  });

  test('compat shows what other tools would say', async () => {
    await put('reference.csv', customers(2000, 1));
    await put('current.csv', customers(2000, 2, 0.6));
    const host = await check({ reference: 'reference.csv', current: 'current.csv', compat: 'evidently, azureml' });
    const { compat } = await columnOf(host, 'age');
    expect(compat).toEqual(
      expect.arrayContaining([expect.objectContaining({ tool: 'azureml', flagged: true, threshold: 0.1 })]),
    );
  });

  test('no column in common is an error that shows both', async () => {
    await put('a.csv', 'x\n1\n');
    await put('b.csv', 'y\n1\n');
    expect(messageOf(await check({ reference: 'a.csv', current: 'b.csv' }))).toBe(
      'There is no column to compare: a.csv has x; b.csv has y.',
    );
  });

  test('a file that is not there, and one that is no table', async () => {
    await put('a.csv', customers(200, 1));
    await put('b.zip', new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    expect(messageOf(await check({ reference: 'none.csv', current: 'a.csv' }))).toContain('none.csv');
    expect(messageOf(await check({ reference: 'a.csv', current: 'b.zip' }))).toContain('is a zip file');
  });
});

describe('files', () => {
  test('a cancelled step writes nothing', async () => {
    await put('reference.csv', customers(20_000, 1));
    const host = await check({ reference: 'reference.csv', current: 'reference.csv', 'profile-out': 'p' }, (abort) => {
      setTimeout(abort, 0);
    });
    expect(host.ending?.kind).toBe('failure');
    expect(host.outputs).toEqual({});
    const names = (await readdir(workspace.path)).filter((name) => !name.startsWith('mlops-run.json'));
    expect(names).toEqual(['reference.csv']);
  });

  test('the page is one file below 2 MB, whatever stands in the columns', async () => {
    const name = '<script>alert(1)</script>';
    await put('a.csv', `"${name}",__proto__,constructor\n${'"</td><b>",__proto__,1\n'.repeat(200)}`);
    await put('b.csv', `"${name}",__proto__,constructor\n${'"=1+1","constructor",1\n'.repeat(200)}`);
    const host = await check({ reference: 'a.csv', current: 'b.csv', 'on-drift': 'none' });
    expect(host.outputs['drifted-columns']?.split('\n')).toEqual([name, '__proto__']);
    const page = await readFile(host.outputs['report-html'] as string, 'utf8');
    expect(page.length).toBeLessThan(2_000_000);
    expect(page).not.toContain('<script>alert(1)');
    expect(await issuesOf(host)).toContain('__proto__: new-categories');
  });
});
