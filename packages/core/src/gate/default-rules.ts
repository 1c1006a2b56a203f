import { type Direction, isTrainingMetric, knownMetric } from '../metrics/direction.ts';
import type { MetricSet } from '../metrics/metric-set.ts';
import { decimal } from './decimal.ts';
import { directionOf } from './parse-rules.ts';
import { type Rule, writtenMetric } from './rules.ts';

/**
 * The rules when none are given: every metric of the champion whose direction is known or stated must be at most 1 % of |champion| worse.
 * Metrics of cost and of training data are left alone unless their direction is stated: they vary, or say little. Taken from the
 * champion, so that a metric that the candidate drops fails. `unjudged` names the others.
 */
export function defaultRules(
  champion: MetricSet,
  directions: Readonly<Record<string, Direction>>,
): { readonly rules: Rule[]; readonly unjudged: string[] } {
  const rules: Rule[] = [];
  const unjudged: string[] = [];
  for (const [key, { metric, slice }] of champion.values) {
    const stated = Object.hasOwn(directions, metric);
    const direction = directionOf(metric, directions);
    if (direction === undefined || (!stated && (knownMetric(metric)?.cost || isTrainingMetric(metric)))) {
      unjudged.push(key);
      continue;
    }
    rules.push(notWorse(metric, slice, direction));
  }
  return { rules, unjudged };
}

function notWorse(metric: string, slice: string | undefined, direction: Direction): Rule {
  const operator = direction === 'higher' ? '>=' : '<=';
  const sign = direction === 'higher' ? '-' : '+';
  const boundText = `champion ${sign} 1%`;
  return {
    text: `${writtenMetric(metric, slice)} ${operator} ${boundText}`,
    boundText,
    metric,
    ...(slice === undefined ? {} : { slice }),
    operator,
    bound: { kind: 'champion', offset: { relative: true, amount: decimal(`${sign}0.01`) } },
    confident: false,
    advisory: false,
  };
}
