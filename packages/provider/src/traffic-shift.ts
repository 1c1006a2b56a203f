import { UserError } from '@mlops-actions/core';
import type { TrafficShift } from './rollouts.ts';
import { type Shares, type Traffic, withoutZeros } from './traffic.ts';

/** What is wrong with these percents where traffic is divided by whole ones; undefined: nothing. */
export function fractionFault(percents: readonly number[]): string | undefined {
  const fraction = percents.find((percent) => !Number.isInteger(percent));
  return fraction === undefined
    ? undefined
    : `Traffic is divided by whole percents here, not by ${fraction} %. Round the step.`;
}

/** The traffic that a shift asks for. Throws a `UserError` when no endpoint could divide its traffic like that. */
export function shiftedTraffic({ stable, candidate, share, mirror }: TrafficShift): Traffic {
  const fault = fractionFault([share, mirror]);
  if (fault !== undefined) throw new UserError(fault);
  if (stable === '' && share > 0 && share < 100) {
    throw new UserError(
      `${candidate} cannot have ${share} % of the traffic, because no other deployment can take the rest. Give it 100 %.`,
    );
  }
  const shares = withoutZeros({ [stable]: stable === '' ? 0 : 100 - share, [candidate]: share });
  return { shares, ...(mirror === 0 ? {} : { mirror: { deployment: candidate, percent: mirror } }) };
}

/** Throws a `UserError` unless the traffic is as the journal knows it: a driver that slept while another took over must not shift any more. */
export function requireExpectedShares(
  { stable, candidate, expected }: TrafficShift,
  endpoint: string,
  seen: Shares,
): void {
  const isOthers = Object.keys(seen).some((name) => name !== stable && name !== candidate);
  if (!isOthers && expected.includes(seen[candidate] ?? 0)) return;
  const shown = Object.entries(seen).map(([name, share]) => `${name} ${share} %`);
  throw new UserError(
    `The traffic of endpoint "${endpoint}" is ${shown.join(', ') || 'nowhere'}, and this rollout left ${candidate} with ${expected.join(' or ')} %. Somebody else has changed it since, so it is left as it is.`,
  );
}
