import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { comparePairedAll, computeMetrics, randomGenerator } from '../../packages/core/lib/index.js';

// How long the gate's statistics take beside the loop that one writes with scikit-learn: 2,000 paired resamples of two models on 100,000
// rows, and the two areas of 10 million rows. Reading files and imports are not timed; both sides read the same rows.
//
//   npm run compile
//   node test/benchmarks/gate.mjs --python <python with scikit-learn> [--rounds 3] [--only resamples|areas]
//
// The loop of scikit-learn is timed for --timed resamples (100) and scaled.

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: process.env.MLOPS_ORACLE_PYTHON ?? 'python3' },
    rounds: { type: 'string', default: '3' },
    timed: { type: 'string', default: '100' },
    only: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const timed = Number(values.timed);
const resamples = 2000;
const names = ['accuracy', 'f1', 'roc_auc', 'average_precision', 'log_loss', 'brier'];
/** What both sides resample; of the other two ours are McNemar's and DeLong's tests, which need no resamples. */
const resampled = ['f1', 'average_precision', 'log_loss', 'brier'];

const loop = `
import sys, time
import numpy as np
import pandas as pd
import sklearn.metrics as m

table = pd.read_csv(sys.argv[1])
y, models = table.label.to_numpy(), [table.candidate.to_numpy(), table.champion.to_numpy()]
metrics = {
    'accuracy': lambda y, s: m.accuracy_score(y, s >= 0.5),
    'f1': lambda y, s: m.f1_score(y, s >= 0.5),
    'roc_auc': m.roc_auc_score,
    'average_precision': m.average_precision_score,
    'log_loss': m.log_loss,
    'brier': m.brier_score_loss,
}
rng = np.random.default_rng(0)
classes = [np.flatnonzero(y == label) for label in (0, 1)]
clocks = lambda: np.array([time.perf_counter(), time.process_time()])
times = {name: np.zeros(2) for name in ['rows', *metrics]}
for _ in range(int(sys.argv[2])):
    start = clocks()
    rows = np.concatenate([rng.choice(rows, len(rows)) for rows in classes])
    labels, scores = y[rows], [model[rows] for model in models]
    times['rows'] += clocks() - start
    for name, metric in metrics.items():
        start = clocks()
        metric(labels, scores[0]) - metric(labels, scores[1])
        times[name] += clocks() - start
for name, (clock, processor) in times.items():
    print(name, clock, processor)
`;

const areas = `
import sys, time
import numpy as np
import sklearn.metrics as m

y, s = np.fromfile(sys.argv[1], dtype=np.uint8), np.fromfile(sys.argv[2])
start = time.perf_counter(), time.process_time()
area, precision = m.roc_auc_score(y, s), m.average_precision_score(y, s)
print('seconds', time.perf_counter() - start[0], time.process_time() - start[1])
print('roc_auc', area)
print('average_precision', precision)
`;

const folder = mkdtempSync(join(tmpdir(), 'gate-benchmark-'));
try {
  console.log(
    `Node ${process.version}; ${askPython('import sklearn, sys; print("scikit-learn", sklearn.__version__)', [])}`,
  );
  if (values.only !== 'areas') compareResamples();
  if (values.only !== 'resamples') compareAreas();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function compareResamples() {
  const file = join(folder, 'predictions.csv');
  const made = makePredictions(100_000, 'resamples');
  const lines = Array.from(made.labels, (label, row) => `${label},${made.candidate[row]},${made.champion[row]}`);
  writeFileSync(file, `label,candidate,champion\n${lines.join('\n')}\n`);
  const { truth, candidate, champion } = readPredictions(file);
  const options = { confidence: 0.9, resamples, seed: 0 };
  const ours = { all: [], resampled: [] };
  const theirs = { all: [], resampled: [] };
  for (let round = 0; round < rounds; round++) {
    ours.all.push(seconds(() => comparePairedAll(names, truth, candidate, champion, options)));
    ours.resampled.push(seconds(() => comparePairedAll(resampled, truth, candidate, champion, options)));
    const parts = askNumbers(loop, [file, String(timed)]);
    const total = (of) => {
      const sum = (at) => ['rows', ...of].reduce((all, name) => all + parts[name][at], 0);
      return { clock: (sum(0) * resamples) / timed, processor: (sum(1) * resamples) / timed };
    };
    theirs.all.push(total(names));
    theirs.resampled.push(total(resampled));
  }
  console.log(
    `\n2,000 paired resamples of two models on 100,000 rows; median of ${rounds}, scikit-learn from ${timed} resamples`,
  );
  print(`${names.join(', ')} (ours: accuracy by McNemar, roc_auc by DeLong)`, ours.all, theirs.all);
  print(`${resampled.join(', ')} (resampled by both)`, ours.resampled, theirs.resampled);
}

function compareAreas() {
  const { labels, candidate } = makePredictions(10_000_000, 'areas');
  const files = [join(folder, 'labels'), join(folder, 'scores')];
  writeFileSync(files[0], labels);
  writeFileSync(files[1], candidate);
  const ours = [];
  const theirs = [];
  let found;
  let expected;
  for (let round = 0; round < rounds; round++) {
    ours.push(
      seconds(() => {
        found = computeMetrics(['roc_auc', 'average_precision'], { task: 'binary', labels }, { scores: candidate });
      }),
    );
    expected = askNumbers(areas, files);
    const [clock, processor] = expected.seconds;
    theirs.push({ clock, processor });
  }
  console.log(`\n10,000,000 rows, one model; median of ${rounds}`);
  print('roc_auc and average_precision', ours, theirs);
  for (const [name, value] of found) console.log(`  ${name}: ${value}, scikit-learn ${expected[name]}`);
}

/** Labels, one in five positive, and two models' probabilities; the candidate is a little better. */
function makePredictions(rows, seed) {
  const { next } = randomGenerator(seed);
  const labels = new Uint8Array(rows);
  const candidate = new Float64Array(rows);
  const champion = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    labels[row] = next() < 0.2 ? 1 : 0;
    const shared = 4 * (next() + next() - 1);
    const score = (strength) => 1 / (1 + Math.exp(-(strength * (2 * labels[row] - 1.4) + shared + next() - 0.5)));
    candidate[row] = score(1.02);
    champion[row] = score(1);
  }
  return { labels, candidate, champion };
}

function readPredictions(file) {
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number));
  const scores = (column) => ({ scores: Float64Array.from(rows, (row) => row[column]), calibrated: true });
  const truth = { task: 'binary', labels: Uint8Array.from(rows, ([label]) => label) };
  return { truth, candidate: scores(1), champion: scores(2) };
}

/** Of the clock and of the processor: on a machine with other work only the second says what the computation costs. */
function seconds(run) {
  const start = performance.now();
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return { clock: (performance.now() - start) / 1000, processor: (user + system) / 1e6 };
}

function askPython(source, words) {
  const { stdout, stderr, status } = spawnSync(values.python, ['-W', 'ignore', '-c', source, ...words], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${values.python} failed:\n${stderr}`);
  return stdout.trim();
}

function askNumbers(source, words) {
  const lines = askPython(source, words).split('\n');
  return Object.fromEntries(
    lines.map((line) => line.split(' ')).map(([name, ...numbers]) => [name, numbers.map(Number)]),
  );
}

function print(what, ours, theirs) {
  console.log(`  ${what}`);
  for (const time of ['clock', 'processor']) {
    const [mine, other] = [ours, theirs].map((all) => median(all.map((each) => each[time])));
    const ratio = (other / mine).toFixed(1);
    console.log(`    ${time}: ours ${mine.toFixed(2)} s, scikit-learn ${other.toFixed(1)} s, ${ratio} x`);
  }
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
