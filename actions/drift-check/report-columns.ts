import { type CategoryMovement, type CompatFigure, formatNumber, missingRate } from '@mlops-actions/core';
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
  movementSpark,
  note,
  prose,
  type Section,
  scoreBar,
  type TableCell,
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
  const isMissing = check.columns.some(({ reference, current }) => reference.missing + current.missing > 0);
  return {
    title: 'Columns',
    lead: 'The drifted first, then by score over threshold. A row opens to show both sides on the same edges.',
    body: dataTable<CheckedColumn>({
      caption: 'Columns',
      columns: [
        { label: 'Column' },
        { label: 'Verdict' },
        {
          label: 'Shape',
          hint: 'Grey: reference. Blue: current. Of many categories: bars up for those whose share grew most, down for those whose share fell.',
        },
        { label: 'Score', kind: 'number', hint: 'How far apart the two sides are.' },
        {
          label: 'Score ÷ threshold',
          hint: 'The line is the threshold, the end of the bar ten times of it. Red: drift. Grey beyond the line: likely by chance, as the p-value says.',
        },
        {
          label: 'Adjusted p',
          kind: 'number',
          hint: 'How likely such a difference is by chance, corrected for the number of columns.',
        },
        ...(isMissing ? [{ label: 'Missing', kind: 'number' as const }] : []),
      ],
      rows: check.columns,
      row: (column, index) => columnRow(column, check, index, isMissing),
    }),
  };
}

function columnRow(column: CheckedColumn, check: Check, index: number, isMissing: boolean): TableRow {
  const { name, verdict, score, adjustedP } = column;
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
              title: `Score of ${name}${isByChance(column) ? ': beyond the threshold, and likely by chance' : ''}`,
              value: score.value.lo,
              atMost: score.value.hi,
              threshold: score.threshold,
              tone: isByChance(column) ? 'unknown' : tone,
            }),
            sort: score.value.lo / score.threshold,
          },
      adjustedP === undefined ? undefined : { show: pText(adjustedP), sort: adjustedP.lo },
      ...(isMissing ? [missingCell(column)] : []),
    ],
    details: () => [
      column.reason === undefined ? undefined : note('unknown', prose(`Not judged: ${column.reason}.`)),
      isByChance(column) && adjustedP !== undefined
        ? note(
            'unknown',
            `The score ${score !== undefined && score.value.lo < score.threshold ? 'may be' : 'is'} beyond the threshold, but such a score is likely by chance: adjusted p is ${pText(adjustedP)}.`,
          )
        : undefined,
      gallery([picture(column), facts(columnFacts(column, check))]),
      compatTable(column.compat),
    ],
  };
}

/** A score beyond its threshold is no drift where the p-value says that chance makes such scores. */
function isByChance({ verdict, score }: CheckedColumn): boolean {
  return verdict === 'no-drift' && score !== undefined && score.value.hi >= score.threshold;
}

function missingCell({ reference, current }: CheckedColumn): TableCell {
  const [before, now] = [missingRate(reference), missingRate(current)];
  return { show: before + now === 0 ? undefined : `${formatShare(before)} → ${formatShare(now)}`, sort: now };
}

/** The shares of a few categories are a shape; of many only the movements say something. */
function spark({ name, histogram, movements, reference: before, current: now }: CheckedColumn): Content {
  if (histogram !== undefined) return histogramSpark({ title: name, ...histogram });
  if (movements === undefined || movements.length === 0) return undefined;
  const isAll = movements.every(({ category }) => category !== 'other') && referenceRows(movements) >= before.values;
  if (!isAll)
    return movementSpark({ title: name, categories: pairsOf(movements), totals: [before.values, now.values] });
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
  return categoryBars({ title: name, categories: pairsOf(movements), totals: [reference.values, current.values] });
}

/** Without the sum of those that were not kept, which the totals tell. */
function pairsOf(movements: readonly CategoryMovement[]): CategoryPair[] {
  return movements.flatMap(({ category, reference, current }) => {
    if (category === 'other') return [];
    return { name: category === 'missing' ? '(missing)' : category.name, reference, current };
  });
}

function referenceRows(movements: readonly CategoryMovement[]): number {
  return movements.reduce((sum, { reference }) => sum + reference, 0);
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
          { label: `Score (${score.method})`, value: intervalText(score.value) },
          { label: 'Threshold', value: formatNumber(score.threshold) },
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
