import { overallVerdict, type Verdict } from '../check.ts';
import type { MetricSet } from '../metrics/metric-set.ts';
import { isUndefined } from '../metrics/paired.ts';
import type { Correction } from '../statistics/corrections.ts';
import { rejected } from './correction.ts';
import { type Champion, judgeFiles } from './judge-files.ts';
import { betweenGroups, type Evidence, type RuleTrials, worstOfGroups } from './judge-groups.ts';
import { type Certainty, judgeRows, notRefused, type Trial } from './judge-rows.ts';
import { outcome } from './outcome.ts';
import type { Outcome, RuleCheck } from './rule-check.ts';
import { type Rule, subjectText } from './rules.ts';
import type { TestSet } from './test-set.ts';

export interface Judgement {
  readonly verdict: Verdict;
  /** In the order of the rules. */
  readonly checks: readonly RuleCheck[];
  /** Rules left out: no champion could be found for them and that is accepted, or the champion is not to be compared with. */
  readonly notCompared: readonly Rule[];
}

export interface JudgeOptions extends Certainty {
  readonly correction: Correction;
  /** Whether rules that need the champion are judged at all. */
  readonly compare: boolean;
}

export const judgeDefaults: JudgeOptions = {
  confidence: 0.95,
  minSamples: 200,
  minSlice: 50,
  correction: 'holm',
  compare: true,
};

/**
 * Judges the candidate by the rules. What the candidate does not show (a missing, non-finite or non-numeric metric) fails; what cannot be
 * compared (no champion, a champion without the metric, percent against fraction) is an error; what the rows of a test set are too few to
 * tell is inconclusive. Nothing judged is an error, never a pass.
 *
 * A rule is judged on the rows of `testSet` where its metric can be reckoned from them, else by the figures of the metrics files. All
 * rules must hold for a pass, so a pass needs no correction: it is false only if every bound that stands against it errs (an
 * intersection–union test, Berger 1982). One refusal is enough for a fail, so refusals are corrected over all comparisons with the
 * champion that count.
 */
export function judge(
  rules: readonly Rule[],
  candidate: MetricSet,
  champion: Champion,
  testSet?: TestSet,
  options: JudgeOptions = judgeDefaults,
): Judgement {
  const asked = options.compare ? rules : rules.filter((rule) => rule.bound.kind === 'absolute');
  const tried = asked.map((rule) => {
    const onRows = testSet?.knows(rule.metric) ? testSet : undefined;
    return { rule, tried: tryRule(rule, { candidate, champion, testSet: onRows, certainty: options }) };
  });
  const binding = tried.filter(({ rule }) => !rule.advisory).flatMap(({ tried: { trials } }) => trials);
  const corrected = correctedOutcomes(binding, options);
  const checks = tried.map(({ rule, tried: { trials, settle } }): RuleCheck => {
    const outcomes = trials.map((trial) => corrected.get(trial) ?? trial.outcome);
    return { name: rule.text, rule, advisory: rule.advisory, ...settle(outcomes) };
  });
  const accepted = champion.kind === 'missing' && champion.accepted;
  const judged = checks.filter(
    ({ rule, verdict }) => !(accepted && rule.bound.kind === 'champion' && verdict === 'error'),
  );
  const kept = new Set(judged.map(({ rule }) => rule));
  return {
    verdict: overallVerdict(judged),
    checks: judged,
    notCompared: rules.filter((rule) => !kept.has(rule)),
  };
}

function tryRule(rule: Rule, evidence: Evidence): RuleTrials {
  if (rule.groups?.kind === 'worst') return worstOfGroups(rule, evidence);
  if (rule.groups !== undefined) return betweenGroups(rule, evidence);
  return { trials: [tryOnce(rule, evidence)], settle: ([first]) => first as Outcome };
}

function tryOnce(rule: Rule, { candidate, champion, testSet, certainty }: Evidence): Trial {
  if (testSet === undefined) return { outcome: judgeFiles(rule, rule.slice, candidate, champion) };
  const part = rule.slice === undefined ? undefined : testSet.part(rule.slice);
  if (part !== undefined && isUndefined(part)) {
    return { outcome: outcome('error', `${subjectText(rule)} cannot be judged: ${part.undefined}`) };
  }
  return judgeRows(rule, part, testSet, champion, certainty);
}

/** The outcomes that the correction changes: refusals that are not certain enough among so many comparisons. */
function correctedOutcomes(trials: readonly Trial[], options: JudgeOptions): ReadonlyMap<Trial, Outcome> {
  const family = trials.filter((trial) => trial.refusesAt !== undefined);
  const alpha = 1 - options.confidence;
  const isRefused = (trial: Trial): boolean => trial.outcome.verdict === 'fail';
  const refused = rejected(options.correction, family.length, alpha, (index, level) => {
    const trial = family[index] as Trial;
    return isRefused(trial) && (level >= alpha || trial.refusesAt?.(level) === true);
  });
  return new Map(
    family.flatMap((trial, index) =>
      isRefused(trial) && !refused.has(index)
        ? [[trial, notRefused(trial.outcome, options.correction, family.length)]]
        : [],
    ),
  );
}
