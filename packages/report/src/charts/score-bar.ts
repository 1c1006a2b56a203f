import { formatNumber } from '@mlops-actions/core';
import type { Html } from '../html/markup.ts';
import type { Tone } from '../html/parts.ts';
import { box, label, line, svg } from './frame.ts';
import { pixel } from './scale.ts';

export interface Score {
  /** What is scored, for who hears it. */
  readonly title: string;
  /** The score, or the lower of its two bounds. */
  readonly value: number;
  /** The upper bound, where the score is known by bounds only: the part between them is drawn lighter. */
  readonly atMost?: number;
  readonly threshold: number;
  /** How the score was judged. It may be beyond its threshold and no drift, when such a score is likely by chance. */
  readonly tone: Tone;
}

const height = 16;
const barWidth = 92;
/** For `≤ 8.4×`. */
const textRoom = 52;
const longestBar = 10;

/**
 * How many times its threshold a score is, for a cell of a table: a bar on a square-root scale that ends at ten times the threshold, with
 * the threshold as a line, and the multiple in figures. What is longer is cut by a notch.
 */
export function scoreBar({ title, value, atMost = value, threshold, tone }: Score): Html {
  const [low, high] = [multipleOf(value, threshold), multipleOf(atMost, threshold)];
  const text = timesText(low, high);
  const end = Math.max(lengthOf(low), lengthOf(high));
  return svg(
    {
      width: barWidth + textRoom,
      height,
      title,
      description: `${rangeText(value, atMost)}, threshold ${formatNumber(threshold)}${text === '' ? '' : `: ${text}`}.`,
      classes: 'inline',
    },
    box('track', 0, 4, barWidth, 8),
    box(`${tone}-bar`, 0, 4, lengthOf(low), 8),
    end > lengthOf(low) ? box(`${tone}-bar possible`, lengthOf(low), 4, end - lengthOf(low), 8) : undefined,
    Math.max(low, high) > longestBar ? line('cell-border', barWidth - 9, 14, barWidth - 4, 2) : undefined,
    line('marker', lengthOf(1), 1, lengthOf(1), height - 1),
    label(barWidth + 6, 12, text),
  );
}

/** Measured from zero towards the threshold: what lies on the other side of zero is not beyond it. */
function multipleOf(value: number, threshold: number): number {
  return (value / (Math.abs(threshold) || 1)) * (threshold < 0 ? -1 : 1);
}

function lengthOf(multiple: number): number {
  if (!(multiple > 0)) return 0;
  return pixel(barWidth * Math.sqrt(Math.min(multiple, longestBar) / longestBar));
}

/** Of a score that is known by bounds the upper one, where there is one. */
function timesText(low: number, high: number): string {
  const [first, last] = [twoDigits(low), twoDigits(high)];
  if (first === last || last === '') return first;
  return high > low ? `≤\u2009${last.replace('<', '')}` : first;
}

/** Far below the threshold it is of no interest how far. */
function twoDigits(multiple: number): string {
  if (!(multiple > 0 && multiple < 1e4)) return '';
  return multiple < 0.1 ? '<0.1×' : `${formatNumber(multiple, 2)}×`;
}

function rangeText(value: number, atMost: number): string {
  return Object.is(value, atMost) ? formatNumber(value) : `${formatNumber(value)} to ${formatNumber(atMost)}`;
}
