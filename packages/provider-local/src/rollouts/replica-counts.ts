import { sharesOf, type TrafficShift } from '@mlops-actions/provider';
import type { LocalEndpointState } from '../gateway/endpoint-state.ts';
import { ownReplicas } from './observation.ts';

/** Replicas by deployment; who is not named runs as many as it was made for. */
export type Counts = Readonly<Record<string, number>>;

/** What the deployments are to run around a shift of the traffic. */
export interface ReplicaCounts {
  /** What they were told before. */
  readonly told: Counts;
  /** Before the traffic moves: the one that gains has what it needs, the other still what it had. */
  readonly before: Counts;
  /** Once it has moved. */
  readonly after: Counts;
  /** Who gets more traffic than it has, and must be ready for it; the other way round when nothing moves. */
  readonly gaining: string;
}

/**
 * By replicas, the candidate runs its share of stable's, rounded, and stable the rest, but one at the least each: on the way back from 100 %
 * stable is found healthy. Who gets everything runs as many as it was made for again, no fewer than it has by then.
 */
export function replicaCounts(shift: TrafficShift, state: LocalEndpointState): ReplicaCounts {
  const { stable, candidate, share, byReplicas } = shift;
  const told = Object.fromEntries(
    state.deployments.flatMap(({ name, override }) => (override === undefined ? [] : [[name, override.count]])),
  );
  const gaining = share > (sharesOf(state)[candidate] ?? 0) ? candidate : stable;
  const split = byReplicas ? splitOf(shift, state) : {};
  // Its own number is what stable grows to on the way back; the candidate may have been made for fewer than it takes over from stable.
  const needed = share === 0 ? undefined : split[gaining];
  const whole = share === 0 ? stable : share === 100 ? candidate : '';
  return {
    told,
    before: { ...without(told, gaining), ...(needed === undefined ? {} : { [gaining]: needed }) },
    after: { ...without(told, stable, candidate), ...without(split, whole) },
    gaining,
  };
}

/** For those of the two that are there. */
function splitOf({ stable, candidate, share }: TrafficShift, { deployments }: LocalEndpointState): Counts {
  const present = deployments.filter(({ status }) => status === 'InService');
  const first = present.find(({ name }) => name === stable) ?? present.find(({ name }) => name === candidate);
  const total = first === undefined ? 1 : ownReplicas(first);
  const own = Math.max(1, Math.min(Math.round((total * share) / 100), share === 100 ? total : total - 1));
  const split: Counts = { [stable]: Math.max(1, total - own), [candidate]: own };
  return without(
    split,
    ...Object.keys(split).filter((name) => present.every((deployment) => deployment.name !== name)),
  );
}

function without(counts: Counts, ...names: readonly string[]): Counts {
  return Object.fromEntries(Object.entries(counts).filter(([name]) => !names.includes(name)));
}
