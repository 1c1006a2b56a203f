import { formatNumber, formatSigned } from '@mlops-actions/core';
import { type Content, type Html, html } from '../html/markup.ts';
import { longName } from '../html/names.ts';
import type { Tone } from '../html/parts.ts';
import { axisTexts, box, emptyFigure, figure, fitted, label, line, svg } from './frame.ts';
import { axisLabels, type Domain, domainOf, linear, pixel, ticks, widened } from './scale.ts';

export interface ForestRow {
  readonly name: string;
  /** A difference, candidate against champion, oriented so that + is better. */
  readonly estimate: number;
  /** Its confidence interval; -∞ or ∞ where it is one-sided. */
  readonly low: number;
  readonly high: number;
  readonly tone: Tone;
  /** The row's own limit, where it is not the chart's. */
  readonly margin?: number;
  /** Stands behind the name: `n = 812`. */
  readonly remark?: string;
}

export interface ForestPlot {
  readonly title: string;
  readonly rows: readonly ForestRow[];
  /** How much worse the candidate may be, as a number ≥ 0; the limit is drawn at its negative. */
  readonly margin?: number;
  /** What is compared with what. Default: candidate, champion. */
  readonly names?: readonly [string, string];
  /** What the differences are measured in. Default: difference. */
  readonly measure?: string;
  /** Rows drawn; default 30, in the order given. */
  readonly most?: number;
}

/** Differences with their intervals, against zero and the margin: what lies left of the margin's line is worse than allowed. */
export function forestPlot(data: ForestPlot): Html {
  const { title, most = 30, names: [one, other] = ['candidate', 'champion'] } = data;
  const rows = data.rows.filter((row) => Number.isFinite(row.estimate)).slice(0, most);
  const limits = rows.map((row) => -(row.margin ?? data.margin ?? 0));
  const domain = domainOf([0, ...limits, ...rows.flatMap((row) => [row.estimate, row.low, row.high])]);
  if (rows.length === 0 || !domain) return emptyFigure(title, 'No differences to show.');
  const left = data.rows.length - rows.length;
  return figure({
    title,
    broad: true,
    remark: [
      `Difference, ${one} against ${other}, with its confidence interval. Right of zero is better; in the red field it is worse than the margin allows.`,
      left > 0 ? ` ${formatNumber(left)} more in report.json.` : undefined,
    ],
    picture: [
      draw(data, rows, widened(domain, 0.06), 760, 'wide-only'),
      draw(data, rows, widened(domain, 0.06), 340, 'narrow'),
    ],
    numbers: {
      headers: ['', 'difference', 'from', 'to', 'margin'],
      rows: rows.map((row) => [
        longName(row.name),
        formatSigned(row.estimate),
        formatSigned(row.low),
        formatSigned(row.high),
        marginText(row.margin ?? data.margin),
      ]),
    },
  });
}

function marginText(margin: number | undefined): Content {
  return margin === undefined ? '–' : formatNumber(-margin);
}

function draw(data: ForestPlot, rows: readonly ForestRow[], domain: Domain, width: number, classes: string): Html {
  const isWide = width > 500;
  const [from, to] = isWide ? [190, width - 165] : [8, width - 8];
  const rowHeight = isWide ? 28 : 44;
  const top = 22;
  const floor = top + rows.length * rowHeight;
  const height = floor + 26;
  const x = linear(domain, from, to);
  const values = ticks(domain, isWide ? 6 : 4);
  const texts = axisLabels(values).map((text, index) => ((values[index] ?? 0) > 0 ? `+${text}` : text));
  const ground = rows.map((row, index) => {
    const margin = row.margin ?? data.margin;
    const y = top + index * rowHeight;
    return margin === undefined
      ? undefined
      : [
          box('forbidden', from, y, x(-margin) - from, rowHeight),
          line('limit', x(-margin), y, x(-margin), y + rowHeight),
        ];
  });
  return svg(
    { width, height, title: data.title, description: describe(data, rows), classes },
    ground,
    values.map((value) => line('grid', x(value), top, x(value), floor)),
    line('zero', x(0), top - 4, x(0), floor),
    label(x(0) - 6, 12, '← worse', 'end'),
    label(x(0) + 6, 12, 'better →'),
    axisTexts(
      values.map((value, index) => ({ at: x(value), text: texts[index] ?? '' })),
      floor + 16,
      width,
    ),
    rows.map((row, index) =>
      drawRow(row, top + index * rowHeight, { x, from, to, width, isWide, write: writer(values) }),
    ),
  );
}

interface Plot {
  readonly x: (value: number) => number;
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly isWide: boolean;
  readonly write: (value: number) => string;
}

/** Differences with one digit more than the axis, so that they stand below one another. */
function writer(values: readonly number[]): (value: number) => string {
  const step = Math.abs((values[1] ?? 1) - (values[0] ?? 0));
  const decimals = Math.ceil(-Math.log10(step)) + 1;
  if (!(decimals >= 0 && decimals <= 8)) return (value) => formatSigned(value, 3);
  return (value) =>
    Number.isFinite(value) ? `${value > 0 ? '+' : ''}${value.toFixed(decimals)}` : formatSigned(value);
}

function drawRow(row: ForestRow, top: number, { x, from, to, width, isWide, write }: Plot): Html {
  const middle = isWide ? top + 14 : top + 31;
  const [low, high] = [x(row.low), x(row.high)];
  const figures = `${write(row.estimate)} [${write(row.low)}, ${write(row.high)}]`;
  const remark = row.remark === undefined ? '' : ` · ${row.remark}`;
  const texts = isWide
    ? [
        label(from - 12, middle + 4, fitted(row.name + remark, from - 14), 'end', 'strong'),
        label(width, middle + 4, figures, 'end'),
      ]
    : [label(0, top + 14, fitted(row.name, 150), 'start', 'heavy'), label(width, top + 14, figures, 'end')];
  const ends = [
    Number.isFinite(row.low)
      ? line(`${row.tone}-line`, low, middle - 4, low, middle + 4)
      : arrow(row.tone, from, middle, 1),
    Number.isFinite(row.high)
      ? line(`${row.tone}-line`, high, middle - 4, high, middle + 4)
      : arrow(row.tone, to, middle, -1),
  ];
  return html`${texts}${line(`${row.tone}-line`, low, middle, high, middle)}${ends}${mark(row.tone, x(row.estimate), middle)}`;
}

function arrow(tone: Tone, x: number, y: number, direction: 1 | -1): Html {
  return html`<path class="${tone}-line" d="M${pixel(x + 5 * direction)} ${pixel(y - 4)}L${pixel(x)} ${pixel(y)}L${pixel(x + 5 * direction)} ${pixel(y + 4)}"/>`;
}

/** A circle when it passes, a square when it does not, a hollow diamond when it could not be told: shapes, for who does not see colours. */
function mark(tone: Tone, x: number, y: number): Html {
  if (tone === 'good') return html`<circle class="good-mark" cx="${pixel(x)}" cy="${pixel(y)}" r="5"/>`;
  if (tone === 'bad')
    return html`<rect class="bad-mark" x="${pixel(x - 4.5)}" y="${pixel(y - 4.5)}" width="9" height="9"/>`;
  return html`<path class="${tone}-mark" stroke-width="2" d="M${pixel(x)} ${pixel(y - 6)}l6 6l-6 6l-6 -6z"/>`;
}

function describe({ margin, measure = 'difference' }: ForestPlot, rows: readonly ForestRow[]): string {
  const limit = margin === undefined ? '' : ` The margin is ${formatNumber(-margin)}.`;
  const sentences = rows
    .slice(0, 5)
    .map(
      (row) =>
        `${fitted(row.name, 200)} ${formatSigned(row.estimate)}, from ${formatSigned(row.low)} to ${formatSigned(row.high)}`,
    );
  const more = rows.length > 5 ? ` And ${rows.length - 5} more.` : '';
  return `${measure}: ${sentences.join('; ')}.${limit}${more}`;
}
