import type { Check } from '../check.ts';
import type { PairedComparison } from '../metrics/paired.ts';
import type { Interval } from '../statistics/interval.ts';
import type { Rule } from './rules.ts';

/** A check of one rule. */
export interface RuleCheck extends Check, Figures {
  readonly rule: Rule;
  /** Of a rule on groups: each that was judged or shown, in the order of their names. */
  readonly parts?: readonly PartCheck[];
  /** Groups of too few rows, which were not judged. */
  readonly tooSmall?: readonly SmallPart[];
}

export interface SmallPart {
  readonly name: string;
  readonly rows: number;
}

/** What one group shows under a rule. */
export interface PartCheck extends Figures, Omit<Check, 'advisory'> {
  /** Rows of the group; absent when a metrics file does not say. */
  readonly rows?: number;
}

interface Figures {
  /** How far the value lies on the wrong side, relative to the threshold; infinite when there is no value. 0 unless failed. */
  readonly shortfall: number;
  /** Of a comparison with the champion: whether it says how certain it is. Metrics files never do. */
  readonly significance?: 'tested' | 'not available';
  /** The paired comparison behind the verdict. Its ends are bounds at the gate's one-sided confidence. */
  readonly comparison?: PairedComparison;
  /** Of a rule that asks for confidence: where the candidate's figure lies, each end at the one-sided confidence. */
  readonly bounds?: Interval;
}

/** What a rule comes to on some rows, before it is put together with the rule. */
export type Outcome = Omit<PartCheck, 'name'>;
