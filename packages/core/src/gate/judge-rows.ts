import { formatDistinct, formatNumber, formatSigned } from '../figures.ts';
import { metricKey } from '../metrics/metric-set.ts';
import { isUndefined, type PairedComparison } from '../metrics/paired.ts';
import { toNumber } from './decimal.ts';
import { againstFiles, type Champion } from './judge-files.ts';
import {
  figuresOf,
  incomparable,
  judgeFigures,
  offsetText,
  outcome,
  relation,
  shortfallOf,
  unfitBaseline,
} from './outcome.ts';
import { rowsToTell } from './power.ts';
import type { Outcome } from './rule-check.ts';
import type { Rule } from './rules.ts';
import type { Part, TestSet } from './test-set.ts';

/** What a rule comes to on some rows, as far as it can be said without looking at the other rules. */
export interface Trial {
  readonly outcome: Outcome;
  /**
   * Whether a comparison with the champion still refuses the candidate at a stricter level, the chance of a false refusal. Present for
   * every such comparison: together they are the family that the correction is for.
   */
  readonly refusesAt?: (level: number) => boolean;
}

/** How sure the judge must be. */
export interface Certainty {
  /** Of each one-sided bound. */
  readonly confidence: number;
  /** Fewer rows in all, or in a slice or group, say too little. */
  readonly minSamples: number;
  readonly minSlice: number;
}

/**
 * Judges a rule on the rows of `part`, or on all. A number is held against the candidate's figure as it is, or against its bound where the
 * rule says `confident`. The champion is compared row by row: a bound of the difference decides, and where the bound on one side is too
 * low and that on the other too high, the verdict is inconclusive.
 */
export function judgeRows(
  rule: Rule,
  part: Part | undefined,
  testSet: TestSet,
  champion: Champion,
  certainty: Certainty,
): Trial {
  const name = metricKey(rule.metric, part?.name);
  const few = tooFew(name, part, testSet, certainty);
  if (few !== undefined) return { outcome: few };
  const value = testSet.value(rule.metric, 'candidate', part);
  if (isUndefined(value))
    return { outcome: outcome('error', `${name} of the candidate is undefined: ${value.undefined}`) };
  if (!Number.isFinite(value)) {
    return { outcome: outcome('fail', `${name} of the candidate is ${formatNumber(value)}`, { value }) };
  }
  if (rule.confident) return { outcome: withConfidence(rule, name, value, part, testSet, certainty) };
  if (rule.bound.kind === 'absolute') return { outcome: judgeFigures(rule, name, value) };
  if (!testSet.paired) return { outcome: againstFiles(rule, part?.name, value, champion) };
  return paired(rule, name, value, part, testSet, certainty);
}

function tooFew(name: string, part: Part | undefined, testSet: TestSet, certainty: Certainty): Outcome | undefined {
  const { minSamples, minSlice } = certainty;
  const figures = { significance: 'not available' } as const;
  if (testSet.rows < minSamples) {
    return outcome(
      'inconclusive',
      `${name} says too little: ${testSet.source} has ${testSet.rows} rows, and \`min-samples\` is ${minSamples}`,
      figures,
    );
  }
  if (part === undefined || part.rows.length >= minSlice) return undefined;
  return outcome(
    'inconclusive',
    `${name} says too little: ${part.name} has ${part.rows.length} rows, and \`min-slice\` is ${minSlice}`,
    figures,
  );
}

/** A number must be met by the bound of the candidate's own figure. */
function withConfidence(
  rule: Rule,
  name: string,
  value: number,
  part: Part | undefined,
  testSet: TestSet,
  { confidence }: Certainty,
): Outcome {
  const problem = incomparable(rule, name, value, undefined);
  if (problem !== undefined) return problem;
  const bounds = testSet.bounds(rule.metric, confidence, part);
  if (isUndefined(bounds)) return outcome('error', `${name} has no confidence bound: ${bounds.undefined}`, { value });
  const figures = { ...figuresOf(rule, value, undefined), bounds };
  const { threshold } = figures;
  const isHigher = rule.operator.startsWith('>');
  const worst = isHigher ? bounds.lo : bounds.hi;
  const best = isHigher ? bounds.hi : bounds.lo;
  const verdict = verdictOf(
    rule,
    isHigher ? worst - threshold : threshold - worst,
    isHigher ? best - threshold : threshold - best,
  );
  const [shown = '', limit = '', edge = ''] = formatDistinct([value, threshold, verdict === 'fail' ? best : worst]);
  const percent = percentText(confidence);
  if (verdict === 'inconclusive') {
    const verb = relation(rule.operator, true);
    return outcome(
      verdict,
      `${name} ${shown} cannot be said to be ${verb.slice(3)} ${limit} with ${percent} confidence: it may be ${edge}`,
      figures,
    );
  }
  return outcome(
    verdict,
    `${name} ${shown} ${relation(rule.operator, verdict === 'pass')} ${limit} with ${percent} confidence (${edge} at ${verdict === 'pass' ? 'worst' : 'best'})`,
    {
      ...figures,
      ...(verdict === 'fail' ? { shortfall: shortfallOf(value, threshold) } : {}),
    },
  );
}

/** Candidate against champion, row by row. */
function paired(
  rule: Rule,
  name: string,
  value: number,
  part: Part | undefined,
  testSet: TestSet,
  { confidence }: Certainty,
): Trial {
  const comparison = testSet.compare(rule.metric, confidence, part);
  if (isUndefined(comparison)) {
    return {
      outcome: outcome('error', `${name} cannot be compared with the champion: ${comparison.undefined}`, { value }),
    };
  }
  const baseline = comparison.champion;
  const problem =
    unfitBaseline(rule, name, value, baseline) ??
    incomparable(rule, name, value, baseline) ??
    unfitInterval(name, comparison);
  if (problem !== undefined) return { outcome: problem };
  const figures = { ...figuresOf(rule, value, baseline), comparison, significance: 'tested' } as const;
  const verdict = comparedVerdict(rule, comparison);
  return {
    outcome: outcome(verdict, pairedSentence(rule, name, comparison, verdict, confidence), {
      ...figures,
      shortfall: verdict === 'fail' ? shortfallOf(value, figures.threshold) : 0,
    }),
    refusesAt: (level) => {
      const stricter = testSet.compare(rule.metric, 1 - level, part);
      return !isUndefined(stricter) && comparedVerdict(rule, stricter) === 'fail';
    },
  };
}

function unfitInterval(name: string, { lo, hi }: PairedComparison): Outcome | undefined {
  if (Number.isFinite(lo) && Number.isFinite(hi)) return undefined;
  return outcome('error', `the difference of ${name} has no finite interval`);
}

/** Oriented so that + is better, and measured from where pass ends. */
function comparedVerdict(rule: Rule, comparison: PairedComparison): 'pass' | 'inconclusive' | 'fail' {
  const allowed = allowedDifference(rule, comparison.champion);
  return rule.operator.startsWith('>')
    ? verdictOf(rule, comparison.lo - allowed, comparison.hi - allowed)
    : verdictOf(rule, allowed - comparison.hi, allowed - comparison.lo);
}

/** The difference from the champion at which pass ends: the margin, or the improvement asked for. */
function allowedDifference(rule: Rule, baseline: number): number {
  const { bound } = rule;
  if (bound.kind === 'absolute' || bound.offset === undefined) return 0;
  const { relative, amount } = bound.offset;
  return relative ? toNumber(amount) * Math.abs(baseline) : toNumber(amount);
}

/** `worst` and `best`: how far the two ends of an interval lie on the good side of where pass ends. */
function verdictOf(rule: Rule, worst: number, best: number): 'pass' | 'inconclusive' | 'fail' {
  const strict = rule.operator.length === 1;
  if (strict ? worst > 0 : worst >= 0) return 'pass';
  if (strict ? best <= 0 : best < 0) return 'fail';
  return 'inconclusive';
}

function pairedSentence(
  rule: Rule,
  name: string,
  comparison: PairedComparison,
  verdict: 'pass' | 'inconclusive' | 'fail',
  confidence: number,
): string {
  const { candidate, champion, difference, lo, hi } = comparison;
  const [left = '', right = ''] = formatDistinct([candidate, champion]);
  const limit = [`champion ${right}`, offsetText(rule)].filter((text) => text !== '').join(' ');
  const isHigher = rule.operator.startsWith('>');
  const [worst, best] = (isHigher ? [lo, hi] : [hi, lo]).map((end) => formatSigned(end, 3));
  const percent = percentText(confidence);
  const shown = formatSigned(difference, 3);
  switch (verdict) {
    case 'pass':
      return `${name} ${left} ${relation(rule.operator, true)} ${limit}: the difference is ${shown}, with ${percent} confidence no worse than ${worst}`;
    case 'fail':
      return `${name} ${left} ${relation(rule.operator, false)} ${limit}: the difference is ${shown}, with ${percent} confidence no better than ${best}`;
    case 'inconclusive':
      return `${name} ${left} against ${limit} cannot be told on ${formatNumber(comparison.n)} rows: the difference is ${shown}, with ${percent} confidence no worse than ${worst} and no better than ${best}${neededText(rule, comparison, confidence)}`;
  }
}

/**
 * How many rows would tell: for a margin as if the models were equally good, for an improvement as if the difference were what it seems.
 */
function neededText(rule: Rule, comparison: PairedComparison, confidence: number): string {
  const allowed = allowedDifference(rule, comparison.champion);
  const isMargin = rule.operator.startsWith('>') ? allowed < 0 : allowed > 0;
  const rows = rowsToTell(comparison, confidence, isMargin ? allowed : comparison.difference - allowed);
  if (rows <= comparison.n || rows > 1e8) return '';
  return `; about ${formatNumber(Number(rows.toPrecision(2)))} rows would tell${isMargin ? ' if the models are equally good' : ''}`;
}

/** What a comparison that refused on its own comes to when the correction does not let it. */
export function notRefused(trial: Outcome, correction: string, family: number): Outcome {
  return {
    ...trial,
    verdict: 'inconclusive',
    shortfall: 0,
    reason: `${trial.reason}; among ${family} comparisons that is not certain enough (${correction})`,
  };
}

function percentText(confidence: number): string {
  return `${formatNumber(confidence * 100)} %`;
}
