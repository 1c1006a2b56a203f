import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { MemoryHost } from '@mlops-actions/hosts';
import { csvOf, examplesOf, sharedCsv } from './testing/answers.ts';
import {
  gateWorkspace,
  messageOf,
  passed,
  refused,
  reportOf,
  seen,
  unjudged,
  untold,
} from './testing/gate-workspace.ts';

const workspace = gateWorkspace();
const { put, gate } = workspace;

const good = { accuracy: 0.9, rmse: 2 };

async function both(candidate: unknown, champion: unknown, inputs: Record<string, string> = {}): Promise<MemoryHost> {
  await put('new.json', candidate);
  if (champion !== undefined) await put('old.json', champion);
  return gate({ candidate: 'new.json', champion: 'old.json', ...inputs });
}

/** The eight ready-made gates that were read each judge wrongly or not at all. Each test is what the gate did wrong, done right. */
describe('a defect of a ready-made gate', () => {
  test('Azure aml-registermodel compares minima with the operator of maxima: a lower-is-better metric is judged by its own direction', async () => {
    expect(seen(await both({ rmse: 1 }, { rmse: 2 }, { rules: 'rmse <= champion' }))).toEqual(passed);
    expect(seen(await both({ rmse: 3 }, { rmse: 2 }, { rules: 'rmse <= champion' }))).toEqual(refused);
    expect(seen(await both({ rmse: 3 }, { rmse: 2 }))).toEqual(refused);
    expect(messageOf(await both(good, good, { rules: 'rmse >= champion' }))).toContain('would pass the worse model');
    expect(messageOf(await both({ accuracy: 0.2 }, undefined, { rules: 'accuracy <= 0.9' }))).toContain(
      'would pass the worse model',
    );
    const rows = examplesOf({ rows: 1000, candidate: 0.8, champion: 0.95 });
    await put('p.csv', sharedCsv(rows));
    expect(seen(await gate({ predictions: 'p.csv', rules: 'error_rate <= champion + 0.01' }))).toEqual(refused);
    expect(seen(await gate({ predictions: 'p.csv', rules: 'log_loss <= champion + 0.01', bootstrap: '200' }))).toEqual(
      refused,
    );
  });

  test('Azure mlops-project-template overwrites the result: one refusal among many passes decides, in outputs, report and ending', async () => {
    const rules = ['accuracy >= 0.1', 'rmse <= 1', ...Array.from({ length: 50 }, () => 'accuracy >= 0.1')].join('\n');
    const host = await both(good, good, { rules });
    expect(seen(host)).toEqual(refused);
    expect(await reportOf(host)).toMatchObject({ passed: false, verdict: 'fail' });
    expect(host.outputs['failed-rules']).toBe('rmse <= 1');
  });

  test('Azure mlops-templates goes on after an error: passed stays false, whatever fail-on says', async () => {
    for (const failOn of ['none', 'fail', 'inconclusive']) {
      const host = await both('{', good, { rules: 'accuracy >= 0.1', 'fail-on': failOn });
      expect(seen(host)).toEqual(['ok', 'false', 'error']);
    }
    expect(seen(await both('{', good, { rules: 'accuracy >= 0.1' }))).toEqual(unjudged);
  });

  test('AWS samples know an absolute threshold only: a candidate above it and worse than the champion is refused', async () => {
    const rules = 'accuracy >= 0.9\naccuracy >= champion';
    expect(seen(await both({ accuracy: 0.91 }, { accuracy: 0.97 }, { rules }))).toEqual(refused);
    expect(seen(await both({ accuracy: 0.91 }, { accuracy: 0.97 }))).toEqual(refused);
  });

  test("Google's Vertex samples read the champion's metrics from the challenger: the same source twice is an error, equal numbers a warning", async () => {
    await put('new.json', good);
    await symlink(join(workspace.path, 'new.json'), join(workspace.path, 'link.json'));
    for (const champion of ['new.json', './new.json', 'link.json']) {
      expect(seen(await gate({ candidate: 'new.json', champion }))).toEqual(unjudged);
    }
    const equal = await both(good, good);
    expect(seen(equal)).toEqual(passed);
    expect((await reportOf(equal)).warnings).toMatchObject([expect.stringContaining('exactly equal')]);
    const rows = examplesOf({ rows: 500, candidate: 0.9, champion: 0.9 });
    const own = csvOf(rows, { id: (row) => row.id, label: (row) => row.label, prediction: (row) => row.candidate });
    await put('a.csv', own);
    await put('b.csv', own);
    const files = { 'candidate-predictions': 'a.csv', rules: 'accuracy >= champion' };
    expect(seen(await gate({ ...files, 'champion-predictions': './a.csv' }))).toEqual(unjudged);
    const copies = await gate({ ...files, 'champion-predictions': 'b.csv' });
    expect((await reportOf(copies)).warnings).toMatchObject([expect.stringContaining('answered every row alike')]);
  });

  test('MLflow compared the candidate with itself: a model never beats itself, by figures or by rows', async () => {
    expect(seen(await both(good, good, { rules: 'accuracy > champion' }))).toEqual(refused);
    expect(seen(await both(good, good, { rules: 'rmse < champion' }))).toEqual(refused);
    const rows = examplesOf({ rows: 500, candidate: 0.9, champion: 0.9 }).map((row) => ({
      ...row,
      champion: row.candidate,
      championScore: row.candidateScore,
    }));
    await put('p.csv', sharedCsv(rows));
    for (const metric of ['accuracy', 'auc', 'f1', 'average_precision']) {
      const rules = `${metric} > champion`;
      expect((await gate({ predictions: 'p.csv', rules, bootstrap: '200' })).outputs.passed).toBe('false');
    }
    const superior = await gate({ predictions: 'p.csv', mode: 'superior', bootstrap: '200' });
    expect(seen(superior)).toEqual(refused);
  });

  test('ml-ci-action fails open: no baseline, a broken one, a dropped metric, NaN and an unknown direction never pass', async () => {
    const rules = 'accuracy >= champion\nrmse <= champion';
    expect(seen(await both(good, undefined, { rules }))).toEqual(unjudged);
    expect(seen(await both(good, '<html>403</html>', { rules }))).toEqual(unjudged);
    expect(seen(await both({ accuracy: 0.99 }, good, { rules }))).toEqual(refused);
    expect(seen(await both({ accuracy: 0.99 }, good))).toEqual(refused);
    expect(seen(await both('{"accuracy": NaN, "rmse": 1}', good, { rules }))).toEqual(refused);
    expect(seen(await both(good, '{"accuracy": NaN, "rmse": 3}', { rules }))).toEqual(unjudged);
    expect(messageOf(await both({ zap: 1 }, { zap: 2 }, { rules: 'zap >= champion' }))).toContain('is not known');
    const rows = examplesOf({ rows: 500, candidate: 0.99, champion: 0.9 });
    await put('p.csv', sharedCsv(rows));
    expect(seen(await gate({ predictions: 'p.csv', rules: 'rmse <= champion' }))).toEqual(refused);
    await put('p.csv', sharedCsv(rows).replace(/0\.\d+,(0\.\d+)$/m, 'NaN,$1'));
    expect(seen(await gate({ predictions: 'p.csv', rules: 'auc >= champion' }))).toEqual(unjudged);
  });

  test('TFX and TFMA judge points, flip margins below zero and rubber-stamp a missing baseline: bounds decide, margins keep their side', async () => {
    const rules = 'log_likelihood >= champion * 0.99';
    expect(seen(await both({ log_likelihood: -100.5 }, { log_likelihood: -100 }, { rules }))).toEqual(passed);
    expect(seen(await both({ log_likelihood: -150 }, { log_likelihood: -100 }, { rules }))).toEqual(refused);
    await rm(join(workspace.path, 'old.json'));
    const alone = { rules, 'on-missing-champion': 'threshold-only' };
    expect(seen(await both({ log_likelihood: -150 }, undefined, alone))).toEqual(unjudged);
    // The points say 0.9 against 0.9; the rows say that this could be chance.
    await put('p.csv', sharedCsv(examplesOf({ rows: 500, candidate: 0.9, champion: 0.89, seed: 3 })));
    expect(seen(await gate({ predictions: 'p.csv', rules: 'accuracy > champion' }))).toEqual(untold);
  });
});
