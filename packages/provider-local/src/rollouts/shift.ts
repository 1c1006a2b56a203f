import { type Clock, canonicalJson, UserError } from '@mlops-actions/core';
import {
  requireExpectedShares,
  type Shares,
  sharesOf,
  shiftedTraffic,
  type Traffic,
  TrafficChanged,
  type TrafficShift,
} from '@mlops-actions/provider';
import type { LocalEndpointState } from '../gateway/endpoint-state.ts';
import type { EndpointAdmin } from './endpoint-admin.ts';
import { replicaCounts } from './replica-counts.ts';

const pollMs = 50;
/** A race is lost to a step that changes the traffic at the same moment: seldom once. */
const attempts = 5;
/** The way back does not wait longer than this for stable's replicas: a host that cancels kills the process after 7.5 s. */
const wayBackMs = 3_000;
/** Beyond the time that a replica may take to start. */
const graceMs = 5_000;

/**
 * Gives the candidate its share, and no earlier than its replicas are ready; each change is made only while the shares are those that were
 * looked at, and the candidate has one of the shares that the journal knows.
 *
 * @throws UserError when the endpoint cannot be divided like that, somebody else has changed its traffic, or the replicas do not get ready.
 */
export async function shiftTraffic(
  shift: TrafficShift,
  admin: EndpointAdmin,
  clock: Clock,
  signal?: AbortSignal,
): Promise<void> {
  const traffic = shiftedTraffic(shift);
  for (let attempt = 1; ; attempt++) {
    const state = await admin.state(signal);
    requireExpectedShares(shift, state.name, sharesOf(state));
    try {
      await move(shift, traffic, state, admin, clock, signal);
      return;
    } catch (error) {
      if (!(error instanceof TrafficChanged) || attempt === attempts) throw error;
    }
  }
}

async function move(
  shift: TrafficShift,
  traffic: Traffic,
  state: LocalEndpointState,
  admin: EndpointAdmin,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { told, before, after, gaining } = replicaCounts(shift, state);
  const seen = sharesOf(state);
  if (!areSame(told, before)) await admin.setReplicas(before, seen, signal);
  if (!areSame(before, {}) || !areSame(told, {})) await untilReady(gaining, shift.share === 0, admin, clock, signal);
  await admin.setTraffic(traffic, seen, signal);
  if (!areSame(before, after)) await admin.setReplicas(after, traffic.shares, signal);
}

/** Waits until all the replicas that the deployment is to run are ready. */
async function untilReady(
  deployment: string,
  isWayBack: boolean,
  admin: EndpointAdmin,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<void> {
  const began = clock.now().getTime();
  for (;;) {
    const found = (await admin.state(signal)).deployments.find(({ name }) => name === deployment);
    if (found === undefined || found.readyReplicas >= found.desiredReplicas) return;
    const limitMs = isWayBack ? wayBackMs : found.startupTimeoutSeconds * 1000 + graceMs;
    if (clock.now().getTime() - began >= limitMs) {
      if (isWayBack) return;
      throw new UserError(
        `${found.readyReplicas} of the ${found.desiredReplicas} replicas of deployment "${deployment}" were ready after ${limitMs / 1000} s. ${found.reason ?? ''} See its log, and give the machine room for all of them.`,
      );
    }
    await clock.sleep(pollMs, signal);
  }
}

function areSame(a: Shares, b: Shares): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
