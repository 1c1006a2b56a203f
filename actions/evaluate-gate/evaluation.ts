import {
  type Champion,
  defaultRowRules,
  defaultRules,
  findMetric,
  type GateMode,
  isUndefined,
  type JudgeOptions,
  judge,
  type Margin,
  type MetricSet,
  type Resampling,
  type Rule,
  type RuleCheck,
  type TestSet,
  UserError,
  type Verdict,
  worstFirst,
} from '@mlops-actions/core';
import type { Findings } from './findings.ts';
import type { Directions } from './inputs.ts';

/** What the gate judges. */
export interface Subject {
  readonly candidate: MetricSet;
  readonly champion: Champion;
  readonly testSet: TestSet | undefined;
}

/** How it judges. */
export interface Terms {
  /** Undefined when none are given. */
  readonly rules: readonly Rule[] | undefined;
  readonly directions: Directions;
  readonly mode: GateMode;
  readonly margin: Margin;
  readonly options: JudgeOptions;
  readonly resampling: Resampling;
}

/** What the gate came to, before anyone writes it down. */
export interface Evaluation {
  readonly verdict: Verdict;
  /** One sentence. */
  readonly headline: string;
  readonly subject?: Subject;
  readonly terms?: Terms;
  /** What the rows of predictions show beside the rules. */
  readonly findings?: Findings;
  /** Worst first. */
  readonly checks: readonly RuleCheck[];
  readonly notCompared: readonly Rule[];
  /** Metrics of the champion that the default rules leave alone. */
  readonly unjudged: readonly string[];
  readonly warnings: readonly string[];
}

/** Judges by the rules given, or by the default ones. Throws a `UserError` when there is nothing to judge by. */
export function evaluate(subject: Subject, terms: Terms): Evaluation {
  const { candidate, champion, testSet } = subject;
  const chosen = terms.rules === undefined ? standard(subject, terms) : { rules: terms.rules, unjudged: [] };
  const { verdict, checks, notCompared } = judge(chosen.rules, candidate, champion, testSet, terms.options);
  const sorted = worstFirst(checks);
  return {
    verdict,
    headline: headlineOf(verdict, sorted, champion, terms, notCompared.length),
    subject,
    terms,
    checks: sorted,
    notCompared,
    unjudged: chosen.unjudged,
    warnings: [...identical(candidate, champion), ...contradictions(candidate, testSet, checks)],
  };
}

/** Why rules were left out: `for want of a champion`. */
export function whyNotCompared({ terms }: Evaluation): string {
  return terms?.options.compare === false ? 'as `mode` is threshold-only' : 'for want of a champion';
}

/** What the gate came to when it could not even begin. */
export function unjudgeable(problem: string): Evaluation {
  return { verdict: 'error', headline: problem, checks: [], notCompared: [], unjudged: [], warnings: [] };
}

function standard(
  { champion, testSet }: Subject,
  { directions, mode, margin }: Terms,
): { readonly rules: Rule[]; readonly unjudged: string[] } {
  const advice = 'Write at least one rule with a number in `rules`, such as `accuracy >= 0.9`.';
  if (mode === 'threshold-only') throw new UserError(`There are no rules, and \`mode\` is threshold-only. ${advice}`);
  if (testSet?.paired) {
    const rules = defaultRowRules(testSet, mode, margin);
    if (rules.length > 0) return { rules, unjudged: [] };
    throw new UserError(
      `There are no rules, and ${testSet.source} has no figure of any metric of ${testSet.task} predictions. Check its columns, or write \`rules\`.`,
    );
  }
  if (champion.kind === 'missing') {
    throw new UserError(`There are no rules, and nothing to compare with: ${champion.reason}. ${advice}`);
  }
  if (mode === 'superior') {
    throw new UserError(
      'There are no rules, and `mode` is superior: metrics files do not say which metric must be better. Write a rule, such as `auc > champion`.',
    );
  }
  const chosen = defaultRules(champion.metrics, directions, margin);
  if (chosen.rules.length > 0) return chosen;
  throw new UserError(
    `There are no rules, and ${champion.metrics.source} has no metric whose direction is known. State it in \`directions\`, or write \`rules\`.`,
  );
}

function headlineOf(
  verdict: Verdict,
  sorted: readonly RuleCheck[],
  champion: Champion,
  terms: Terms,
  leftOut: number,
): string {
  const binding = sorted.filter((check) => !check.advisory);
  if (verdict === 'pass') {
    return binding.length === 1
      ? 'The gate passed: the rule holds.'
      : `The gate passed: all ${binding.length} rules hold.`;
  }
  const same = binding.filter((check) => check.verdict === verdict);
  const [worst] = [...same].sort((a, b) => (a.shortfall === b.shortfall ? 0 : b.shortfall - a.shortfall));
  if (worst === undefined) return nothingJudged(sorted, champion, terms, leftOut);
  const more = same.length === 1 ? '' : ` (and ${same.length - 1} more ${same.length === 2 ? 'rule' : 'rules'})`;
  return `${openings[verdict]}: ${worst.reason}${more}.`;
}

const openings: Readonly<Record<Exclude<Verdict, 'pass'>, string>> = {
  fail: 'The gate refused the candidate',
  error: 'The gate could not judge the candidate',
  inconclusive: 'The gate could not tell whether the candidate is good enough',
};

function nothingJudged(
  advisory: readonly RuleCheck[],
  champion: Champion,
  { options }: Terms,
  leftOut: number,
): string {
  const advice = 'Write at least one rule with a number, such as `accuracy >= 0.9`';
  if (!options.compare && leftOut > 0) {
    return `The gate could not judge the candidate: every rule that counts compares with the champion, and \`mode\` is threshold-only. ${advice}.`;
  }
  if (champion.kind === 'missing' && leftOut > 0) {
    return `The gate could not judge the candidate: every rule that counts compares with the champion, and ${champion.reason}. ${advice}.`;
  }
  return `The gate could not judge the candidate: all ${advisory.length} rules are advisory. ${advice}, that is not.`;
}

/** A champion that equals the candidate in every number is most often the candidate's own file. */
function identical(candidate: MetricSet, champion: Champion): string[] {
  if (champion.kind === 'missing') return [];
  const shared = [...champion.metrics.values.values()].filter(({ metric, slice }) =>
    findMetric(candidate, metric, slice),
  );
  const same = shared.every(({ metric, slice, value }) =>
    Object.is(findMetric(candidate, metric, slice)?.value, value),
  );
  if (shared.length === 0 || !same) return [];
  return [
    `All ${shared.length} metrics that candidate and champion share are exactly equal. Check that ${champion.metrics.source} was not written by the candidate's own run.`,
  ];
}

/** Figures that a metrics file and the predictions both have and do not agree on: one of the two is of another model or test set. */
function contradictions(candidate: MetricSet, testSet: TestSet | undefined, checks: readonly RuleCheck[]): string[] {
  const metrics = new Set(checks.map(({ rule }) => rule.metric));
  return [...metrics].flatMap((metric) => {
    const stated = findMetric(candidate, metric)?.value;
    const own = testSet?.knows(metric) ? testSet.value(metric, 'candidate') : undefined;
    if (stated === undefined || own === undefined || isUndefined(own)) return [];
    if (Math.abs(stated - own) <= 1e-3 * Math.max(Math.abs(stated), Math.abs(own))) return [];
    return [
      `${metric} is ${stated} in ${candidate.source} and ${own} by ${testSet?.source}, which was judged. Are both of one model and one test set?`,
    ];
  });
}
