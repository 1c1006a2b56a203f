import { describe, expect, test } from '@jest/globals';
import {
  adwin,
  ddm,
  estimatePerformance,
  fitIsotonic,
  isotonicAt,
  pageHinkley,
  type RandomGenerator,
  randomGenerator,
  type Signal,
  type StreamDetector,
} from '@mlops-actions/core';
import { askOracle, oraclePython } from './oracle.ts';

/** Values whose mean and spread change some times. */
function stream(random: RandomGenerator, kind: 'errors' | 'numbers'): number[] {
  const values: number[] = [];
  const parts = 1 + random.integer(4);
  for (let part = 0; part < parts; part++) {
    const length = 20 + random.integer(1500);
    const level = random.next();
    const shift = 6 * random.next();
    for (let count = 0; count < length; count++) {
      values.push(kind === 'errors' ? Number(random.next() < level) : shift + random.next() + random.next());
    }
  }
  return values;
}

function signalled(detector: StreamDetector, values: readonly number[], signal: Signal): number[] {
  return values.flatMap((value, index) => (detector.update(value) === signal ? [index] : []));
}

(oraclePython === undefined ? describe.skip : describe)('streams and estimates', () => {
  test('detectors signal where those of river do', async () => {
    const random = randomGenerator('streams');
    const errors = Array.from({ length: 120 }, () => stream(random, 'errors'));
    const numbers = Array.from({ length: 120 }, () => stream(random, 'numbers'));
    const answer = await askOracle<Record<string, number[][]>>(
      `
from river import drift
def signalled(detector, values, name="drift_detected"):
    found = []
    for index, value in enumerate(values):
        detector.update(value)
        if getattr(detector, name):
            found.append(index)
    return found
both = given["errors"] + given["numbers"]
answer = {
    "adwin": [signalled(drift.ADWIN(), each) for each in both],
    "adwin_often": [signalled(drift.ADWIN(delta=0.1, clock=1, max_buckets=3, min_window_length=2, grace_period=5), each) for each in both],
    "page_hinkley": [signalled(drift.PageHinkley(), each) for each in both],
    "page_hinkley_up": [signalled(drift.PageHinkley(min_instances=10, delta=0.01, threshold=8, alpha=0.999, mode="up"), each) for each in both],
    "page_hinkley_down": [signalled(drift.PageHinkley(threshold=8, mode="down"), each) for each in both],
    "ddm": [signalled(drift.binary.DDM(), each) for each in given["errors"]],
    "ddm_warning": [signalled(drift.binary.DDM(), each, "warning_detected") for each in given["errors"]],
    "ddm_eager": [signalled(drift.binary.DDM(5, 1.0, 1.5), each) for each in given["errors"]],
}`,
      { errors, numbers },
    );
    const both = [...errors, ...numbers];
    const often = { delta: 0.1, clock: 1, maxBuckets: 3, minLength: 2, gracePeriod: 5 };
    const up = { minValues: 10, delta: 0.01, threshold: 8, alpha: 0.999, mode: 'up' } as const;
    expect({
      adwin: both.map((each) => signalled(adwin(), each, 'drift')),
      adwin_often: both.map((each) => signalled(adwin(often), each, 'drift')),
      page_hinkley: both.map((each) => signalled(pageHinkley(), each, 'drift')),
      page_hinkley_up: both.map((each) => signalled(pageHinkley(up), each, 'drift')),
      page_hinkley_down: both.map((each) => signalled(pageHinkley({ threshold: 8, mode: 'down' }), each, 'drift')),
      ddm: errors.map((each) => signalled(ddm(), each, 'drift')),
      ddm_warning: errors.map((each) => signalled(ddm(), each, 'warning')),
      ddm_eager: errors.map((each) => signalled(ddm({ warmStart: 5, warning: 1, drift: 1.5 }), each, 'drift')),
    }).toEqual(answer);
    // The streams are such that each detector has something to find.
    for (const found of Object.values(answer)) expect(found.flat().length).toBeGreaterThan(50);
  });

  test('isotonic regression is that of scikit-learn', async () => {
    const random = randomGenerator('isotonic');
    const cases = Array.from({ length: 150 }, (_, index) => {
      const size = 1 + random.integer(200);
      const levels = index % 2 === 0 ? 12 : 1e9;
      const x = Array.from({ length: size }, () => Math.floor(levels * random.next()) / levels);
      const y = x.map((place) => (index % 3 === 0 ? Number(random.next() < place) : place + random.next()));
      return { x, y, at: Array.from({ length: 100 }, () => 1.4 * random.next() - 0.2).concat(x) };
    });
    const answer = await askOracle<number[][]>(
      `
from sklearn.isotonic import IsotonicRegression
answer = [IsotonicRegression(out_of_bounds="clip").fit(each["x"], each["y"]).predict(each["at"]) for each in given]`,
      cases,
    );
    for (const [index, { x, y, at }] of cases.entries()) {
      const regression = fitIsotonic(x, y);
      for (const [where, place] of at.entries()) {
        expect(Math.abs(isotonicAt(regression, place) - (answer[index]?.[where] as number))).toBeLessThan(1e-9);
      }
    }
  });

  test('estimated performance is that of NannyML on its own car loans', async () => {
    const metrics = {
      accuracy: 'accuracy',
      precision: 'precision',
      recall: 'recall',
      f1: 'f1',
      specificity: 'specificity',
      roc_auc: 'rocAuc',
    } as const;
    interface Rows {
      readonly scores: number[];
      readonly predictions: number[];
      readonly truth: number[];
    }
    const answer = await askOracle<{
      calibrated: boolean;
      reference: Rows;
      analysis: Rows;
      estimates: Record<string, number[]>;
    }>(
      `
import os
os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
import nannyml
reference, analysis, _ = nannyml.load_synthetic_car_loan_dataset()
cbpe = nannyml.CBPE(problem_type="classification_binary", y_pred_proba="y_pred_proba", y_pred="y_pred", y_true="repaid", metrics=given, chunk_size=5000)
cbpe.fit(reference)
estimates = cbpe.estimate(analysis).filter(period="analysis").to_df()
rows = lambda table: {"scores": table["y_pred_proba"].tolist(), "predictions": table["y_pred"].tolist(), "truth": table["repaid"].tolist() if "repaid" in table else []}
answer = {
    "calibrated": bool(cbpe.needs_calibration),
    "reference": rows(reference),
    "analysis": rows(analysis),
    "estimates": {metric: estimates[(metric, "value")].tolist() for metric in given},
}`,
      Object.keys(metrics),
    );
    const { reference, analysis, estimates, calibrated } = answer;
    const regression = fitIsotonic(reference.scores, reference.truth);
    const calibrate = calibrated
      ? (score: number): number => isotonicAt(regression, score)
      : (score: number): number => score;
    expect(estimates.accuracy?.length).toBe(analysis.scores.length / 5000);
    for (let chunk = 0; chunk * 5000 < analysis.scores.length; chunk++) {
      const rows = [chunk * 5000, (chunk + 1) * 5000] as const;
      const ours = estimatePerformance(analysis.scores.slice(...rows), analysis.predictions.slice(...rows), calibrate);
      for (const [theirs, name] of Object.entries(metrics)) {
        expect(Math.abs(ours[name] - (estimates[theirs]?.[chunk] as number))).toBeLessThan(1e-9);
      }
    }
  });
});
