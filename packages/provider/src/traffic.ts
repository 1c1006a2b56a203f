import { canonicalJson, UserError } from '@mlops-actions/core';
import type { EndpointState } from './endpoints.ts';
import { isObject } from './shapes.ts';

/** Percents by deployment. */
export type Shares = Readonly<Record<string, number>>;

/** Copies of so many percent of the requests, for a deployment that has no traffic. */
export interface MirrorShare {
  readonly deployment: string;
  readonly percent: number;
}

/** Where an endpoint's requests go. */
export interface Traffic {
  readonly shares: Shares;
  readonly mirror?: MirrorShare | undefined;
}

/** So many deployments that had all the traffic are remembered, besides the one that has it. */
const remembered = 10;

/** Whether these are whole percents of known deployments that sum to 100 (or none at all). */
export function isTraffic(value: unknown, deployments: readonly string[]): value is Shares {
  if (!isObject(value)) return false;
  const shares = Object.entries(value);
  const sum = shares.reduce((total, [, share]) => total + Number(share), 0);
  return (
    shares.every(([name, share]) => deployments.includes(name) && isPercent(share)) &&
    (shares.length === 0 || sum === 100)
  );
}

/** Whether it is a whole percentage from 1 on for a known deployment that has none of this traffic, and somebody has it. */
export function isMirror(value: unknown, deployments: readonly string[], traffic: Shares): value is MirrorShare {
  return (
    isObject(value) &&
    typeof value.deployment === 'string' &&
    deployments.includes(value.deployment) &&
    isPercent(value.percent) &&
    value.percent > 0 &&
    (traffic[value.deployment] ?? 0) === 0 &&
    Object.keys(traffic).length > 0
  );
}

/** @throws UserError when `deployments`, those in service, cannot have this traffic. */
export function requireTraffic(endpoint: string, { shares, mirror }: Traffic, deployments: readonly string[]): void {
  const names = deployments.join(', ') || 'none';
  if (!isTraffic(shares, deployments) || Object.keys(shares).length === 0) {
    throw new UserError(
      `Traffic ${JSON.stringify(shares)} cannot be set on endpoint "${endpoint}". Give whole percents that sum to 100 for deployments in service (${names}).`,
    );
  }
  if (mirror === undefined || isMirror(mirror, deployments, withoutZeros(shares))) return;
  throw new UserError(
    `The copies ${JSON.stringify(mirror)} cannot be made on endpoint "${endpoint}". Give a whole percentage from 1 to 100 and a deployment in service (${names}) that has no traffic.`,
  );
}

/**
 * The deployments that had all the traffic, newest first, the one that has it now included. Going back to one of them forgets those
 * after it, and so does taking all the traffic away: they were given up.
 */
export function promotedAfter(promoted: readonly string[], before: Shares, after: Shares): readonly string[] {
  const holder = holderOf(after);
  if (holder === undefined) {
    return Object.keys(after).length > 0 ? promoted : promoted.filter((name) => name !== holderOf(before));
  }
  const place = promoted.indexOf(holder);
  return place < 0 ? [holder, ...promoted].slice(0, remembered + 1) : promoted.slice(place);
}

/** The shares of an endpoint's deployments, without those that have none. */
export function sharesOf({ deployments }: Pick<EndpointState, 'deployments'>): Shares {
  return Object.fromEntries(
    deployments.filter(({ traffic }) => traffic > 0).map(({ name, traffic }) => [name, traffic]),
  );
}

/** Who has all the traffic. */
export function holderOf(traffic: Shares): string | undefined {
  return Object.keys(traffic).find((name) => traffic[name] === 100);
}

export function withoutZeros(shares: Shares): Shares {
  return Object.fromEntries(Object.entries(shares).filter(([, share]) => share > 0));
}

/** Zeros do not count. */
export function areSameShares(a: Shares, b: Shares): boolean {
  return canonicalJson(withoutZeros(a)) === canonicalJson(withoutZeros(b));
}

function isPercent(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= 100;
}
