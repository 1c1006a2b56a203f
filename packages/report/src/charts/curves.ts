import { formatNumber } from '@mlops-actions/core';
import { type Html, html } from '../html/markup.ts';
import { cut } from '../html/names.ts';
import {
  chartWidth,
  emptyFigure,
  figure,
  type LegendEntry,
  type LineStyle,
  label,
  line,
  polyline,
  svg,
} from './frame.ts';
import { linear, pixel, rowCount } from './scale.ts';

/** The curve of one model, in the unit square. */
export interface Curve {
  readonly name: string;
  /** The points in order; both lists as long. Points that are not finite are left out. */
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** On how many rows each point stands, where points are averages of rows. */
  readonly rows?: ArrayLike<number>;
  /** The figure that sums it up, as it stands in the legend: `AUC 0.912`. */
  readonly figure?: string;
  /** Where the model works: its threshold's point. */
  readonly point?: readonly [number, number];
}

/** One or two models: the champion first, then the candidate. */
export interface CurveChart {
  readonly title: string;
  readonly champion?: Curve;
  readonly candidate: Curve;
}

interface Axes {
  readonly x: string;
  readonly y: string;
  /** A line that says "no better than chance" or "perfect". */
  readonly guide?: {
    readonly name: string;
    readonly from: readonly [number, number];
    readonly to: readonly [number, number];
  };
  /** Points are drawn as well: they are what was measured. Those of few rows say little, and lines end at them. */
  readonly dots?: boolean;
}

/** A share of fewer rows is mostly chance: one row more or less moves it by more than 0.05. */
const fewRows = 20;

/** True positive rate over false positive rate. */
export function rocCurves(chart: CurveChart): Html {
  return curves(chart, {
    x: 'false positive rate',
    y: 'true positive rate',
    guide: { name: 'chance', from: [0, 0], to: [1, 1] },
  });
}

/** Precision over recall. `prevalence` is the share of positives: what guessing reaches. */
export function precisionRecallCurves(chart: CurveChart & { readonly prevalence?: number }): Html {
  const { prevalence } = chart;
  const axes = { x: 'recall', y: 'precision' };
  if (prevalence === undefined || !Number.isFinite(prevalence)) return curves(chart, axes);
  return curves(chart, { ...axes, guide: { name: 'chance', from: [0, prevalence], to: [1, prevalence] } });
}

/** Share of positives over mean predicted probability, a point a bin; larger points are of more rows. */
export function calibrationCurves(chart: CurveChart): Html {
  return curves(chart, {
    x: 'predicted probability',
    y: 'share of positives',
    guide: { name: 'perfectly calibrated', from: [0, 0], to: [1, 1] },
    dots: true,
  });
}

/** x and y, and rows where they are known. */
type Point = readonly [number, number, number?];

const height = 300;
const area = { left: 38, right: 12, top: 8, bottom: 40 };

function curves({ title, champion, candidate }: CurveChart, axes: Axes): Html {
  const lines = [
    ...(champion ? [{ curve: named(champion), style: 'reference-line' as LineStyle, points: pointsOf(champion) }] : []),
    { curve: named(candidate), style: 'current-line' as LineStyle, points: pointsOf(candidate) },
  ].filter(({ points }) => points.length > 0);
  if (lines.length === 0) return emptyFigure(title, 'No points to show.');
  const x = linear({ low: 0, high: 1 }, area.left, chartWidth - area.right);
  const y = linear({ low: 0, high: 1 }, height - area.bottom, area.top);
  const { guide } = axes;
  const names = lines.map(({ curve }) => (curve.figure === undefined ? curve.name : `${curve.name}: ${curve.figure}`));
  const legend: LegendEntry[] = [
    ...lines.map(({ style }, index) => ({ kind: style, name: names[index] ?? '' })),
    ...(guide ? [{ kind: 'guide' as const, name: guide.name }] : []),
  ];
  const isWeak = lines.some(({ points }) => points.some(isFaint));
  const mostRows = Math.max(...lines.flatMap(({ points }) => points.map(([, , rows = 0]) => rows)));
  return figure({
    title,
    ...(isWeak ? { remark: `Hollow points are of fewer than ${fewRows} rows.` } : {}),
    legend,
    picture: svg(
      { width: chartWidth, height, title, description: `${axes.y} over ${axes.x}. ${names.join('. ')}.` },
      frame(axes, x, y),
      guide ? line('guide', x(guide.from[0]), y(guide.from[1]), x(guide.to[0]), y(guide.to[1])) : undefined,
      lines.map(({ curve, style, points }) => [
        stretchesOf(points).map((stretch) =>
          polyline(
            style,
            thinned(stretch).map(([left, high]) => [x(left), y(high)] as const),
          ),
        ),
        axes.dots === true
          ? points.slice(0, 60).map((point) => dot(style, point, x, y, radiusOf(point, mostRows)))
          : undefined,
        curve.point ? dot(style, curve.point, x, y, 5) : undefined,
      ]),
    ),
    numbers: {
      headers: ['model', axes.x, axes.y, ...(mostRows > 0 ? ['rows'] : [])],
      rows: lines.flatMap(({ curve, points }) =>
        sampled(points, mostRows > 0 ? 60 : 11).map(([left, high, rows]) => [
          curve.name,
          formatNumber(left, 3),
          formatNumber(high, 3),
          ...(mostRows > 0 ? [rows === undefined ? '' : formatNumber(rows)] : []),
        ]),
      ),
    },
  });
}

function frame(axes: Axes, x: (value: number) => number, y: (value: number) => number): Html {
  const marks = [0, 0.25, 0.5, 0.75, 1];
  const middle = (area.top + height - area.bottom) / 2;
  return html`${marks.map((value) => [
    line('grid', x(value), y(0), x(value), y(1)),
    line('grid', x(0), y(value), x(1), y(value)),
    label(x(value), height - area.bottom + 15, String(value), 'middle'),
    label(area.left - 5, y(value) + 4, String(value), 'end'),
  ])}${label((x(0) + x(1)) / 2, height - 6, axes.x, 'middle')}<text class="middle" transform="translate(8 ${pixel(middle)}) rotate(-90)">${axes.y}</text>`;
}

function isFaint([, , rows]: Point): boolean {
  return rows !== undefined && rows < fewRows;
}

/** The points between those of few rows, where a line says something. */
function stretchesOf(points: readonly Point[]): Point[][] {
  const stretches: Point[][] = [[]];
  for (const point of points) {
    if (isFaint(point)) stretches.push([]);
    else stretches.at(-1)?.push(point);
  }
  return stretches;
}

/** The area of a point grows with its rows, from a size that can be seen. */
function radiusOf([, , rows]: Point, mostRows: number): number {
  return rows === undefined || mostRows <= 0 ? 3 : 2.5 + 3.5 * Math.sqrt(rows / mostRows);
}

function dot(
  style: LineStyle,
  point: Point,
  x: (value: number) => number,
  y: (value: number) => number,
  radius: number,
): Html | undefined {
  const [left, high, rows] = point;
  if (!Number.isFinite(left) || !Number.isFinite(high)) return undefined;
  const kind = `${style.replace('line', 'dot')}${isFaint(point) ? ' faint' : ''}`;
  const count = rows === undefined ? '' : `, ${formatNumber(rows)} rows`;
  return html`<circle class="${kind}" cx="${pixel(x(left))}" cy="${pixel(y(high))}" r="${pixel(radius)}"><title>${formatNumber(left, 3)}, ${formatNumber(high, 3)}${count}</title></circle>`;
}

function named(curve: Curve): Curve {
  return { ...curve, name: cut(curve.name) };
}

function pointsOf({ x, y, rows }: Curve): Point[] {
  const points: Point[] = [];
  for (let index = 0; index < Math.min(x.length, y.length); index++) {
    const [left, high] = [x[index] as number, y[index] as number];
    if (!Number.isFinite(left) || !Number.isFinite(high)) continue;
    points.push(rows === undefined ? [left, high] : [left, high, rowCount(rows[index])]);
  }
  return points;
}

/** Points closer than half a pixel to the one before say nothing. */
function thinned(points: readonly Point[]): Point[] {
  const closest = 0.5 / chartWidth;
  const kept: Point[] = [];
  for (const [index, point] of points.entries()) {
    const last = kept.at(-1);
    const isFar = !last || Math.hypot(point[0] - last[0], point[1] - last[1]) >= closest;
    if (isFar || index === points.length - 1) kept.push(point);
  }
  return kept;
}

function sampled(points: readonly Point[], count: number): Point[] {
  if (points.length <= count) return [...points];
  return Array.from(
    { length: count },
    (_, index) => points[Math.round((index * (points.length - 1)) / (count - 1))] as Point,
  );
}
