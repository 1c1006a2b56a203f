import type { Task } from '../metrics/definitions.ts';
import type { PairedComparison, Undefined } from '../metrics/paired.ts';
import type { Rows } from '../metrics/predictions.ts';
import type { Interval } from '../statistics/interval.ts';

/** Some rows of a test set: those of a slice, or those of one group. */
export interface Part {
  /** As a rule names a slice: `segment=new`. */
  readonly name: string;
  readonly rows: Rows;
}

/** Rows with the right answers and what the candidate, and perhaps the champion, answered to them: what the judge asks for figures. */
export interface TestSet {
  /** How messages name it. */
  readonly source: string;
  readonly rows: number;
  /** Whether the champion answered the rows too. */
  readonly paired: boolean;
  readonly task: Task;
  /** The task's usual metrics that the candidate's answers have figures for, the most telling first. */
  readonly metrics: readonly string[];
  /** Whether the metric is one that is reckoned from rows of this task, in any spelling. */
  knows(metric: string): boolean;
  /** The rows of a slice (`segment=new,region=eu`), or why it has none. */
  part(slice: string): Part | Undefined;
  /** The parts that the columns divide the rows into, in the order of their names; or why they cannot. */
  groups(columns: readonly string[]): readonly Part[] | Undefined;
  value(metric: string, model: 'candidate' | 'champion', part?: Part): number | Undefined;
  /** The candidate's own figure lies between the two ends, each at the one-sided `confidence`. */
  bounds(metric: string, confidence: number, part?: Part): Interval | Undefined;
  /** Candidate against champion, row by row; each end of the interval is a bound at the one-sided `confidence`. */
  compare(metric: string, confidence: number, part?: Part): PairedComparison | Undefined;
}
