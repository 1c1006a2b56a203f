import { formatMoment } from '../html/figures.ts';
import type { Html } from '../html/markup.ts';
import { cut } from '../html/names.ts';
import type { Tone } from '../html/parts.ts';
import { axisTexts, box, emptyFigure, figure, fitted, label, svg } from './frame.ts';
import { linear, timeTicks } from './scale.ts';

export interface StatusCell {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly tone: Tone;
  /** What was seen, for who points at it. */
  readonly tip: string;
}

export interface StatusRow {
  readonly name: string;
  /** How it was over all the time, such as `99.98 %`. */
  readonly figure: string;
  /** In ascending order; 240 at most are drawn, the newest. */
  readonly cells: readonly StatusCell[];
}

export interface StatusStrip {
  readonly title: string;
  readonly rows: readonly StatusRow[];
}

const mostCells = 240;
const mostRows = 40;
const rowHeight = 34;
const bottom = 22;
const marks: Readonly<Record<Tone, string>> = { good: 'good-bar', warn: 'warn-bar', bad: 'bad-bar', unknown: 'track' };
/** Bad cells are taller than good ones, for those who do not see their colours. */
const heights: Readonly<Record<Tone, number>> = { good: 10, unknown: 4, warn: 13, bad: 16 };

/** How it went, stretch by stretch of time, as a status page shows it. Drawn twice, for a wide page and for a phone. */
export function statusStrip({ title, rows }: StatusStrip): Html {
  const shown = rows.slice(0, mostRows).map((row) => ({
    ...row,
    cells: row.cells
      .filter(({ from, to }) => Number.isFinite(from) && Number.isFinite(to) && to > from)
      .slice(-mostCells),
  }));
  const starts = shown.flatMap(({ cells }) => cells.map(({ from }) => from));
  const ends = shown.flatMap(({ cells }) => cells.map(({ to }) => to));
  if (starts.length === 0) return emptyFigure(title, 'Nothing was measured.');
  const time = { low: Math.min(...starts), high: Math.max(...ends) };
  return figure({
    title,
    broad: true,
    remark:
      'Low and green: no errors. Higher and amber or red: some, or more than allowed. A thin grey line: no requests.',
    picture: [draw(title, shown, time, 760, 'wide-only'), draw(title, shown, time, 340, 'narrow')],
  });
}

function draw(
  title: string,
  rows: readonly StatusRow[],
  time: { readonly low: number; readonly high: number },
  width: number,
  classes: string,
): Html {
  const height = rows.length * rowHeight + bottom;
  const x = linear(time, 0, width);
  const drawn = rows.map(({ name, figure: text, cells }, index) => {
    const base = index * rowHeight + rowHeight - 2;
    return [
      label(0, base - 20, fitted(name, width * 0.7), 'start', 'strong'),
      label(width, base - 20, cut(text, 20), 'end'),
      cells.map(({ from, to, tone, tip }) => {
        const left = x(from);
        const size = heights[tone];
        const gap = x(to) - left > 3 ? 1 : 0;
        return box(marks[tone], left, base - size, x(to) - left - gap, size, `${formatMoment(from)}: ${cut(tip, 120)}`);
      }),
    ];
  });
  const axis = axisTexts(
    timeTicks(time, width > 500 ? 8 : 4).map(({ value, label: text }) => ({ at: x(value), text })),
    height - 5,
    width,
  );
  return svg({ width, height, title, description: describe(rows), classes }, drawn, axis);
}

function describe(rows: readonly StatusRow[]): string {
  return rows
    .map(({ name, figure: text, cells }) => {
      const bad = cells.filter(({ tone }) => tone === 'bad').length;
      return `${cut(name)}: ${cut(text, 20)}, ${bad} of ${cells.length} stretches of time were bad.`;
    })
    .join(' ');
}
