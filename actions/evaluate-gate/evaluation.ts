import {
  type Champion,
  type Direction,
  defaultRules,
  findMetric,
  judge,
  type MetricSet,
  type Rule,
  type RuleCheck,
  UserError,
  type Verdict,
  worstFirst,
} from '@mlops-actions/core';

/** What the gate came to, before anyone writes it down. */
export interface Evaluation {
  readonly verdict: Verdict;
  /** One sentence. */
  readonly headline: string;
  readonly candidate?: MetricSet;
  readonly champion?: Champion;
  /** Worst first. */
  readonly checks: readonly RuleCheck[];
  readonly notCompared: readonly Rule[];
  /** Metrics of the champion that the default rules leave alone. */
  readonly unjudged: readonly string[];
  readonly warnings: readonly string[];
}

export type Directions = Readonly<Record<string, Direction>>;

/** Judges by the rules given, or by the default ones. Throws a `UserError` when there is nothing to judge by. */
export function evaluate(
  rules: readonly Rule[] | undefined,
  directions: Directions,
  candidate: MetricSet,
  champion: Champion,
): Evaluation {
  const chosen = rules === undefined ? standard(champion, directions) : { rules, unjudged: [] };
  const { verdict, checks, notCompared } = judge(chosen.rules, candidate, champion);
  const sorted = worstFirst(checks);
  return {
    verdict,
    headline: headlineOf(verdict, sorted, champion),
    candidate,
    champion,
    checks: sorted,
    notCompared,
    unjudged: chosen.unjudged,
    warnings: identical(candidate, champion),
  };
}

/** What the gate came to when it could not even begin. */
export function unjudgeable(problem: string): Evaluation {
  return { verdict: 'error', headline: problem, checks: [], notCompared: [], unjudged: [], warnings: [] };
}

function standard(champion: Champion, directions: Directions): { rules: Rule[]; unjudged: string[] } {
  const advice = 'Write at least one rule with a number in `rules`, such as `accuracy >= 0.9`.';
  if (champion.kind === 'missing') {
    throw new UserError(`There are no rules, and nothing to compare with: ${champion.reason}. ${advice}`);
  }
  const chosen = defaultRules(champion.metrics, directions);
  if (chosen.rules.length > 0) return chosen;
  throw new UserError(
    `There are no rules, and ${champion.metrics.source} has no metric whose direction is known. State it in \`directions\`, or write \`rules\`.`,
  );
}

function headlineOf(verdict: Verdict, sorted: readonly RuleCheck[], champion: Champion): string {
  const binding = sorted.filter((check) => !check.advisory);
  if (verdict === 'pass') {
    return binding.length === 1
      ? 'The gate passed: the rule holds.'
      : `The gate passed: all ${binding.length} rules hold.`;
  }
  const same = binding.filter((check) => check.verdict === verdict);
  const [worst] = [...same].sort((a, b) => (a.shortfall === b.shortfall ? 0 : b.shortfall - a.shortfall));
  if (worst === undefined) return nothingJudged(sorted, champion);
  const more = same.length === 1 ? '' : ` (and ${same.length - 1} more ${same.length === 2 ? 'rule' : 'rules'})`;
  const opening = verdict === 'fail' ? 'The gate refused the candidate' : 'The gate could not judge the candidate';
  return `${opening}: ${worst.reason}${more}.`;
}

function nothingJudged(advisory: readonly RuleCheck[], champion: Champion): string {
  const advice = 'Write at least one rule with a number, such as `accuracy >= 0.9`';
  if (champion.kind === 'missing') {
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
