import { type CompatFigure, formatNumber, missingRate } from '@mlops-actions/core';
import {
  badge,
  type CategoryPair,
  type Content,
  categoryBars,
  dataTable,
  type Fact,
  facts,
  formatShare,
  gallery,
  histogramPair,
  histogramSpark,
  note,
  type Section,
  scoreBar,
  type TableRow,
  type Tone,
} from '@mlops-actions/report';
import type { Check, CheckedColumn } from './check.ts';
import { intervalText, pText } from './figures.ts';

const columnTones: Readonly<Record<CheckedColumn['verdict'], Tone>> = {
  drift: 'bad',
  undecided: 'warn',
  'no-drift': 'good',
  'insufficient-data': 'unknown',
};

/** Every column with its score, its picture and its figures. */
export function columnsSection(check: Check): Section {
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
            label: 'Smallest significant change',
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
