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
  const { shown, movements } = movementsOf(data);
  if (shown.length === 0) return emptyFigure(title, 'No categories to show.');
  const height = shown.length * rowHeight + 4;
  const x = linear(
    { low: 0, high: Math.max(...shown.flatMap((each) => [each.reference, each.current]), 1e-9) },
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
      shown.map((each, index) => bars(each, index * rowHeight, x)),
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

function movementsOf({ categories, totals, most = 10 }: CategoryBars): {
  readonly shown: readonly Movement[];
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
  const shown = sorted.slice(0, most);
  const rest = sorted.slice(most);
  const other = {
    name: rest.length > 0 ? `${formatNumber(rest.length)} ${rest.length === 1 ? 'other' : 'others'}` : 'other',
    reference: (all[0] - listed[0]) / all[0] + rest.reduce((total, each) => total + each.reference, 0),
    current: (all[1] - listed[1]) / all[1] + rest.reduce((total, each) => total + each.current, 0),
  };
  const hasOther = rest.length > 0 || other.reference > 1e-9 || other.current > 1e-9;
  if (listed[0] + listed[1] === 0) return { shown: [], movements: 0 };
  return { shown: hasOther ? [...shown, other] : shown, movements: sorted.length };
}

function bars(each: Movement, y: number, x: (share: number) => number): Html {
  const tip = `${cut(each.name)}: ${formatShare(each.reference)} → ${formatShare(each.current)} (${points(each)} pp)`;
  return html`${label(nameWidth - 8, y + 17, fitted(each.name === '' ? '(empty)' : each.name, nameWidth - 8), 'end', 'strong')}${box('reference-bar', nameWidth, y + 4, x(each.reference), 8)}${box('current-bar', nameWidth, y + 13, x(each.current), 8)}${line('axis', nameWidth, y + 2, nameWidth, y + 23)}${label(chartWidth, y + 17, change(each), 'end')}${box('hover', 0, y, chartWidth, rowHeight, tip)}`;
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
