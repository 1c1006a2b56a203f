import { parseArgs } from 'node:util';
import { compareColumn, compatFigures, decideDrift, defaultDriftRules, randomGenerator } from '@mlops-actions/core';

// How often drift-check's default cries wolf and what it finds, by simulation, beside the defaults of Evidently and Azure ML.
//
//   npm run compile && node test/benchmarks/drift-false-alarms.mjs [--runs 600] [--seed 1]
//
// Prints Markdown. Reference: 5000 values a column; numbers are N(0, 1), the change is a shift of their mean.

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '600' }, seed: { type: 'string', default: '1' } },
});
const runs = Number(values.runs);
const random = randomGenerator(Number(values.seed));

const referenceSize = 5000;
const sizes = [50, 100, 200, 500, 1000, 5000];
const columnsOfDataset = 20;

/** The default decides from 100 values on; here it is asked about 50, too. */
const rules = { ...defaultDriftRules, minSamples: 30 };

function normalColumn(size, shift) {
  const sorted = new Float64Array(size);
  for (let index = 0; index < size; index += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
    const angle = 2 * Math.PI * random.next();
    sorted[index] = shift + radius * Math.cos(angle);
    if (index + 1 < size) sorted[index + 1] = shift + radius * Math.sin(angle);
  }
  sorted.sort();
  let mean = 0;
  for (const value of sorted) mean += value / size;
  let variance = 0;
  for (const value of sorted) variance += (value - mean) ** 2 / size;
  const sample = { lower: sorted, upper: sorted, total: size };
  return {
    kind: 'numeric',
    rows: size,
    nulls: 0,
    nans: 0,
    infinities: 0,
    mistyped: 0,
    count: size,
    min: sorted[0],
    max: sorted[size - 1],
    mean,
    deviation: Math.sqrt(variance),
    distinct: size,
    samples: [sample],
  };
}

/** What each way of deciding says of one column. */
function flagsOf(reference, current) {
  const comparison = compareColumn('x', reference, current, rules);
  const says = (rule) => decideDrift([comparison], { ...rules, rule }).verdict === 'drift';
  return {
    comparison,
    twoKey: says('two-key'),
    score: says('score'),
    pvalue: says('pvalue'),
    evidently: compatFigures('evidently', reference, current)[0].flagged,
    azureml: compatFigures('azureml', reference, current)[0].flagged,
  };
}

/** 12 categories with shares like 1 / rank, of which `moved` of the first goes to the last. */
function categoricalColumn(size, moved) {
  const weights = Array.from({ length: 12 }, (_, rank) => 1 / (rank + 1));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => weight / whole);
  shares[0] -= moved;
  shares[11] += moved;
  const counts = new Map();
  for (let index = 0; index < size; index++) {
    let rest = random.next();
    const category = shares.findIndex((share) => {
      rest -= share;
      return rest < 0;
    });
    const name = `category ${category < 0 ? 11 : category}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return { kind: 'categorical', rows: size, nulls: 0, mistyped: 0, counts, other: 0, distinct: counts.size };
}

function percent(count, all) {
  const share = (100 * count) / all;
  return `${share > 0 && share < 10 ? share.toFixed(1) : share.toFixed(0)} %`;
}

function bold(isBold, text) {
  return isBold ? `**${text}**` : text;
}

function row(...cells) {
  console.log(`| ${cells.join(' | ')} |`);
}

function columnTable(title, changes, unit, column) {
  console.log(`\n## ${title}, ${runs} runs\n`);
  row(
    'values now',
    'change',
    'score ≥ 0.1 alone',
    'p < 0.05 alone',
    '**both keys (default)**',
    'Evidently',
    'Azure ML',
  );
  row('---:', '---', '---:', '---:', '---:', '---:', '---:');
  for (const size of sizes) {
    for (const change of changes) {
      const counts = { score: 0, pvalue: 0, twoKey: 0, evidently: 0, azureml: 0 };
      for (let run = 0; run < runs; run++) {
        const flags = flagsOf(column(referenceSize, 0), column(size, change));
        for (const key of Object.keys(counts)) counts[key] += Number(flags[key]);
      }
      const cells = Object.entries(counts).map(([key, count]) => bold(key === 'twoKey', percent(count, runs)));
      row(size, change === 0 ? 'none' : `${change} ${unit}`, ...cells);
    }
  }
}

columnTable('Numbers', [0, 0.2, 0.5], 'σ', normalColumn);
columnTable('12 categories', [0, 0.05, 0.15], 'of the rows', categoricalColumn);

const datasets = Math.ceil(runs / 2);
console.log(`\n## ${columnsOfDataset} independent columns, nothing changed, ${datasets} runs\n`);
row(
  'values now',
  '**any column, default (warn)**',
  '**dataset drifts, default**',
  'Evidently: any column',
  'Evidently: dataset (half)',
  'Azure ML: any column',
);
row('---:', '---:', '---:', '---:', '---:', '---:');
for (const size of sizes) {
  const counts = { warned: 0, drifted: 0, evidentlyAny: 0, evidentlyHalf: 0, azureml: 0 };
  for (let run = 0; run < datasets; run++) {
    const columns = Array.from({ length: columnsOfDataset }, () =>
      flagsOf(normalColumn(referenceSize, 0), normalColumn(size, 0)),
    );
    const decision = decideDrift(
      columns.map(({ comparison }) => comparison),
      rules,
    );
    const evidently = columns.filter((column) => column.evidently).length;
    counts.warned += Number(decision.drifted.length > 0);
    counts.drifted += Number(decision.verdict === 'drift');
    counts.evidentlyAny += Number(evidently > 0);
    counts.evidentlyHalf += Number(evidently >= columnsOfDataset / 2);
    counts.azureml += Number(columns.some((column) => column.azureml));
  }
  const ours = ['warned', 'drifted'];
  row(size, ...Object.entries(counts).map(([key, count]) => bold(ours.includes(key), percent(count, datasets))));
}
