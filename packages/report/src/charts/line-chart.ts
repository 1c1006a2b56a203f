import { formatNumber } from '@mlops-actions/core';
import { formatMoment } from '../html/figures.ts';
import { type Content, type Html, html } from '../html/markup.ts';
import { cut } from '../html/names.ts';
import {
  axisTexts,
  box,
  emptyFigure,
  figure,
  fitted,
  type LegendEntry,
  type LineStyle,
  label,
  line,
  polyline,
  svg,
  textWidth,
} from './frame.ts';
import { axisLabels, type Domain, domainOf, linear, pixel, ticks, timeTicks, widened } from './scale.ts';

export interface LineSeries {
  readonly name: string;
  /** One value a time; NaN where there is none, which is a gap. */
  readonly values: ArrayLike<number>;
}

export interface LineChart {
  readonly title: string;
  /** Milliseconds since 1970, ascending. */
  readonly times: ArrayLike<number>;
  /** Up to four lines. The first is drawn strongest. */
  readonly series: readonly LineSeries[];
  /** A limit; points beyond it are marked. */
  readonly threshold?: { readonly value: number; readonly label: string; readonly bad: 'above' | 'below' };
  /** Where values are expected to lie. */
  readonly band?: { readonly low: number; readonly high: number; readonly label: string };
  /** Marked moments. Numbered on the chart and named below it; 20 at most. */
  readonly events?: readonly { readonly time: number; readonly label: string }[];
  /** How a value is written. Default: as a number. */
  readonly format?: (value: number) => string;
}

const lineStyles: readonly LineStyle[] = ['current-line', 'reference-line', 'third-line', 'fourth-line'];
const top = 20;
const bottom = 24;
const mostDots = 60;
const mostEvents = 20;

/** Values over time, in UTC. Drawn twice, for a wide page and for a phone. */
export function lineChart(data: LineChart): Html {
  const { title, series, threshold, band, events = [] } = data;
  const shown = series.slice(0, lineStyles.length).map((each) => ({ ...each, name: cut(each.name) }));
  const time = domainOf(Array.from(data.times));
  const values = domainOf([
    ...shown.flatMap((each) => Array.from(each.values)),
    ...(threshold ? [threshold.value] : []),
    ...(band ? [band.low, band.high] : []),
  ]);
  if (!time || !values || !shown.some((each) => domainOf(Array.from(each.values))))
    return emptyFigure(title, 'No values to show.');
  const domains = { time: time.low === time.high ? widened(time, 0) : time, values: widened(values, 0.06) };
  const marked = events
    .filter((event) => event.time >= domains.time.low && event.time <= domains.time.high)
    .slice(0, mostEvents);
  const legend: LegendEntry[] = [
    ...shown.map((each, index) => ({ kind: lineStyles[index] ?? 'current-line', name: each.name })),
    ...(threshold ? [{ kind: 'limit' as const, name: threshold.label }] : []),
    ...(band ? [{ kind: 'band' as const, name: band.label }] : []),
  ];
  return figure({
    title,
    broad: true,
    legend,
    picture: [
      draw(data, shown, domains, marked, 760, 220, 'wide-only'),
      draw(data, shown, domains, marked, 340, 190, 'narrow'),
    ],
    below: eventList(marked),
    numbers: { headers: ['time (UTC)', ...shown.map((each) => each.name)], rows: numberRows(data, shown) },
  });
}

function draw(
  { title, times, threshold, band, format }: LineChart,
  series: readonly LineSeries[],
  domains: { readonly time: Domain; readonly values: Domain },
  events: readonly { readonly time: number; readonly label: string }[],
  width: number,
  height: number,
  classes: string,
): Html {
  const marks = ticks(domains.values, 4);
  const texts = format ? marks.map(format) : axisLabels(marks);
  const left = Math.min(width / 4, Math.max(...texts.map(textWidth)) + 10);
  const x = linear(domains.time, left, width - 8);
  const y = linear(domains.values, height - bottom, top);
  const grid = marks.map((value, index) => [
    line('grid', left, y(value), width, y(value)),
    label(left - 6, y(value) + 4, texts[index] ?? '', 'end'),
  ]);
  const axis = axisTexts(
    timeTicks(domains.time, width > 500 ? 8 : 4).map(({ value, label: text }) => ({ at: x(value), text })),
    height - 7,
    width,
  );
  return svg(
    { width, height, title, description: describe(series, times, threshold, format), classes },
    band ? box('band', left, y(band.high), width - left, y(band.low) - y(band.high)) : undefined,
    grid,
    line('axis', left, height - bottom, width, height - bottom),
    axis,
    threshold ? line('limit', left, y(threshold.value), width, y(threshold.value)) : undefined,
    [...series.entries()].reverse().map(([index, each]) => drawSeries(each, index, times, x, y, threshold, format)),
    events.map((event, index) => eventMark(x(event.time), height, index)),
  );
}

function drawSeries(
  { name, values }: LineSeries,
  index: number,
  times: ArrayLike<number>,
  x: (time: number) => number,
  y: (value: number) => number,
  threshold: LineChart['threshold'],
  format: (value: number) => string = formatNumber,
): Content[] {
  const style = lineStyles[index] ?? 'current-line';
  const runs: (readonly [number, number])[][] = [[]];
  const dots: Content[] = [];
  const everyDot = times.length <= mostDots;
  for (let at = 0; at < times.length; at++) {
    const [time, value] = [times[at] as number, values[at] ?? Number.NaN];
    if (!Number.isFinite(value) || !Number.isFinite(time)) {
      runs.push([]);
      continue;
    }
    const [left, high] = [x(time), y(value)];
    runs.at(-1)?.push([left, high]);
    const isBeyond = index === 0 && threshold !== undefined && beyond(value, threshold);
    const tip = html`<title>${name}, ${formatMoment(time)}: ${format(value)}${isBeyond ? ', beyond the limit' : ''}</title>`;
    if (isBeyond)
      dots.push(html`<path class="bad-mark" d="M${pixel(left)} ${pixel(high - 5)}l5 5l-5 5l-5 -5z">${tip}</path>`);
    else if (everyDot)
      dots.push(
        html`<circle class="${style.replace('line', 'dot')}" cx="${pixel(left)}" cy="${pixel(high)}" r="${index === 0 ? 3 : 2.2}">${tip}</circle>`,
      );
  }
  // A value between two gaps has no line; its dot is drawn whatever their number.
  const single = runs.filter((run) => run.length === 1 && !everyDot).flat();
  return [
    ...runs.filter((run) => run.length > 1).map((run) => polyline(style, run)),
    ...single.map(
      ([left, high]) =>
        html`<circle class="${style.replace('line', 'dot')}" cx="${pixel(left)}" cy="${pixel(high)}" r="2"/>`,
    ),
    ...dots,
  ];
}

function beyond(value: number, { value: limit, bad }: NonNullable<LineChart['threshold']>): boolean {
  return bad === 'above' ? value >= limit : value <= limit;
}

function eventMark(x: number, height: number, index: number): Html {
  return html`${line('event', x, 16, x, height - bottom)}<circle class="event-sign" cx="${pixel(x)}" cy="9" r="7.5"/>${label(x, 13, String(index + 1), 'middle', 'strong')}`;
}

function eventList(events: readonly { readonly time: number; readonly label: string }[]): Html | undefined {
  if (events.length === 0) return undefined;
  return html`<ol class="events">${events.map(
    ({ time, label: text }, index) =>
      html`<li><strong>${index + 1}</strong> ${formatMoment(time)} · <bdi>${fitted(text, 400)}</bdi></li>`,
  )}</ol>`;
}

/** The newest 100 times. */
function numberRows({ times, format = formatNumber }: LineChart, series: readonly LineSeries[]): Content[][] {
  const rows: Content[][] = [];
  for (let at = Math.max(0, times.length - 100); at < times.length; at++) {
    rows.push([
      formatMoment(times[at] as number).replace(' UTC', ''),
      ...series.map(({ values }) => (Number.isFinite(values[at]) ? format(values[at] as number) : '–')),
    ]);
  }
  return rows;
}

function describe(
  series: readonly LineSeries[],
  times: ArrayLike<number>,
  threshold: LineChart['threshold'],
  format: (value: number) => string = formatNumber,
): string {
  const first = series[0];
  if (!first) return '';
  const values = Array.from(first.values).filter(Number.isFinite);
  const domain = domainOf(values);
  if (!domain) return 'No values.';
  const limit = threshold
    ? ` ${values.filter((value) => beyond(value, threshold)).length} of ${values.length} points are beyond ${threshold.label}.`
    : '';
  return `${first.name} from ${formatMoment(times[0] as number)} to ${formatMoment(times[times.length - 1] as number)}: between ${format(domain.low)} and ${format(domain.high)}, last ${format(values.at(-1) ?? Number.NaN)}.${limit}`;
}
