import { parseArgs } from 'node:util';
import {
  judge,
  judgeDefaults,
  metricsOfFlat,
  normalCdf,
  normalQuantile,
  parseRules,
  predictionTestSet,
  randomGenerator,
} from '../../packages/core/lib/index.js';

// How often the gate is wrong, by simulation: test sets are drawn from two models whose true figures are known, and each is judged. Where
// the candidate is exactly as much worse as the margin allows, a pass is a false pass and a refusal a false refusal. Nominal: 5 % each.
//
//   npm run compile && node test/benchmarks/gate-false-alarms.mjs [--runs 1000] [--seed 1]

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } },
});
const runs = Number(values.runs);
const root = randomGenerator(Number(values.seed));
const nobody = { kind: 'missing', reason: 'no metrics', accepted: false };
const nothing = metricsOfFlat({}, 'no file');
const margin = 0.02;

/** A standard normal number. */
const normal = (random) => normalQuantile(Math.max(random.next(), 1e-16));

/** Two standard normal numbers with a correlation: models err on the same rows more often than chance. */
function correlated(random, correlation = 0.6) {
  const shared = normal(random);
  return [shared, correlation * shared + Math.sqrt(1 - correlation ** 2) * normal(random)];
}

/** Two models that are right with the given probabilities. */
function accuracyRows(n, candidate, champion, random) {
  const labels = new Uint8Array(n);
  const own = new Uint32Array(n);
  const other = new Uint32Array(n);
  for (let row = 0; row < n; row++) {
    labels[row] = random.next() < 0.5 ? 1 : 0;
    const [a, b] = correlated(random);
    own[row] = normalCdf(a) < candidate ? labels[row] : 1 - labels[row];
    other[row] = normalCdf(b) < champion ? labels[row] : 1 - labels[row];
  }
  return { truth: { task: 'binary', labels }, candidate: { predicted: own }, champion: { predicted: other } };
}

/** Two models of the given areas under the ROC curve: positives score d higher, area = Φ(d / √2). */
function aucRows(n, candidate, champion, random) {
  const [d, e] = [candidate, champion].map((area) => Math.SQRT2 * normalQuantile(area));
  const labels = new Uint8Array(n);
  const own = new Float64Array(n);
  const other = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    labels[row] = random.next() < 0.3 ? 1 : 0;
    const [a, b] = correlated(random);
    own[row] = a + labels[row] * d;
    other[row] = b + labels[row] * e;
  }
  return { truth: { task: 'binary', labels }, candidate: { scores: own }, champion: { scores: other } };
}

/** Two models of the given F1 scores at a precision of 0.8 and a prevalence of 0.3. */
function f1Rows(n, candidate, champion, random) {
  const prevalence = 0.3;
  const precision = 0.8;
  const rates = [candidate, champion].map((f1) => {
    const recall = (f1 * precision) / (2 * precision - f1);
    return { recall, fallout: (prevalence * recall * (1 - precision)) / (precision * (1 - prevalence)) };
  });
  const labels = new Uint8Array(n);
  const answers = [new Uint32Array(n), new Uint32Array(n)];
  for (let row = 0; row < n; row++) {
    labels[row] = random.next() < prevalence ? 1 : 0;
    const pair = correlated(random);
    for (const [model, z] of pair.entries()) {
      const { recall, fallout } = rates[model];
      answers[model][row] = normalCdf(z) < (labels[row] === 1 ? recall : fallout) ? 1 : 0;
    }
  }
  return {
    truth: { task: 'binary', labels },
    candidate: { predicted: answers[0] },
    champion: { predicted: answers[1] },
  };
}

/** Two models with normal errors of the given root mean squares. */
function rmseRows(n, candidate, champion, random) {
  const targets = new Float64Array(n);
  const own = new Float64Array(n);
  const other = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    targets[row] = 10 * random.next();
    const [a, b] = correlated(random);
    own[row] = targets[row] + candidate * a;
    other[row] = targets[row] + champion * b;
  }
  return { truth: { task: 'regression', targets }, candidate: { values: own }, champion: { values: other } };
}

const metrics = [
  { name: 'accuracy', method: 'Newcombe', rows: accuracyRows, champion: 0.9, better: 1 },
  { name: 'roc_auc', method: 'DeLong', rows: aucRows, champion: 0.85, better: 1 },
  { name: 'f1', method: 'bootstrap', rows: f1Rows, champion: 0.75, better: 1 },
  {
    name: 'rmse',
    method: 'bootstrap',
    rows: rmseRows,
    champion: 1,
    better: -1,
    sizes: [200, 1000],
    runs: Math.ceil(runs / 2),
  },
];

/** Shares of passes and refusals over many test sets. `worse`: how much worse the candidate truly is. */
function shares({ name, rows, champion, better }, n, worse, rule, count) {
  let [passes, refusals] = [0, 0];
  for (let run = 0; run < count; run++) {
    const random = root.fork(`${name} ${n} ${worse} ${rule} ${run}`);
    const drawn = rows(n, champion - better * worse, champion, random);
    const testSet = predictionTestSet({ source: 'drawn', slices: new Map(), ...drawn }, { resamples: 500, seed: run });
    const { verdict } = judge(parseRules(rule, {}), nothing, nobody, testSet, judgeDefaults);
    if (verdict === 'pass') passes++;
    if (verdict === 'fail') refusals++;
  }
  return [passes / count, refusals / count];
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const row = (cells) => console.log(`| ${cells.join(' | ')} |`);

console.log(
  `${runs} test sets each (rmse: ${Math.ceil(runs / 2)}), seed ${values.seed}; one-sided 95 % bounds, margin ${margin}.\n`,
);
row([
  'metric',
  'interval',
  'rows',
  'at the margin: passes (false)',
  'at the margin: refused (false)',
  'equal: passes',
  'equal: refused (false)',
  '`>` on equal: passes (false)',
  '`>` on equal: refused',
]);
row(['---', '---', '--:', '--:', '--:', '--:', '--:', '--:', '--:']);
for (const metric of metrics) {
  const sign = metric.better > 0 ? '-' : '+';
  const operator = metric.better > 0 ? '>' : '<';
  const notWorse = `${metric.name} ${operator}= champion ${sign} ${margin}`;
  const better = `${metric.name} ${operator} champion`;
  for (const n of metric.sizes ?? [200, 1000, 5000]) {
    const count = metric.runs ?? runs;
    const [falsePass, falseRefusal] = shares(metric, n, margin, notWorse, count);
    const [passes, refusals] = shares(metric, n, 0, notWorse, count);
    const [wins, losses] = shares(metric, n, 0, better, count);
    row([metric.name, metric.method, n, ...[falsePass, falseRefusal, passes, refusals, wins, losses].map(percent)]);
  }
}

/** Many rules at once: accuracy in k slices of equally good models, each allowed to be no worse. */
function manySlices(k, correction, count) {
  let [passes, refusals] = [0, 0];
  for (let run = 0; run < count; run++) {
    const random = root.fork(`slices ${k} ${run}`);
    const drawn = accuracyRows(k * 200, 0.9, 0.9, random);
    const codes = Uint32Array.from({ length: k * 200 }, (_, index) => 1 + (index % k));
    const texts = Array.from({ length: k }, (_, index) => `g${index}`);
    const slices = new Map([['group', { codes, texts }]]);
    const testSet = predictionTestSet({ source: 'drawn', slices, ...drawn }, { resamples: 200, seed: run });
    const rules = parseRules('accuracy[worst of group] >= champion', {});
    const { verdict } = judge(rules, nothing, nobody, testSet, { ...judgeDefaults, correction });
    if (verdict === 'pass') passes++;
    if (verdict === 'fail') refusals++;
  }
  return [passes / count, refusals / count];
}

console.log('\nEqually good models in k groups of 200 rows, `accuracy[worst of group] >= champion`:\n');
row(['groups', 'correction', 'passes (false)', 'refused (false)']);
row(['--:', '---', '--:', '--:']);
for (const k of [1, 10, 50]) {
  for (const correction of ['none', 'holm', 'bh']) {
    row([k, correction, ...manySlices(k, correction, Math.ceil(runs / 4)).map(percent)]);
  }
}
