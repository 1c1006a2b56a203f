import { formatNumber } from '@mlops-actions/core';
import type { Html } from '../html/markup.ts';
import { box, line, svg } from './frame.ts';
import { linear } from './scale.ts';

export interface Score {
  /** What is scored, for who hears it. */
  readonly title: string;
  readonly value: number;
  readonly threshold: number;
  /** On which side of the threshold it is bad. Default: above. */
  readonly bad?: 'above' | 'below';
  /** Whether it was judged at all; a score without a judgement is grey. Default true. */
  readonly judged?: boolean;
}

const width = 110;
const height = 14;

/** How far a score is beyond its limit, for a cell of a table: a bar, and the limit as a line at half of the width. Bars end at twice the limit with a notch. */
export function scoreBar({ title, value, threshold, bad = 'above', judged = true }: Score): Html {
  const limit = Math.abs(threshold) || 1;
  const isBad = bad === 'above' ? value >= threshold : value <= threshold;
  const x = linear({ low: 0, high: 2 }, 0, width);
  const kind = judged && !Number.isNaN(value) ? (isBad ? 'bad-bar' : 'good-bar') : 'unknown-bar';
  // Measured from zero towards the limit: what lies on the other side of zero is not beyond it.
  const multiple = (value / limit) * (threshold < 0 ? -1 : 1);
  const isOver = multiple > 2;
  const times = multiple > 0 && Number.isFinite(multiple) ? `, ${formatNumber(multiple, 2)} times the limit` : '';
  return svg(
    {
      width,
      height,
      title,
      description: `${formatNumber(value)}, limit ${formatNumber(threshold)}${times}.`,
      classes: 'inline',
    },
    box('track', 0, 3, width, 8),
    box(kind, 0, 3, x(multiple), 8),
    isOver ? line('cell-border', width - 9, 13, width - 4, 1) : undefined,
    line('marker', width / 2, 0, width / 2, height),
  );
}
