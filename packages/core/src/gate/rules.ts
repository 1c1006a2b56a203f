import type { Decimal } from './decimal.ts';

export type Operator = '>=' | '>' | '<=' | '<';

/**
 * The right side of a rule: a number, or the champion's value moved by an absolute or a relative offset. A relative offset r moves it
 * by r·|champion|, so that "1 % better" and "1 % worse" keep their meaning below zero.
 */
export type Bound =
  | { readonly kind: 'absolute'; readonly value: Decimal }
  | { readonly kind: 'champion'; readonly offset?: { readonly relative: boolean; readonly amount: Decimal } };

/**
 * What a rule asks of the groups that columns divide the rows into. `worst`: every group must meet the bound; `gap`: the largest of the
 * groups' figures minus the smallest; `ratio`: the smallest over the largest.
 */
export interface Grouping {
  readonly kind: 'worst' | 'gap' | 'ratio';
  /** One or more; several divide by each combination of their values. */
  readonly columns: readonly string[];
}

/** One rule of the gate. */
export interface Rule {
  /** As the user wrote it, without comment, blanks evened out. */
  readonly text: string;
  /** The right side alone, for sentences: `champion - 0.005`. */
  readonly boundText: string;
  readonly metric: string;
  /** In `normalSlice` spelling. */
  readonly slice?: string;
  readonly groups?: Grouping;
  readonly operator: Operator;
  readonly bound: Bound;
  /** The bound must hold for the metric's confidence bound, not for its value alone. */
  readonly confident: boolean;
  readonly advisory: boolean;
}

/** The part of a rule before its operator, as people read it: `recall[segment=new]`, `recall[worst of segment]`, `gap(tpr by sex)`. */
export function subjectText({ metric, slice, groups }: Pick<Rule, 'metric' | 'slice' | 'groups'>): string {
  if (groups === undefined) return slice === undefined ? metric : `${metric}[${slice}]`;
  return grouped(metric, groups, (column) => column);
}

/** The same as a rule writes it, quoted where it must be. */
export function writtenSubject({ metric, slice, groups }: Pick<Rule, 'metric' | 'slice' | 'groups'>): string {
  if (groups === undefined) return writtenMetric(metric, slice);
  return grouped(writtenMetric(metric), groups, (column) => (bareColumn.test(column) ? column : quoted(column)));
}

function grouped(metric: string, { kind, columns }: Grouping, written: (column: string) => string): string {
  const names = columns.map(written).join(', ');
  return kind === 'worst' ? `${metric}[worst of ${names}]` : `${kind}(${metric} by ${names})`;
}

/** A metric as a rule writes it, quoted where it must be. */
export function writtenMetric(metric: string, slice?: string): string {
  const name = bareName.test(metric) ? metric : quoted(metric);
  if (slice === undefined) return name;
  return `${name}[${/^["']|[\]\\]|^worst of /.test(slice) ? quoted(slice) : slice}]`;
}

const bareName = /^[\p{L}_][\p{L}\p{N}_./:@-]*$/u;
const bareColumn = /^[\p{L}\p{N}_./:@-]+$/u;

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
