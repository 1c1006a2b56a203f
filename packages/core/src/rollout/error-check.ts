import { formatNumber } from '../figures.ts';
import { clopperPearson, exceedsByMarginTest, fisherExact, twoProportionTest, wilson } from '../statistics/index.ts';
import { calledInRollouts, type Evidence, type JudgeRules, type RolloutCheck } from './judgement.ts';
import { type CountName, type Pair, pairsOf, type Share, shareOf } from './measurement.ts';

/** A count below this makes the normal approximation of two proportions a bad one. */
const leastCell = 5;

/**
 * Server errors, cumulative over the step, the candidate against stable over the same minutes. It fails
 * - when the candidate's share exceeds stable's by the margin or more, and the p-value is below the significance: the larger one of the
 *   test for any difference (Fisher's where a count is below 5, else of two proportions) and of the score test for a difference above the
 *   margin. The second is what repeated looks need: every minute is a further chance for a good candidate to look a little worse than
 *   stable, but hardly ever one to look significantly worse than stable plus the margin; no look has to be paid for by a later one.
 * - when even the lower Wilson bound (95 %, two-sided) of its share is above the highest rate allowed, from `fastFailRequests` requests on:
 *   of fewer, a single error is enough for that, and at 0.1 % errors five good candidates of a hundred would be taken back for it.
 *
 * Too few requests are inconclusive; so are no figures at all, of the candidate or of a stable that has traffic.
 */
export function serverErrorCheck(evidence: Evidence, rules: JudgeRules): RolloutCheck {
  const own = shareOf(evidence.candidate.windows, 'serverErrors');
  const { candidate, stable } = evidence.called ?? calledInRollouts;
  if (own === undefined || own.requests === 0) return withoutRequests(own, candidate);
  const figures = figuresOf(own);
  const absolute = aboveLimit(own, rules);
  if (absolute !== undefined) return { ...figures, ...absolute };
  const compared = comparedWith(evidence, rules, 'serverErrors');
  if (compared?.verdict === 'fail') return compared;
  if (own.requests < rules.minRequests) {
    return {
      ...figures,
      verdict: 'inconclusive',
      reason: `${requestsText(own)} are fewer than the ${rules.minRequests} that a step takes`,
    };
  }
  if (isSilent(evidence)) {
    return {
      ...figures,
      verdict: 'inconclusive',
      reason: `${stable} has traffic, and nothing is known of its server errors`,
    };
  }
  return (
    compared ?? {
      ...figures,
      threshold: rules.maxErrorRate,
      verdict: 'pass',
      reason: `server errors ${shareText(own)}, at most ${percent(upperBound(own))} with 95 % confidence`,
    }
  );
}

/** The same comparison of the client's errors: shown, never decisive. */
export function clientErrorCheck(evidence: Evidence, rules: JudgeRules): RolloutCheck | undefined {
  const check = comparedWith(evidence, rules, 'clientErrors');
  return check === undefined ? undefined : { ...check, advisory: true };
}

/** So many errors that no further evidence is needed. */
export function fastFailCheck(evidence: Evidence, rules: JudgeRules): RolloutCheck | undefined {
  const own = shareOf(evidence.candidate.windows, 'serverErrors');
  if (own === undefined || own.requests < rules.fastFailRequests) return undefined;
  if (own.count < rules.fastFailShare * own.requests) return undefined;
  return {
    ...figuresOf(own),
    name: 'fast-fail',
    threshold: rules.fastFailShare,
    verdict: 'fail',
    fast: true,
    reason: `server errors ${shareText(own)}, no less than ${percent(rules.fastFailShare)}`,
  };
}

/** The p-value that two shares are compared by, and the difference; see `serverErrorCheck`. */
export function errorEvidence(
  candidate: Share,
  stable: Share,
  margin: number,
): { readonly difference: number; readonly p: number } {
  const [x1, n1, x2, n2] = [candidate.count, candidate.requests, stable.count, stable.requests];
  const smallest = Math.min(x1, n1 - x1, x2, n2 - x2);
  const any =
    smallest < leastCell
      ? fisherExact(x1, n1 - x1, x2, n2 - x2, 'greater').p
      : twoProportionTest(x1, n1, x2, n2, 'greater').p;
  const { difference, p } = exceedsByMarginTest(x1, n1, x2, n2, margin);
  return { difference, p: Math.max(any, p) };
}

/** The same minutes of both, as far as the count is known of them. */
function knownPairs({ candidate, stable }: Evidence, name: CountName): Pair[] {
  return pairsOf(candidate.windows, stable?.windows ?? []).filter((pair) =>
    pair.every((window) => window[name] !== undefined && window.requests !== undefined),
  );
}

/** Whether stable ought to have figures of the same minutes, and has not. */
function isSilent(evidence: Evidence): boolean {
  return evidence.stable !== undefined && knownPairs(evidence, 'serverErrors').length === 0;
}

function comparedWith(evidence: Evidence, rules: JudgeRules, name: CountName): RolloutCheck | undefined {
  const pairs = knownPairs(evidence, name);
  const own = shareOf(
    pairs.map(([window]) => window),
    name,
  );
  const other = shareOf(
    pairs.map(([, window]) => window),
    name,
  );
  if (own === undefined || other === undefined || own.requests === 0 || other.requests === 0) return undefined;
  const { difference, p } = errorEvidence(own, other, rules.errorMargin);
  const fails = difference >= rules.errorMargin && p < rules.significance;
  const baseline = other.count / other.requests;
  const { stable } = evidence.called ?? calledInRollouts;
  const against = `${shareText(own)} against ${shareText(other)} of ${stable}`;
  const title = name === 'serverErrors' ? 'server errors' : 'client errors';
  return {
    ...figuresOf(own),
    name: name === 'serverErrors' ? 'server-errors' : 'client-errors',
    baseline,
    margin: rules.errorMargin,
    threshold: baseline + rules.errorMargin,
    p,
    verdict: fails ? 'fail' : 'pass',
    reason: fails
      ? `${title} ${against}, ${pText(p)}`
      : `${title} ${against}; at most ${percent(upperBound(own))} with 95 % confidence`,
  };
}

function aboveLimit(own: Share, rules: JudgeRules): Pick<RolloutCheck, 'verdict' | 'reason' | 'threshold'> | undefined {
  const { lo } = wilson(own.count, own.requests);
  if (own.requests < rules.fastFailRequests || !(lo > rules.maxErrorRate)) return undefined;
  return {
    verdict: 'fail',
    threshold: rules.maxErrorRate,
    reason: `server errors ${shareText(own)}, at least ${percent(lo)} with 95 % confidence, where ${percent(rules.maxErrorRate)} is the limit`,
  };
}

function figuresOf(own: Share): Pick<RolloutCheck, 'name' | 'value' | 'n' | 'interval' | 'advisory'> {
  const { lo, hi } = wilson(own.count, own.requests);
  return {
    name: 'server-errors',
    value: own.count / own.requests,
    n: own.requests,
    interval: { lo, hi },
    advisory: false,
  };
}

function withoutRequests(own: Share | undefined, candidate: string): RolloutCheck {
  return {
    name: 'server-errors',
    verdict: 'inconclusive',
    advisory: false,
    ...(own === undefined ? {} : { n: 0 }),
    reason:
      own === undefined ? `there are no figures of server errors of ${candidate}` : `${candidate} had no requests`,
  };
}

/** The one-sided 95 % bound of Clopper and Pearson: what the errors may be at worst. */
function upperBound({ count, requests }: Share): number {
  return clopperPearson(count, requests, 0.9).hi;
}

function requestsText({ requests }: Share): string {
  return `${formatNumber(requests)} requests`;
}

/** `4.1 % (41/1000)`. */
function shareText({ count, requests }: Share): string {
  return `${percent(count / requests)} (${count}/${requests})`;
}

export function percent(fraction: number): string {
  return `${formatNumber(fraction * 100, 2)} %`;
}

export function pText(p: number): string {
  return p < 1e-20 ? 'p < 1e-20' : `p = ${formatNumber(p, 2)}`;
}
