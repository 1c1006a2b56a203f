import {
  type CompatFigure,
  checkTypeOf,
  descriptionOf,
  formatNumber,
  missingRate,
  type QualityFinding,
} from '@mlops-actions/core';
import {
  badge,
  bullets,
  type CategoryPair,
  type Content,
  categoryBars,
  dataTable,
  type Fact,
  facts,
  formatMoment,
  formatShare,
  gallery,
  histogramPair,
  histogramSpark,
  htmlPage,
  note,
  paragraph,
  type Section,
  scoreBar,
  type TableRow,
  type Tone,
} from '@mlops-actions/report';
import { type Check, type CheckedColumn, leftOutText, listed } from './check.ts';
import { intervalText, pText } from './figures.ts';
import type { CheckVerdict } from './signals.ts';

export const tones: Readonly<Record<CheckVerdict, Tone>> = {
  ok: 'good',
  warn: 'warn',
  'insufficient-data': 'unknown',
  error: 'warn',
  drift: 'bad',
};

const columnTones: Readonly<Record<CheckedColumn['verdict'], Tone>> = {
  drift: 'bad',
  undecided: 'warn',
  'no-drift': 'good',
  'insufficient-data': 'unknown',
};

/** The report as one HTML file. `now` is in milliseconds since 1970. */
export function reportPage(check: Check, now: number): string {
  const { verdict, headline, columns, findings } = check;
  return htmlPage({
    title: `Drift check · ${check.sides.current.source}`,
    verdict: { tone: tones[verdict], word: verdict },
    headline,
    facts: factsOf(check),
    sections: [
      ...(check.signals.length < 2 ? [] : [signalsSection(check)]),
      ...(columns.length === 0 ? [] : [columnsSection(check)]),
      ...(check.signals.some(({ signal }) => signal === 'quality') ? [qualitySection(findings)] : []),
      ...remarksSection(check),
      decisionSection(check),
    ],
    footer: `mlops-actions drift-check · ${formatMoment(now)} · all figures unrounded in report.json`,
  });
}

function factsOf({ sides, columns, drifted, driftedShare, rules }: Check): Fact[] {
  const judged = columns.filter(({ verdict }) => verdict !== 'insufficient-data').length;
  const shift = Math.max(
    ...columns.map(({ detectable }) => (detectable?.unit === 'deviations' ? detectable.value : 0)),
    0,
  );
  return [
    { label: 'Reference rows', value: formatNumber(sides.reference.rows) },
    { label: 'Current rows', value: formatNumber(sides.current.rows) },
    ...(columns.length === 0
      ? []
      : [
          { label: 'Columns judged', value: `${judged} of ${columns.length}` },
          { label: 'Drifted', value: `${drifted.length} (${formatShare(driftedShare.lo)} by weight)` },
          { label: 'Rule', value: ruleText(rules) },
        ]),
    ...(shift > 0 ? [{ label: 'Smallest shift seen', value: `${formatNumber(shift, 2)} σ` }] : []),
  ];
}

function ruleText({ rule, alpha }: Check['rules']): string {
  const significant = `adjusted p < ${formatNumber(alpha)}`;
  if (rule === 'two-key') return `score ≥ threshold and ${significant}`;
  return rule === 'score' ? 'score ≥ threshold' : significant;
}

function signalsSection({ signals }: Check): Section {
  return {
    title: 'Signals',
    lead: 'Each has a verdict of its own; the worst is that of the check.',
    body: dataTable({
      caption: 'Signals',
      columns: [{ label: 'Signal' }, { label: 'Verdict' }, { label: 'Why', wide: true }],
      rows: signals,
      row: ({ signal, verdict, reason }) => ({
        tone: tones[verdict],
        cells: [signal, { show: badge({ tone: tones[verdict], word: verdict }), sort: verdict }, paragraph(reason)],
      }),
    }),
  };
}

function columnsSection(check: Check): Section {
  return {
    title: 'Columns',
    lead: 'The drifted first, then by score over threshold. A row opens to show both sides on the same edges.',
    body: dataTable<CheckedColumn>({
      caption: 'Columns',
      columns: [
        { label: 'Column' },
        { label: 'Verdict' },
        { label: 'Shape', hint: 'Grey: reference. Blue: current.' },
        { label: 'Score', kind: 'number', hint: 'How far apart the two sides are.' },
        { label: 'Beyond the threshold', hint: 'The line is the threshold; the bar ends at twice of it.' },
        {
          label: 'Adjusted p',
          kind: 'number',
          hint: 'How likely such a difference is by chance, corrected for the number of columns.',
        },
        { label: 'Missing', kind: 'number' },
      ],
      rows: check.columns,
      row: (column, index) => columnRow(column, check, index),
    }),
  };
}

function columnRow(column: CheckedColumn, check: Check, index: number): TableRow {
  const { name, verdict, score, adjustedP, reference, current } = column;
  const tone = columnTones[verdict];
  return {
    ...(verdict === 'no-drift' ? {} : { tone }),
    open: index === 0 && verdict === 'drift',
    cells: [
      name,
      { show: badge({ tone, word: verdict }), sort: verdict },
      spark(column),
      score === undefined ? undefined : { show: intervalText(score.value), sort: score.value.lo },
      score === undefined
        ? undefined
        : {
            show: scoreBar({
              title: `Score of ${name}`,
              value: score.value.lo,
              threshold: score.threshold,
              judged: verdict === 'drift' || verdict === 'no-drift',
            }),
            sort: score.value.lo / score.threshold,
          },
      adjustedP === undefined ? undefined : { show: pText(adjustedP), sort: adjustedP.lo },
      {
        show: `${formatShare(missingRate(reference))} → ${formatShare(missingRate(current))}`,
        sort: missingRate(current),
      },
    ],
    details: () => [
      column.reason === undefined ? undefined : note('unknown', `Not judged: ${column.reason}.`),
      gallery([picture(column), facts(columnFacts(column, check))]),
      compatTable(column.compat),
    ],
  };
}

function spark({ name, histogram, movements }: CheckedColumn): Content {
  if (histogram !== undefined) return histogramSpark({ title: name, ...histogram });
  if (movements === undefined || movements.length === 0) return undefined;
  const edges = Array.from({ length: movements.length + 1 }, (_, edge) => edge);
  return histogramSpark({
    title: name,
    edges,
    reference: movements.map(({ reference }) => reference),
    current: movements.map(({ current }) => current),
  });
}

function picture({ name, histogram, movements, reference, current }: CheckedColumn): Content {
  if (histogram !== undefined) return histogramPair({ title: name, ...histogram });
  if (movements === undefined) return undefined;
  const categories = movements.map(
    ({ category, reference: before, current: now }): CategoryPair => ({
      name: typeof category === 'string' ? `(${category})` : category.name,
      reference: before,
      current: now,
    }),
  );
  return categoryBars({ title: name, categories, totals: [reference.values, current.values] });
}

function columnFacts(column: CheckedColumn, { rules, readAgain }: Check): Fact[] {
  const { score, significance, figures, reference, current, detectable } = column;
  const own = rules.columns.get(column.name);
  const figure = (label: string, name: keyof typeof figures): Fact[] => {
    const value = figures[name];
    return value === undefined || score?.method === name ? [] : [{ label, value: intervalText(value) }];
  };
  return [
    ...(score === undefined
      ? []
      : [
          {
            label: 'Score',
            value: `${score.method} ${intervalText(score.value)}, threshold ${formatNumber(score.threshold)}`,
          },
        ]),
    ...(significance === undefined ? [] : [{ label: `p (${significance.test})`, value: pText(significance.p) }]),
    { label: 'Values', value: `${formatNumber(reference.values)} / ${formatNumber(current.values)}` },
    ...figure('PSI', 'psi'),
    ...figure('Jensen–Shannon', 'js'),
    ...figure('Kolmogorov–Smirnov', 'ks'),
    ...figure('L∞', 'l-infinity'),
    ...figure('Mean, in σ', 'mean-shift'),
    ...figure('σ, current ÷ reference', 'deviation-ratio'),
    ...(detectable === undefined
      ? []
      : [
          {
            label: 'Smallest change seen',
            value:
              detectable.unit === 'deviations'
                ? `${formatNumber(detectable.value, 2)} σ`
                : formatShare(detectable.value),
          },
        ]),
    ...(own?.critical === true ? [{ label: 'Critical', value: 'yes' }] : []),
    ...(own?.weight === undefined ? [] : [{ label: 'Weight', value: formatNumber(own.weight) }]),
    ...(readAgain.includes(column.name) ? [{ label: 'Read again', value: 'with all values' }] : []),
  ];
}

function compatTable(compat: readonly CompatFigure[]): Content {
  if (compat.length === 0) return undefined;
  return dataTable({
    caption: 'What other tools would say',
    columns: [
      { label: 'Tool' },
      { label: 'Figure' },
      { label: 'Value', kind: 'number' },
      { label: 'Its threshold', kind: 'number' },
      { label: 'It would say' },
    ],
    rows: compat,
    row: ({ tool, method, value, threshold, flagged }) => ({
      cells: [tool, method, value, threshold, flagged === undefined ? undefined : flagged ? 'drift' : 'no drift'],
    }),
  });
}

function qualitySection(findings: readonly QualityFinding[]): Section {
  return {
    title: 'Quality',
    lead: 'What is wrong with the data besides their distribution.',
    body: dataTable<QualityFinding>({
      caption: 'Findings',
      columns: [{ label: 'Column' }, { label: 'Check' }, { label: 'Found', wide: true }],
      rows: findings,
      row: (finding) => ({
        tone: 'warn',
        cells: [finding.column, checkTypeOf(finding.issue), paragraph(descriptionOf(finding))],
      }),
    }),
  };
}

function remarksSection({ warnings, leftOut }: Check): Section[] {
  if (warnings.length + leftOut.length === 0) return [];
  return [
    {
      title: 'Remarks',
      body: [
        warnings.slice(0, 100).map((warning) => note('warn', warning)),
        leftOut.length === 0 ? undefined : bullets(leftOut.slice(0, 100).map(leftOutText)),
      ],
    },
  ];
}

function decisionSection({ rules, mode, readAgain, sides }: Check): Section {
  const keys =
    rules.rule === 'two-key'
      ? 'its score reaches the threshold (the change matters) and its corrected p-value is below alpha (the change is not chance)'
      : rules.rule === 'score'
        ? 'its score reaches the threshold'
        : 'its corrected p-value is below alpha';
  return {
    title: 'How it was decided',
    body: bullets([
      `A column drifts when ${keys}.`,
      `Alpha is ${formatNumber(rules.alpha)}, corrected by ${rules.correction}; a column needs ${formatNumber(rules.minSamples)} values on each side.`,
      `The data drift when a critical column drifts, or columns of ${formatShare(rules.driftShare)} of the weight.`,
      `Values were held in mode ${mode}.${readAgain.length === 0 ? '' : ` Read again with all values: ${listed(readAgain)}.`} A figure with two bounds lies between them for certain.`,
      `Reference: ${sides.reference.source} (${sides.reference.kind}). Current: ${sides.current.source} (${sides.current.kind}).`,
    ]),
  };
}
