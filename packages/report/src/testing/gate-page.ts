import {
  calibrationCurves,
  confusionMatrix,
  disagreementMatrix,
  forestPlot,
  precisionRecallCurves,
  rocCurves,
} from '../charts/index.ts';
import {
  badge,
  type Content,
  codeText,
  dataTable,
  formatPValue,
  gallery,
  htmlPage,
  note,
  type Tone,
} from '../html/index.ts';
import { normal, uniform } from './noise.ts';

interface SampleRule {
  readonly metric: string;
  readonly champion: number;
  readonly candidate: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
  readonly rule: string;
  readonly tone: Tone;
  readonly word: string;
}

const rules: readonly SampleRule[] = [
  {
    metric: 'recall',
    champion: 0.912,
    candidate: 0.884,
    low: -0.049,
    high: -0.008,
    p: 0.0061,
    rule: 'recall >= champion - 0.01',
    tone: 'bad',
    word: 'fail',
  },
  {
    metric: 'f1',
    champion: 0.871,
    candidate: 0.869,
    low: -0.017,
    high: 0.013,
    p: 0.79,
    rule: 'f1 >= champion - 0.01',
    tone: 'unknown',
    word: 'inconclusive',
  },
  {
    metric: 'auc',
    champion: 0.943,
    candidate: 0.956,
    low: 0.004,
    high: 0.022,
    p: 0.0042,
    rule: 'auc >= champion - 0.005',
    tone: 'good',
    word: 'pass',
  },
  {
    metric: 'log_loss',
    champion: 0.241,
    candidate: 0.224,
    low: 0.006,
    high: 0.029,
    p: 0.0031,
    rule: 'log_loss <= champion + 0.01',
    tone: 'good',
    word: 'pass',
  },
  {
    metric: 'precision',
    champion: 0.834,
    candidate: 0.855,
    low: 0.001,
    high: 0.041,
    p: 0.041,
    rule: 'precision >= 0.8',
    tone: 'good',
    word: 'pass',
  },
];

/** A gate's report: rules, slices, curves, confusion and disagreement. One rule fails. */
export function gateSamplePage(): string {
  const [worse, better] = [scoresOf(2.35, 3), scoresOf(2.62, 5)];
  return htmlPage({
    title: 'Evaluation gate · churn 7 against churn:champion',
    verdict: { tone: 'bad', word: 'fail' },
    headline:
      'The candidate may not go on: recall is 0.884, worse than the champion’s 0.912 by more than the 0.01 allowed, and that is not chance (p 0.006).',
    facts: [
      { label: 'Candidate', value: 'churn 7' },
      { label: 'Champion', value: 'churn 5' },
      { label: 'Test rows', value: '4,812, the same for both' },
      { label: 'Rules', value: '3 pass, 1 fails, 1 open' },
      { label: 'Mode', value: 'non-inferior, 95 %' },
      { label: 'Resamples', value: '2,000, seed 0' },
    ],
    sections: [
      { title: 'Rules', lead: 'What failed first. Differences are oriented: + is better.', body: ruleTable() },
      {
        title: 'Differences',
        body: forestPlot({
          title: 'Candidate against champion, by rule',
          margin: 0.01,
          rows: rules.map((each) => ({
            name: each.metric,
            estimate: (each.low + each.high) / 2,
            low: each.low,
            high: each.high,
            tone: each.tone,
            margin: each.metric === 'auc' ? 0.005 : 0.01,
          })),
        }),
      },
      {
        title: 'Slices',
        lead: 'The worst one decides. Slices under 50 rows are not judged.',
        body: [
          note('unknown', '2 slices have fewer than 50 rows.'),
          forestPlot({ title: 'Recall by slice', margin: 0.03, rows: slices() }),
        ],
      },
      {
        title: 'Curves',
        body: gallery([
          rocCurves({
            title: 'ROC',
            champion: { name: 'champion', ...roc(worse), figure: 'AUC 0.943', point: [0.14, 0.89] },
            candidate: { name: 'candidate', ...roc(better), figure: 'AUC 0.956', point: [0.1, 0.88] },
          }),
          precisionRecallCurves({
            title: 'Precision and recall',
            prevalence: 0.3,
            champion: { name: 'champion', ...precisionRecall(worse), figure: 'AP 0.891' },
            candidate: { name: 'candidate', ...precisionRecall(better), figure: 'AP 0.914' },
          }),
          calibrationCurves({
            title: 'Calibration',
            champion: {
              name: 'champion',
              x: [0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95],
              y: [0.02, 0.08, 0.17, 0.26, 0.41, 0.58, 0.72, 0.84, 0.93, 0.98],
              figure: 'ECE 0.061',
            },
            candidate: {
              name: 'candidate',
              x: [0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95],
              y: [0.04, 0.13, 0.27, 0.33, 0.46, 0.56, 0.66, 0.77, 0.87, 0.94],
              figure: 'ECE 0.018',
            },
          }),
        ]),
      },
      {
        title: 'Mistakes',
        body: gallery([
          confusionMatrix({
            title: 'Candidate',
            labels: ['stays', 'leaves'],
            counts: [
              [3128, 241],
              [167, 1276],
            ],
          }),
          confusionMatrix({
            title: 'Champion',
            labels: ['stays', 'leaves'],
            counts: [
              [3021, 348],
              [127, 1316],
            ],
          }),
          disagreementMatrix({
            title: 'Who is right',
            bothRight: 4190,
            onlyCandidate: 214,
            onlyChampion: 147,
            bothWrong: 261,
          }),
          confusionMatrix({
            title: 'Plan, seven classes',
            labels: ['free', 'basic', 'plus', 'family', 'business', 'enterprise', 'education'],
            counts: confusion(7),
          }),
        ]),
      },
    ],
    footer: 'mlops-actions evaluate-gate 1.0 · 2026-11-25 14:05 UTC · all figures unrounded in report.json',
  });
}

function ruleTable(): Content {
  return dataTable({
    caption: 'Rules',
    columns: [
      { label: 'Metric' },
      { label: 'Verdict' },
      { label: 'Champion', kind: 'number' },
      { label: 'Candidate', kind: 'number' },
      { label: 'Difference', kind: 'number' },
      { label: '95 % interval', kind: 'number' },
      { label: 'p', kind: 'number' },
      { label: 'Rule', wide: true },
    ],
    rows: rules,
    row: (each) => ({
      tone: each.tone,
      cells: [
        each.metric,
        { show: badge(each), sort: each.word },
        each.champion,
        each.candidate,
        { show: signed((each.low + each.high) / 2), sort: (each.low + each.high) / 2 },
        { show: `${signed(each.low)} … ${signed(each.high)}`, sort: each.low },
        { show: formatPValue(each.p), sort: each.p },
        codeText(each.rule),
      ],
    }),
  });
}

function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${value.toFixed(3)}`;
}

function slices(): { name: string; estimate: number; low: number; high: number; tone: Tone; remark: string }[] {
  const noise = normal(uniform(11));
  const names = [
    'age=18–25',
    'age=26–40',
    'age=41–65',
    'age=65+',
    'country=DE',
    'country=FR',
    'country=a very long name of a country that nobody has',
    'plan=free',
    'plan=business',
  ];
  return names
    .map((name, index) => {
      const half = 0.012 + 0.006 * index;
      const estimate = 0.018 * noise() - (index === 3 ? 0.055 : 0);
      const tone: Tone = estimate + half < -0.03 ? 'bad' : estimate - half >= -0.03 ? 'good' : 'unknown';
      return {
        name,
        estimate,
        low: estimate - half,
        high: estimate + half,
        tone,
        remark: `n ${Math.round(1400 / (index + 1))}`,
      };
    })
    .sort((left, right) => left.estimate - right.estimate);
}

interface Scored {
  readonly positive: Float64Array;
  readonly negative: Float64Array;
}

function scoresOf(separation: number, seed: number): Scored {
  const draw = normal(uniform(seed));
  return {
    positive: Float64Array.from({ length: 600 }, () => separation + draw()).sort(),
    negative: Float64Array.from({ length: 1400 }, draw).sort(),
  };
}

function shareAbove(values: Float64Array, threshold: number): number {
  return values.filter((value) => value >= threshold).length / values.length;
}

function roc({ positive, negative }: Scored): { x: number[]; y: number[] } {
  const thresholds = Array.from({ length: 200 }, (_, index) => 7 - index * 0.06);
  return {
    x: thresholds.map((each) => shareAbove(negative, each)),
    y: thresholds.map((each) => shareAbove(positive, each)),
  };
}

function precisionRecall({ positive, negative }: Scored): { x: number[]; y: number[] } {
  const found = Array.from({ length: 200 }, (_, index) => 5 - index * 0.05)
    .map(
      (each) => [shareAbove(positive, each) * positive.length, shareAbove(negative, each) * negative.length] as const,
    )
    .filter(([right]) => right > 0);
  return {
    x: found.map(([right]) => right / positive.length),
    y: found.map(([right, wrong]) => right / (right + wrong)),
  };
}

function confusion(size: number): number[][] {
  const random = uniform(23);
  return Array.from({ length: size }, (_, actual) =>
    Array.from({ length: size }, (_, predicted) =>
      Math.round(actual === predicted ? 300 + 900 * random() : 60 * random() ** 3),
    ),
  );
}
