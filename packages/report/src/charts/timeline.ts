import { formatDuration, formatNumber } from '@mlops-actions/core';
import { type Content, type Html, html } from '../html/markup.ts';
import { cut } from '../html/names.ts';
import {
  axisTexts,
  emptyFigure,
  figure,
  fitted,
  type LineStyle,
  label,
  line,
  polyline,
  svg,
  textWidth,
} from './frame.ts';
import { axisLabels, type Domain, domainOf, linear, pixel, ticks, widened } from './scale.ts';

/** A value at a moment, in milliseconds since 1970; NaN: from here on there is none. */
export type TimedValue = readonly [time: number, value: number];

export interface TimelineSeries {
  readonly name: string;
  /** In ascending order. */
  readonly points: readonly TimedValue[];
}

export interface TimelinePanel {
  readonly title: string;
  /** Up to four. The first is drawn strongest. */
  readonly series: readonly TimelineSeries[];
  /** A value holds until the next one, as a share of traffic does. */
  readonly stepped?: boolean;
  /** How a value is written. Default: as a number. */
  readonly format?: (value: number) => string;
  /** What the axis holds whatever the values are. */
  readonly includes?: readonly number[];
}

export interface Timeline {
  readonly title: string;
  /** One below the other, on the same axis of time. */
  readonly panels: readonly TimelinePanel[];
  /** Marked in all panels, numbered and named below; 30 at most. */
  readonly events: readonly { readonly time: number; readonly label: string }[];
}

const lineStyles: readonly LineStyle[] = ['current-line', 'reference-line', 'third-line', 'fourth-line'];
const mostEvents = 30;
const top = 36;
const gap = 34;
const bottom = 24;
const panelHeight = 84;
/** More points of a line are thinned out: a screen does not show them. */
const mostPoints = 600;

/** Several figures over the same time, counted from its beginning. Drawn twice, for a wide page and for a phone. */
export function timelineChart({ title, panels, events }: Timeline): Html {
  const shown = panels
    .map(({ series, ...panel }) => ({ ...panel, series: series.slice(0, lineStyles.length).map(finite) }))
    .filter(({ series }) => series.some(({ points }) => points.some(([, value]) => Number.isFinite(value))));
  const marked = events.filter(({ time }) => Number.isFinite(time)).slice(0, mostEvents);
  const time = domainOf([
    ...shown.flatMap(({ series }) => series.flatMap(({ points }) => points.map(([at]) => at))),
    ...marked.map((event) => event.time),
  ]);
  if (time === undefined || shown.length === 0) return emptyFigure(title, 'No figures to show.');
  const names = [...new Set(shown.flatMap(({ series }) => series.map(({ name }) => name)))];
  const domain = time.low === time.high ? widened(time, 0) : time;
  return figure({
    title,
    broad: true,
    legend: names
      .slice(0, lineStyles.length)
      .map((name, index) => ({ kind: lineStyles[index] ?? 'current-line', name })),
    picture: [
      draw(title, shown, names, domain, marked, 760, 'wide-only'),
      draw(title, shown, names, domain, marked, 340, 'narrow'),
    ],
    below: eventList(marked, domain),
  });
}

function draw(
  title: string,
  panels: readonly TimelinePanel[],
  names: readonly string[],
  time: Domain,
  events: Timeline['events'],
  width: number,
  classes: string,
): Html {
  const height = top + panels.length * (panelHeight + gap) - gap + bottom;
  const scales = panels.map((panel) => scaleOf(panel));
  const left = Math.min(width / 4, Math.max(...scales.flatMap(({ texts }) => texts.map(textWidth))) + 10);
  const x = linear(time, left, width - 8);
  const drawn = panels.map((panel, index) => {
    const from = top + index * (panelHeight + gap);
    return drawPanel(panel, scales[index] as Scale, names, x, { left, width, from, to: from + panelHeight });
  });
  const last = height - bottom;
  const axis = axisTexts(
    elapsedTicks(time, width > 500 ? 8 : 4).map(({ value, text }) => ({ at: x(value), text })),
    height - 7,
    width,
  );
  return svg(
    { width, height, title, description: describe(panels), classes },
    eventMarks(
      events.map((event) => x(event.time)),
      last,
      width,
    ),
    drawn,
    axis,
  );
}

interface Scale {
  readonly domain: Domain;
  readonly marks: readonly number[];
  readonly texts: readonly string[];
}

function scaleOf({ series, includes = [], format }: TimelinePanel): Scale {
  const values = series.flatMap(({ points }) => points.map(([, value]) => value));
  const found = domainOf([...values, ...includes]) ?? { low: 0, high: 1 };
  const domain = found.low === found.high ? widened(found, 0) : found;
  const marks = ticks(domain, 3);
  return { domain, marks, texts: format ? marks.map(format) : axisLabels(marks) };
}

interface Area {
  readonly left: number;
  readonly width: number;
  readonly from: number;
  readonly to: number;
}

function drawPanel(
  { title, series, stepped = false }: TimelinePanel,
  { domain, marks, texts }: Scale,
  names: readonly string[],
  x: (time: number) => number,
  { left, width, from, to }: Area,
): Content[] {
  const y = linear(domain, to, from);
  const grid = marks.map((value, index) => [
    line('grid', left, y(value), width, y(value)),
    label(left - 6, y(value) + 4, texts[index] ?? '', 'end'),
  ]);
  const lines = series.map(({ name, points }) => ({ style: lineStyles[names.indexOf(name)] ?? 'fourth-line', points }));
  return [
    label(left, from - 6, fitted(title, width - left), 'start', 'strong'),
    ...grid,
    line('axis', left, to, width, to),
    ...lines.reverse().flatMap(({ style, points }) => drawLine(style, points, stepped, x, y)),
  ];
}

function drawLine(
  style: LineStyle,
  points: readonly TimedValue[],
  stepped: boolean,
  x: (time: number) => number,
  y: (value: number) => number,
): Content[] {
  const runs: [number, number][][] = [[]];
  for (const [time, value] of points) {
    const run = runs.at(-1) as [number, number][];
    const before = run.at(-1);
    if (stepped && before !== undefined) run.push([x(time), before[1]]);
    if (Number.isFinite(value)) run.push([x(time), y(value)]);
    else runs.push([]);
  }
  return runs.flatMap((run): Content[] => {
    const [only] = run;
    if (run.length > 1) return [polyline(style, run)];
    if (only === undefined) return [];
    return [
      html`<circle class="${style.replace('line', 'dot')}" cx="${pixel(only[0])}" cy="${pixel(only[1])}" r="2"/>`,
    ];
  });
}

/** Without moments that are none, thinned evenly when there are many. */
function finite({ name, points }: TimelineSeries): TimelineSeries {
  const known = points.filter(([time]) => Number.isFinite(time));
  const every = Math.ceil(known.length / mostPoints);
  const kept = every <= 1 ? known : known.filter((_, index) => index % every === 0 || index === known.length - 1);
  return { name: cut(name), points: kept };
}

const elapsedSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400, 604_800];

/** Round lengths of time since the beginning, at most `count` + 1. */
function elapsedTicks({ low, high }: Domain, count: number): { readonly value: number; readonly text: string }[] {
  const seconds = (high - low) / 1000;
  const step = elapsedSteps.find((each) => seconds / each <= count) ?? seconds / count;
  if (!(step > 0) || !Number.isFinite(step)) return [];
  const found = Array.from({ length: Math.min(count, Math.floor(seconds / step)) + 1 }, (_, index) => index * step);
  return found.map((each) => ({ value: low + each * 1000, text: each === 0 ? '0' : formatDuration(each) }));
}

const signSize = 16;

/** The signs of events that are close together stand side by side; their lines stay where they are. */
function eventMarks(places: readonly number[], to: number, width: number): Html[] {
  const order = places.map((_, index) => index).sort((a, b) => (places[a] as number) - (places[b] as number));
  const signs: number[] = [];
  let free = 0;
  for (const index of order) {
    signs[index] = Math.max(free, places[index] as number);
    free = (signs[index] as number) + signSize;
  }
  let most = width - signSize / 2;
  for (const index of order.toReversed()) {
    signs[index] = Math.min(most, signs[index] as number);
    most = (signs[index] as number) - signSize;
  }
  return places.map((place, index) => {
    const sign = signs[index] as number;
    return html`${line('event', place, 17, place, to)}<circle class="event-sign" cx="${pixel(sign)}" cy="9" r="7.5"/>${label(sign, 13, String(index + 1), 'middle', 'strong')}`;
  });
}

function eventList(events: Timeline['events'], { low }: Domain): Html | undefined {
  if (events.length === 0) return undefined;
  return html`<ol class="events">${events.map(
    ({ time, label: text }, index) =>
      html`<li><strong>${index + 1}</strong> ${formatDuration(Math.max(0, time - low) / 1000)} · <bdi>${cut(text, 200)}</bdi></li>`,
  )}</ol>`;
}

function describe(panels: readonly TimelinePanel[]): string {
  return panels
    .map(({ title, series, format = formatNumber }) => {
      const each = series.flatMap(({ name, points }) => {
        const domain = domainOf(points.map(([, value]) => value));
        return domain === undefined ? [] : [`${name} ${format(domain.low)} to ${format(domain.high)}`];
      });
      return `${title}: ${each.join(', ')}.`;
    })
    .join(' ');
}
