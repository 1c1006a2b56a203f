import { categoryBars, histogramPair, histogramSpark, lineChart, scoreBar } from '../charts/index.ts';
import {
  badge,
  type Content,
  dataTable,
  facts,
  formatPValue,
  formatShare,
  gallery,
  html,
  htmlPage,
  note,
  plainTable,
  type TableRow,
  type Tone,
} from '../html/index.ts';
import { countsOf, distance, edgesOf, normal, sample, uniform } from './noise.ts';

const rows = 4000;
const threshold = 0.1;

interface SampleColumn {
  readonly name: string;
  readonly type: string;
  readonly score: number;
  readonly p: number;
  readonly verdict: 'drift' | 'no-drift' | 'insufficient-data' | 'all-null';
  readonly nulls: readonly [number, number];
  readonly spark: Content;
  readonly chart: () => Content;
}

const tones: Readonly<Record<SampleColumn['verdict'], Tone>> = {
  drift: 'bad',
  'no-drift': 'good',
  'insufficient-data': 'unknown',
  'all-null': 'warn',
};

/** A drift report of 24 columns: five drift, one has too few rows, one has no values. */
export function driftSamplePage(): string {
  const columns = sampleColumns();
  const drifting = columns.filter(({ verdict }) => verdict === 'drift').length;
  return htmlPage({
    title: 'Drift check · fraud-features, week 47',
    verdict: { tone: 'bad', word: 'drift' },
    headline: `${drifting} of 22 judged columns drift, and amount is one of the critical ones: its score is ${columns[0]?.score.toFixed(2)}, the limit 0.1.`,
    facts: [
      { label: 'Reference rows', value: '1,284,032' },
      { label: 'Current rows', value: '48,211' },
      { label: 'Columns judged', value: '22 of 24' },
      { label: 'Drifting', value: `${drifting} (${formatShare(drifting / 22)})` },
      { label: 'Rule', value: 'score ≥ 0.1 and adjusted p < 0.05' },
      { label: 'Smallest shift seen', value: '0.04 σ' },
    ],
    sections: [
      {
        title: 'Columns',
        lead: 'Drifting ones first, then by score over limit. A row opens to show both histograms on the same edges.',
        body: columnTable(columns),
      },
      {
        title: 'Drift over time',
        lead: 'The score of each day against the whole reference.',
        body: timeChart(),
      },
      {
        title: 'Quality',
        lead: 'What changed in the data besides its distribution.',
        body: [
          note(
            'warn',
            'coupon_code has no value in any row of the current data; it had values in 71 % of the reference.',
          ),
          plainTable(
            ['check', 'columns', 'found'],
            [
              ['missing column', '0', 'none'],
              ['null rate +5 pp', '1', 'coupon_code'],
              ['new categories', '2', 'merchant_category, browser'],
              ['out of range', '1', 'amount: 0.4 % above 25,000'],
            ],
          ),
        ],
      },
      {
        title: 'How it was decided',
        body: html`<p>A column drifts when its score reaches the limit <strong>and</strong> the difference is significant after correction (Benjamini–Hochberg over 22 columns). The data set drifts when a critical column drifts, or 30 % of the weighted columns do.</p>`,
      },
    ],
    footer: 'mlops-actions drift-check 1.0 · 2026-11-25 14:05 UTC · all figures unrounded in report.json',
  });
}

function columnTable(columns: readonly SampleColumn[]): Content {
  return dataTable({
    caption: 'Columns',
    columns: [
      { label: 'Column' },
      { label: 'Type' },
      { label: 'Verdict' },
      { label: 'Shape', wide: false, hint: 'Grey: reference. Blue: current.' },
      { label: 'Score', kind: 'number', hint: 'Normalised Wasserstein or Jensen–Shannon distance' },
      { label: 'Score ÷ limit', wide: false, hint: 'The line is the limit, the end of the bar ten times the limit.' },
      { label: 'Adjusted p', kind: 'number' },
      { label: 'Nulls', kind: 'number' },
    ],
    rows: columns,
    row: columnRow,
  });
}

function columnRow(column: SampleColumn, index: number): TableRow {
  const { name, type, score, p, verdict, nulls, spark, chart } = column;
  const judged = verdict === 'drift' || verdict === 'no-drift';
  return {
    cells: [
      name,
      type,
      { show: badge({ tone: tones[verdict], word: verdict }), sort: verdict },
      spark,
      judged ? { show: score.toFixed(3), sort: score } : undefined,
      judged
        ? { show: scoreBar({ title: `Score of ${name}`, value: score, threshold, tone: tones[verdict] }), sort: score }
        : undefined,
      judged ? { show: formatPValue(p), sort: p } : undefined,
      { show: `${formatShare(nulls[0])} → ${formatShare(nulls[1])}`, sort: nulls[1] },
    ],
    ...(verdict === 'no-drift' || verdict === 'insufficient-data' ? {} : { tone: tones[verdict] }),
    open: index === 0,
    details: () => [
      gallery([
        chart(),
        facts([
          { label: 'Method', value: type === 'numeric' ? 'Wasserstein / σ' : 'Jensen–Shannon' },
          { label: 'p (raw)', value: formatPValue(p / 3) },
          { label: 'PSI', value: (score * 1.7).toFixed(3) },
          { label: 'Rows', value: '1,284,032 / 48,211' },
          { label: 'Evidently would say', value: score >= 0.1 ? 'drift' : 'no drift' },
          { label: 'Azure ML would say', value: score >= 0.1 ? 'drift' : 'no drift' },
        ]),
      ]),
    ],
  };
}

type Shape = (random: () => number) => () => number;

const shapes: readonly (readonly [string, Shape, Shape])[] = [
  ['amount', logNormal(3.4, 0.9), logNormal(3.85, 0.95)],
  ['account_age_days', exponential(420), exponential(300)],
  ['distance_from_home_km', logNormal(1.2, 1.1), logNormal(1.45, 1.15)],
  ['hour_of_day', bell(14, 4.5), bell(14.05, 4.5)],
  ['balance', bell(2400, 900), bell(2410, 905)],
  ['transactions_24h', exponential(3.1), exponential(3.12)],
  ['credit_score', bell(690, 62), bell(691, 62)],
  ['days_since_login', exponential(9), exponential(9.1)],
  ['device_trust', bell(0.71, 0.12), bell(0.708, 0.12)],
  ['session_seconds', logNormal(5.1, 0.7), logNormal(5.11, 0.7)],
  ['velocity_score', bell(0, 1), bell(0.02, 1)],
  ['ip_risk', exponential(0.08), exponential(0.081)],
  ['age', bell(43, 13), bell(43.1, 13)],
  ['a_feature_name_that_somebody_made_by_joining_many_words_and_a_hash_9f8e7d6c5b4a', bell(5, 2), bell(5.03, 2)],
];

function bell(mean: number, deviation: number): Shape {
  return (random) => {
    const draw = normal(random);
    return () => mean + deviation * draw();
  };
}

function logNormal(mean: number, deviation: number): Shape {
  return (random) => {
    const draw = bell(mean, deviation)(random);
    return () => Math.exp(draw());
  };
}

function exponential(mean: number): Shape {
  return (random) => () => -mean * Math.log(1 - random());
}

function sampleColumns(): SampleColumn[] {
  const numeric = shapes.map(([name, before, after], index) => numericColumn(name, before, after, index));
  const all = [
    ...numeric,
    ...categorical,
    missingColumn('coupon_code', 'all-null'),
    missingColumn('chargeback_reason', 'insufficient-data'),
  ];
  const rank = { drift: 0, 'all-null': 1, 'insufficient-data': 2, 'no-drift': 3 };
  return all.sort((left, right) => rank[left.verdict] - rank[right.verdict] || right.score - left.score);
}

function numericColumn(name: string, before: Shape, after: Shape, index: number): SampleColumn {
  const reference = sample(rows, before(uniform(2 * index + 1)));
  const current = sample(rows, after(uniform(2 * index + 2)));
  const edges = edgesOf(reference, 30);
  const data = { title: name, edges, reference: countsOf(reference, edges), current: countsOf(current, edges) };
  const score = distance(reference, current);
  return {
    name,
    type: 'numeric',
    score,
    p: score >= threshold ? 10 ** (-score * 90) : 0.4,
    verdict: score >= threshold ? 'drift' : 'no-drift',
    nulls: [0.01, 0.012],
    spark: histogramSpark(data),
    chart: () => histogramPair(data),
  };
}

const categorical: readonly SampleColumn[] = [
  [
    'merchant_category',
    [
      ['grocery', 3100, 2210],
      ['travel', 900, 1740],
      ['electronics', 1500, 1610],
      ['fuel', 1200, 1150],
      ['restaurant', 1800, 1700],
      ['gaming', 300, 340],
      ['健康・美容', 250, 245],
      ['crypto-exchange', 0, 420],
      ['<script>alert(1)</script>', 40, 41],
      ['מסעדה', 61, 60],
      ['pharmacy 💊', 120, 122],
      ['books', 90, 94],
      ['', 12, 11],
    ],
    0.19,
  ],
  [
    'browser',
    [
      ['Chrome', 6200, 5100],
      ['Safari', 2400, 2350],
      ['Firefox', 800, 790],
      ['Edge 155', 0, 1100],
    ],
    0.17,
  ],
  [
    'country',
    [
      ['DE', 4100, 4080],
      ['FR', 2300, 2310],
      ['IT', 1200, 1190],
      ['ES', 900, 905],
    ],
    0.012,
  ],
  [
    'card_type',
    [
      ['debit', 5200, 5230],
      ['credit', 3100, 3050],
      ['prepaid', 300, 310],
    ],
    0.011,
  ],
  [
    'is_weekend',
    [
      ['false', 7100, 7150],
      ['true', 2900, 2840],
    ],
    0.008,
  ],
  [
    'os',
    [
      ['Android', 5100, 5120],
      ['iOS', 3900, 3890],
      ['Windows', 800, 806],
    ],
    0.007,
  ],
  [
    'channel',
    [
      ['app', 6100, 6120],
      ['web', 2300, 2290],
      ['phone', 120, 118],
    ],
    0.006,
  ],
  [
    'currency',
    [
      ['EUR', 8800, 8800],
      ['USD', 700, 705],
    ],
    0.004,
  ],
].map(([name, list, score]) => categoricalColumn(name as string, list as [string, number, number][], score as number));

function categoricalColumn(
  name: string,
  list: readonly (readonly [string, number, number])[],
  score: number,
): SampleColumn {
  const categories = list.map(([category, reference, current]) => ({ name: category, reference, current }));
  const edges = Array.from({ length: list.length + 1 }, (_, index) => index);
  const bars = { title: name, edges, reference: list.map((each) => each[1]), current: list.map((each) => each[2]) };
  return {
    name,
    type: 'categorical',
    score,
    p: score >= threshold ? 0 : 0.6,
    verdict: score >= threshold ? 'drift' : 'no-drift',
    nulls: [0, 0],
    spark: histogramSpark(bars),
    chart: () => categoryBars({ title: name, categories }),
  };
}

function missingColumn(name: string, verdict: 'all-null' | 'insufficient-data'): SampleColumn {
  return {
    name,
    type: 'categorical',
    score: 0,
    p: 1,
    verdict,
    nulls: verdict === 'all-null' ? [0.29, 1] : [0.9996, 0.9995],
    spark: undefined,
    chart: () =>
      verdict === 'all-null'
        ? note('warn', 'No value in any of 48,211 current rows.')
        : note('unknown', '24 current rows have a value; at least 100 are needed to judge.'),
  };
}

function timeChart(): Content {
  const day = 86_400_000;
  const start = Date.UTC(2026, 9, 28);
  const noise = normal(uniform(7));
  const times = Array.from({ length: 28 }, (_, index) => start + index * day);
  const amount = times.map((_, index) =>
    index === 11 ? Number.NaN : 0.04 + 0.008 * noise() + (index > 17 ? (index - 17) * 0.036 : 0),
  );
  const browser = times.map((_, index) => 0.03 + 0.006 * Math.abs(noise()) + (index > 20 ? 0.12 : 0));
  return lineChart({
    title: 'Score by day',
    times,
    series: [
      { name: 'amount', values: amount },
      { name: 'browser', values: browser },
    ],
    threshold: { value: threshold, label: 'limit 0.1', bad: 'above' },
    band: { low: 0.02, high: 0.06, label: 'range of the reference’s own days' },
    events: [
      { time: start + 16.4 * day, label: 'new checkout released' },
      { time: start + 20.6 * day, label: 'Edge 155 rolled out' },
    ],
  });
}
