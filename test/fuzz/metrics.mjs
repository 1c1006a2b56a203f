import { damaged, nastyJson } from './damage.mjs';
import { fuzz, randomNumbers } from './fuzzing.mjs';

// Damages metrics files at random and judges a model by them: each must be read, or refused with a UserError, and what is read must never
// pass a rule that its own text does not show. `node test/fuzz/metrics.mjs --runs 100000` (after `npm run compile`).

const names = ['accuracy', 'auc', 'val_loss', 'a.b', '__proto__', 'constructor', 'größe', ''];

/**
 * Judges by damaged metrics file number `run`, `core` being what does: `parseTolerantJson`, `detectFormat`, `metricsOfTree`, `parseRules` and
 * `judge`. Returns whether it could be read; throws when it ends in anything but a `UserError`, and when a pass is not due.
 */
export function fuzzOnce(core, run) {
  const random = randomNumbers(run);
  const text = JSON.stringify(shapes[random(shapes.length)](random));
  const bytes = random(4) === 0 ? Buffer.from(text) : damaged(Buffer.from(text), random, nastyJson);
  let candidate;
  try {
    const tree = core.parseTolerantJson(bytes.toString(), 'metrics.json');
    candidate = core.metricsOfTree(tree, core.detectFormat(tree), 'metrics.json');
  } catch (error) {
    if (error?.name !== 'UserError') throw error;
    return false;
  }
  const rules = core.parseRules('accuracy >= 0.5\nval_loss <= 0.5', {});
  const { checks } = core.judge(rules, candidate, { kind: 'missing', reason: 'none is given', accepted: true });
  for (const { verdict, value } of checks) {
    if (verdict === 'pass' && !Number.isFinite(value)) throw new Error(`Run ${run}: ${value} passes in ${text}`);
  }
  return true;
}

const shapes = [
  (random) => Object.fromEntries(names.map((name) => [name, metricOf(random)])),
  (random) => ({
    test: { accuracy: metricOf(random) },
    val_loss: { value: metricOf(random) },
    accuracy: metricOf(random),
  }),
  (random) => ({
    accuracy: metricOf(random),
    slices: { 'segment=new': { accuracy: metricOf(random) }, [names[random(8)]]: {} },
  }),
  (random) => ({
    binary_classification_metrics: {
      accuracy: { value: metricOf(random), standard_deviation: metricOf(random) },
      confusion_matrix: { 0: { 0: 5, 1: 1 } },
    },
  }),
  (random) => ({ workspace: { data: { 'metrics.json': { data: { accuracy: metricOf(random) } } } } }),
  (random) => ({ run: { data: { metrics: [{ key: 'accuracy', value: metricOf(random), step: random(3) }] } } }),
];

function metricOf(random) {
  const odd = [null, true, [], {}, '0.9', 'NaN', '90%', 'high', -0, 1e308, 5e-324, 93];
  return random(2) === 0 ? random(1000) / 1000 : odd[random(odd.length)];
}

/** What judges, as compiled. */
async function prepared() {
  const core = await import('@mlops-actions/core');
  return (run) => fuzzOnce(core, run);
}

await fuzz(import.meta.url, prepared);
