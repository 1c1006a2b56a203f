import { formatMoment, formatShare } from '../html/figures.ts';
import { asHtml, type Html, html } from '../html/markup.ts';
import { axisTexts, box, chartWidth, emptyFigure, figure, label, line, svg, textWidth } from './frame.ts';
import { axisLabels, linear, pixel, rowCount, ticks, timeTicks } from './scale.ts';

/** Two histograms on the same edges. */
export interface HistogramPair {
  readonly title: string;
  /** B + 1 ascending edges. The first may be -∞ and the last ∞: those bins are drawn as tails at the sides. */
  readonly edges: ArrayLike<number>;
  /** Rows in each of the B bins. */
  readonly reference: ArrayLike<number>;
  readonly current: ArrayLike<number>;
  /** What the two sides are called. Default: reference, current. */
  readonly names?: readonly [string, string];
  /** Edges are numbers, or moments in milliseconds since 1970. */
  readonly kind?: 'number' | 'time';
}

interface Bin {
  readonly low: number;
  readonly high: number;
  readonly reference: number;
  readonly current: number;
}

const mostBins = 60;
const height = 168;
const top = 12;
const bottom = 24;
const tailWidth = 44;

/**
 * Reference as a grey area, current as a blue outline over it. Heights are densities, so that areas are shares of rows even where
 * bins differ in width. Bins too thin to see are drawn equally wide instead, and the chart says so.
 */
export function histogramPair(data: HistogramPair): Html {
  const { title, names = ['reference', 'current'] } = data;
  const bins = binsOf(data);
  if (bins.length === 0) return emptyFigure(title, 'No values to show.');
  const format = data.kind === 'time' ? formatMoment : undefined;
  const drawing = draw(bins, data.kind ?? 'number');
  return figure({
    title,
    remark: drawing.remark,
    legend: [
      { kind: 'reference-area', name: names[0] },
      { kind: 'current-line', name: names[1] },
    ],
    picture: svg({ width: chartWidth, height, title, description: describe(bins, names, format) }, drawing.marks),
    numbers: {
      headers: ['bin', ...names],
      rows: bins.map((bin) => [binName(bin, format), formatShare(bin.reference), formatShare(bin.current)]),
    },
  });
}

/** The same in the size of a word, for a cell of a table. `label` says whose it is. */
export function histogramSpark(data: Omit<HistogramPair, 'kind' | 'names'>): Html {
  const bins = binsOf(data);
  const drawing = { width: 96, height: 26, title: `Shape of ${data.title}`, classes: 'inline spark' };
  if (bins.length === 0) return svg({ ...drawing, description: 'No values.' }, line('grid', 0, 25, 96, 25));
  const layout = layoutOf(bins, 0, 96);
  const y = linear({ low: 0, high: layout.highest }, 25, 2);
  return svg(
    { ...drawing, description: describe(bins, ['reference', 'current']) },
    outline('reference-area', layout, (bin) => y(layout.height(bin.reference, bin)), 25, true),
    outline('current-line', layout, (bin) => y(layout.height(bin.current, bin)), 25, false),
  );
}

/** Shares by bin; neighbours are joined until there are at most 60. Counts that are no counts are 0. */
function binsOf({ edges, reference, current }: Pick<HistogramPair, 'edges' | 'reference' | 'current'>): Bin[] {
  const count = Math.min(edges.length - 1, reference.length, current.length);
  const totals = [reference, current].map((counts) => {
    let total = 0;
    for (let index = 0; index < count; index++) total += rowCount(counts[index]);
    return total || 1;
  });
  const [referenceTotal = 1, currentTotal = 1] = totals;
  const bins: Bin[] = [];
  const joined = Math.ceil(Math.max(0, count - 2) / (mostBins - 2)) || 1;
  for (let start = 0; start < count; ) {
    // Tails stay what they are.
    const isTail = start === 0 || start === count - 1;
    const end = isTail ? start + 1 : Math.min(count - 1, start + joined);
    let [left, right] = [0, 0];
    for (let index = start; index < end; index++) {
      left += rowCount(reference[index]) / referenceTotal;
      right += rowCount(current[index]) / currentTotal;
    }
    const [low, high] = [edges[start] as number, edges[end] as number];
    if (low <= high) bins.push({ low, high, reference: left, current: right });
    start = end;
  }
  return bins.some((bin) => bin.reference > 0 || bin.current > 0) ? bins : [];
}

interface Layout {
  readonly bins: readonly Bin[];
  readonly left: (bin: Bin) => number;
  readonly right: (bin: Bin) => number;
  /** What is drawn upwards for a share of rows. */
  readonly height: (share: number, bin: Bin) => number;
  readonly highest: number;
  /** Bins are equally wide, whatever their edges. */
  readonly even: boolean;
}

function isTail({ low, high }: Bin): boolean {
  return !Number.isFinite(low) || !Number.isFinite(high);
}

function layoutOf(bins: readonly Bin[], from: number, to: number): Layout {
  const inner = bins.filter((bin) => !isTail(bin));
  const tail = (to - from) * (tailWidth / chartWidth);
  const start = bins[0] && bins[0].low === Number.NEGATIVE_INFINITY ? from + tail : from;
  const end = bins.at(-1)?.high === Number.POSITIVE_INFINITY ? to - tail : to;
  const low = inner[0]?.low ?? 0;
  const high = inner.at(-1)?.high ?? 0;
  const x = linear({ low, high }, start, end);
  const thin = inner.filter((bin) => x(bin.high) - x(bin.low) < ((to - from) / chartWidth) * 1.5).length;
  const even = inner.length === 0 || thin > inner.length / 2 || inner.some((bin) => bin.low === bin.high);
  const place = new Map(bins.map((bin, index) => [bin, index]));
  const left = (bin: Bin): number => {
    if (even) return from + ((to - from) * (place.get(bin) ?? 0)) / bins.length;
    if (bin.low === Number.NEGATIVE_INFINITY) return from;
    return bin.high === Number.POSITIVE_INFINITY ? end : x(bin.low);
  };
  const right = (bin: Bin): number => {
    if (even) return from + ((to - from) * ((place.get(bin) ?? 0) + 1)) / bins.length;
    if (bin.high === Number.POSITIVE_INFINITY) return to;
    return bin.low === Number.NEGATIVE_INFINITY ? start : x(bin.high);
  };
  // Per pixel: a tail has a width on the drawing alone, and its area is its share like any other.
  const height = (share: number, bin: Bin): number => share / Math.max(0.01, right(bin) - left(bin));
  const bodies = inner.length > 0 && !even ? inner : bins;
  const highest = Math.max(...bodies.flatMap((bin) => [height(bin.reference, bin), height(bin.current, bin)]));
  const tallest = Math.max(...bins.flatMap((bin) => [height(bin.reference, bin), height(bin.current, bin)]));
  return { bins, left, right, height, highest: highest > 0 ? Math.min(tallest, highest * 1.25) : tallest, even };
}

function outline(kind: string, layout: Layout, y: (bin: Bin) => number, floor: number, closed: boolean): Html {
  let path = '';
  for (const bin of layout.bins) {
    const [left, right, high] = [pixel(layout.left(bin)), pixel(layout.right(bin)), pixel(y(bin))];
    path += path === '' ? `M${left} ${pixel(floor)}V${high}H${right}` : `V${high}H${right}`;
  }
  return asHtml(`<path class="${kind}" d="${path}V${pixel(floor)}${closed ? 'Z' : ''}"/>`);
}

function draw(
  bins: readonly Bin[],
  kind: 'number' | 'time',
): { readonly marks: Html; readonly remark: string | undefined } {
  const floor = height - bottom;
  const widths = bins.filter((bin) => !isTail(bin)).map((bin) => bin.high - bin.low);
  const equal = widths.length > 0 && Math.max(...widths) <= Math.min(...widths) * 1.001;
  const probe = layoutOf(bins, 0, chartWidth);
  const scaled = equal || probe.even;
  const layout = layoutOf(bins, scaled ? 34 : 2, chartWidth - 2);
  const y = linear({ low: 0, high: layout.highest }, floor, top);
  const first = bins.find((bin) => !isTail(bin)) ?? bins[0];
  const perShare = first ? layout.height(1, first) : 1;
  const grid = scaled
    ? ticks({ low: 0, high: layout.highest / perShare }, 4).map(
        (share) =>
          html`${line('grid', 34, y(share * perShare), chartWidth, y(share * perShare))}${label(30, y(share * perShare) + 4, formatShare(share), 'end')}`,
      )
    : [];
  const marks = html`${grid}${outline('reference-area', layout, (bin) => y(layout.height(bin.reference, bin)), floor, true)}${outline('current-area', layout, (bin) => y(layout.height(bin.current, bin)), floor, true)}${outline('current-line', layout, (bin) => y(layout.height(bin.current, bin)), floor, false)}${line('axis', scaled ? 34 : 0, floor, chartWidth, floor)}${edgeLabels(layout, kind)}${tailShares(layout, y)}${hovers(layout, floor, kind)}`;
  if (layout.even) return { marks, remark: 'Bins are drawn equally wide; their edges are on the axis.' };
  return { marks, remark: scaled ? undefined : 'Bins differ in width: areas are shares of rows.' };
}

function edgeLabels(layout: Layout, kind: 'number' | 'time'): Html[] {
  const y = height - 8;
  const inner = layout.bins.filter((bin) => !isTail(bin));
  const [first, last] = [inner[0], inner.at(-1)];
  if (!first || !last) return axisTexts([{ at: chartWidth / 2, text: 'all values' }], y, chartWidth);
  if (layout.even) {
    const edges = layout.bins.flatMap((bin) =>
      Number.isFinite(bin.low) ? [{ at: layout.left(bin), value: bin.low }] : [],
    );
    const end = last.high === last.low ? [] : [{ at: layout.right(last), value: last.high }];
    const all = [...edges, ...end];
    const texts =
      kind === 'time'
        ? all.map(({ value }) => formatMoment(value).slice(0, 10))
        : axisLabels(all.map(({ value }) => value));
    return axisTexts(
      all.map(({ at }, index) => ({ at, text: texts[index] ?? '' })),
      y,
      chartWidth,
    );
  }
  const domain = { low: first.low, high: last.high };
  const x = linear(domain, layout.left(first), layout.right(last));
  const values = kind === 'time' ? timeTicks(domain, 5) : labelled(ticks(domain, 5));
  const tails = layout.bins.filter(isTail).map((bin) => ({
    at: (layout.left(bin) + layout.right(bin)) / 2,
    text: bin.low === Number.NEGATIVE_INFINITY ? `< ${edgeText(bin.high, kind)}` : `≥ ${edgeText(bin.low, kind)}`,
  }));
  const lowTail = tails.filter(({ at }) => at < layout.left(first));
  const highTail = tails.filter(({ at }) => at > layout.right(first));
  // Ticks near a tail give way to its label, which says the same edge.
  const from = Math.max(0, ...lowTail.map(({ at, text }) => at + textWidth(text) / 2 + 8));
  const to = Math.min(
    chartWidth,
    ...highTail.map(({ at, text }) => Math.min(at, chartWidth - textWidth(text) / 2) - textWidth(text) / 2 - 8),
  );
  const clear = values
    .map(({ value, label: text }) => ({ at: x(value), text }))
    .filter(
      ({ at, text }) =>
        (lowTail.length === 0 || at - textWidth(text) / 2 >= from) &&
        at + textWidth(text) / 2 <= (highTail.length > 0 ? to : Number.POSITIVE_INFINITY),
    );
  return axisTexts([...lowTail, ...clear, ...highTail], y, chartWidth);
}

function labelled(values: readonly number[]): { readonly value: number; readonly label: string }[] {
  const texts = axisLabels(values);
  return values.map((value, index) => ({ value, label: texts[index] ?? '' }));
}

function edgeText(value: number, kind: 'number' | 'time'): string {
  return kind === 'time' ? formatMoment(value).slice(0, 10) : (axisLabels([value])[0] ?? '');
}

/** A tail may be higher than the drawing; its shares stand over it. */
function tailShares(layout: Layout, y: (height: number) => number): Html[] {
  return layout.bins.filter(isTail).map((bin) => {
    const middle = (layout.left(bin) + layout.right(bin)) / 2;
    const peak = y(Math.max(layout.height(bin.reference, bin), layout.height(bin.current, bin)));
    return label(middle, Math.max(top - 2, peak - 4), formatShare(bin.current), 'middle', 'strong');
  });
}

function hovers(layout: Layout, floor: number, kind: 'number' | 'time'): Html[] {
  const format = kind === 'time' ? formatMoment : undefined;
  return layout.bins.map((bin) =>
    box('hover', layout.left(bin), top, layout.right(bin) - layout.left(bin), floor - top, tip(bin, format)),
  );
}

function tip(bin: Bin, format?: (value: number) => string): string {
  return `${binName(bin, format)}: ${formatShare(bin.reference)} → ${formatShare(bin.current)}`;
}

function binName({ low, high }: Bin, format?: (value: number) => string): string {
  const text = format ?? ((value: number) => axisLabels([value])[0] ?? '');
  if (low === high) return text(low);
  if (low === Number.NEGATIVE_INFINITY) return high === Number.POSITIVE_INFINITY ? 'all' : `below ${text(high)}`;
  return high === Number.POSITIVE_INFINITY ? `from ${text(low)}` : `${text(low)} – ${text(high)}`;
}

/** Where the mass moved, in a sentence. */
function describe(bins: readonly Bin[], names: readonly [string, string], format?: (value: number) => string): string {
  const most = (side: 'reference' | 'current'): Bin | undefined =>
    bins.reduce<Bin | undefined>((best, bin) => (!best || bin[side] > best[side] ? bin : best), undefined);
  const [left, right] = [most('reference'), most('current')];
  if (!left || !right) return '';
  const moved = bins.reduce((sum, bin) => sum + Math.abs(bin.current - bin.reference), 0) / 2;
  return `Most ${names[0]} rows: ${binName(left, format)} (${formatShare(left.reference)}). Most ${names[1]} rows: ${binName(right, format)} (${formatShare(right.current)}). ${formatShare(moved)} of the rows lie elsewhere than before.`;
}
