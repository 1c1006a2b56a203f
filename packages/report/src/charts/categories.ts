import { formatNumber, formatSigned } from '@mlops-actions/core';
import { formatShare } from '../html/figures.ts';
import { type Html, html } from '../html/markup.ts';
import { cut, longName } from '../html/names.ts';
import { box, chartWidth, emptyFigure, figure, fitted, label, line, svg } from './frame.ts';
import { linear, rowCount } from './scale.ts';

/** One category on both sides. */
export interface CategoryPair {
  readonly name: string;
  /** Rows. */
  readonly reference: number;
  readonly current: number;
}

export interface CategoryBars {
  readonly title: string;
  readonly categories: readonly CategoryPair[];
  /** Rows of each side in all, where `categories` are not all of them. */
  readonly totals?: readonly [number, number];
  readonly names?: readonly [string, string];
  /** How many categories are drawn; the others are summed up. Default 10. */
  readonly most?: number;
}

interface Movement {
  readonly name: string;
  readonly reference: number;
  readonly current: number;
}

const nameWidth = 98;
const valueWidth = 92;
const rowHeight = 26;

/** The categories whose shares moved most, each as a grey and a blue bar, largest movement first. */
export function categoryBars(data: CategoryBars): Html {
  const { title, names = ['reference', 'current'], most = 10 } = data;
  const { named, other, movements } = movementsOf(data);
  if (named.length === 0) return emptyFigure(title, 'No categories to show.');
  const shown = other === undefined ? named : [...named, other];
  const height = shown.length * rowHeight + 4;
  // The sum of all others is no category: in its scale the bars of the others would vanish.
  const x = linear(
    { low: 0, high: Math.max(...named.flatMap((each) => [each.reference, each.current]), 1e-9) },
    0,
    chartWidth - nameWidth - valueWidth,
  );
  return figure({
    title,
    remark: movements > most ? `The ${most} of ${formatNumber(movements)} categories that moved most.` : undefined,
    legend: [
      { kind: 'reference-area', name: names[0] },
      { kind: 'current-line', name: names[1] },
    ],
    picture: svg(
      { width: chartWidth, height, title, description: describe(shown, names) },
      named.map((each, index) => bars(each, index * rowHeight, x)),
      other === undefined ? undefined : texts(other, named.length * rowHeight),
    ),
    numbers: {
      headers: ['category', ...names, 'change (pp)'],
      rows: shown.map((each) => [
        longName(each.name),
        formatShare(each.reference),
        formatShare(each.current),
        points(each),
      ]),
    },
  });
}

const spark = { width: 96, height: 26, name: 'inline spark' };
/** In percentage points of all rows; less is drawn in proportion, so that nothing looks like much. */
const smallestScale = 0.02;

/**
 * The movements in the size of a word, for columns of too many categories to show their shares: a bar up for a category that gained, down
 * for one that lost, the largest movement first.
 */
export function movementSpark(data: Omit<CategoryBars, 'names'>): Html {
  const { named } = movementsOf(data);
  const middle = spark.height / 2;
  const drawing = {
    width: spark.width,
    height: spark.height,
    title: `Movements of ${data.title}`,
    classes: spark.name,
    description: named.length === 0 ? 'No values.' : describe(named, ['reference', 'current']),
  };
  const changes = named.map(({ reference, current }) => current - reference);
  const highest = Math.max(smallestScale, ...changes.map(Math.abs));
  const step = spark.width / Math.max(1, changes.length);
  return svg(
    drawing,
    changes.map((change, index) => {
      const length = (Math.abs(change) / highest) * (middle - 1);
      const kind = change >= 0 ? 'current-bar' : 'reference-bar';
      return box(kind, index * step + 1, change >= 0 ? middle - length : middle, step - 2, length);
    }),
    line('axis', 0, middle, spark.width, middle),
  );
}

function movementsOf({ categories, totals, most = 10 }: CategoryBars): {
  readonly named: readonly Movement[];
  /** All that are not named, where there are any. */
  readonly other?: Movement;
  readonly movements: number;
} {
  const sum = (side: 'reference' | 'current'): number =>
    categories.reduce((total, each) => total + rowCount(each[side]), 0);
  const listed = [sum('reference'), sum('current')] as const;
  const all = [
    Math.max(listed[0], rowCount(totals?.[0])) || 1,
    Math.max(listed[1], rowCount(totals?.[1])) || 1,
  ] as const;
  const sorted = categories
    .map((each) => ({
      name: each.name,
      reference: rowCount(each.reference) / all[0],
      current: rowCount(each.current) / all[1],
    }))
    .sort((a, b) => Math.abs(b.current - b.reference) - Math.abs(a.current - a.reference));
  const named = sorted.slice(0, most);
  const rest = sorted.slice(most);
  const other = {
    name: rest.length > 0 ? `${formatNumber(rest.length)} ${rest.length === 1 ? 'other' : 'others'}` : 'other',
    reference: (all[0] - listed[0]) / all[0] + rest.reduce((total, each) => total + each.reference, 0),
    current: (all[1] - listed[1]) / all[1] + rest.reduce((total, each) => total + each.current, 0),
  };
  const hasOther = rest.length > 0 || other.reference > 1e-9 || other.current > 1e-9;
  if (listed[0] + listed[1] === 0) return { named: [], movements: 0 };
  return { named, ...(hasOther ? { other } : {}), movements: sorted.length };
}

function bars(each: Movement, y: number, x: (share: number) => number): Html {
  const tip = `${cut(each.name)}: ${formatShare(each.reference)} → ${formatShare(each.current)} (${points(each)} pp)`;
  return html`${texts(each, y)}${box('reference-bar', nameWidth, y + 4, x(each.reference), 8)}${box('current-bar', nameWidth, y + 13, x(each.current), 8)}${line('axis', nameWidth, y + 2, nameWidth, y + 23)}${box('hover', 0, y, chartWidth, rowHeight, tip)}`;
}

function texts(each: Movement, y: number): Html[] {
  const name = fitted(each.name === '' ? '(empty)' : each.name, nameWidth - 8);
  return [label(nameWidth - 8, y + 17, name, 'end', 'strong'), label(chartWidth, y + 17, change(each), 'end')];
}

function change(each: Movement): string {
  if (each.reference === 0 && each.current > 0) return `new, ${formatShare(each.current)}`;
  if (each.current === 0 && each.reference > 0) return `gone, was ${formatShare(each.reference)}`;
  return `${formatNumber(Number((each.reference * 100).toFixed(1)))} → ${formatShare(each.current)}`;
}

/** The difference of the shares in percentage points. */
function points(each: Movement): string {
  return formatSigned(Number(((each.current - each.reference) * 100).toFixed(1)));
}

function describe(shown: readonly Movement[], names: readonly [string, string]): string {
  const sentences = shown
    .slice(0, 3)
    .map((each) => `${fitted(each.name, 200)} from ${formatShare(each.reference)} to ${formatShare(each.current)}`);
  return `Shares of rows, ${names[0]} against ${names[1]}: ${sentences.join('; ')}.`;
}
