import type { Decimal } from './decimal.ts';

export const operators = ['>=', '>', '<=', '<'] as const;
export type Operator = (typeof operators)[number];

/**
 * The right side of a rule: a number, or the champion's value moved by an absolute or a relative offset. A relative offset r moves it
 * by r·|champion|, so that "1 % better" and "1 % worse" keep their meaning below zero.
 */
export type Bound =
  | { readonly kind: 'absolute'; readonly value: Decimal }
  | { readonly kind: 'champion'; readonly offset?: { readonly relative: boolean; readonly amount: Decimal } };

/** One rule of the gate. */
export interface Rule {
  /** As the user wrote it, without comment, blanks evened out. */
  readonly text: string;
  /** The right side alone, for sentences: `champion - 0.005`. */
  readonly boundText: string;
  readonly metric: string;
  /** In `normalSlice` spelling. */
  readonly slice?: string;
  readonly operator: Operator;
  readonly bound: Bound;
  readonly advisory: boolean;
}

/** A metric as a rule writes it, quoted where it must be. */
export function writtenMetric(metric: string, slice?: string): string {
  const name = bareName.test(metric) ? metric : quoted(metric);
  if (slice === undefined) return name;
  return `${name}[${/^["']|[\]\\]/.test(slice) ? quoted(slice) : slice}]`;
}

const bareName = /^[\p{L}_][\p{L}\p{N}_./:@-]*$/u;

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
