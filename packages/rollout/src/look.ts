import type { CustomResult, Measured, RolloutState } from '@mlops-actions/core';
import { bounded } from './bounded.ts';
import type { CheckedPeriod, Drive, Period } from './drive.ts';
import { longestCheckSeconds, plainSeconds } from './limits.ts';

/** Metrics services count by the minute. */
const longestWindowSeconds = 60;

/** A check that takes all its time still has to say how it ended. */
const slackSeconds = 10;

/** The figures of both deployments and the custom checks, at the same time: a slow check does not make the figures older. */
export async function measure(
  period: Period,
  state: RolloutState,
  drive: Drive,
  signal: AbortSignal,
): Promise<Measured> {
  const share = state.observation?.shares[state.journal.candidate] ?? 0;
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  try {
    const [figures, custom] = await Promise.all([
      figuresOf(period, state, drive, both),
      customResults({ ...period, share }, drive, both),
    ]);
    return { ...figures, custom };
  } finally {
    // Without figures there is no look: checks must not run on into the next one.
    stop.abort();
  }
}

/** Stable is left out when it has no traffic: what it does then is no comparison. */
async function figuresOf(
  period: Period,
  state: RolloutState,
  drive: Drive,
  signal: AbortSignal,
): Promise<Omit<Measured, 'custom'>> {
  const { journal, observation, settings } = state;
  const hasTraffic = journal.stable !== '' && (observation?.shares[journal.stable] ?? 0) > 0;
  const request = {
    ...period,
    windowSeconds: Math.min(longestWindowSeconds, settings.times.intervalSeconds),
    candidate: journal.candidate,
    stable: hasTraffic ? journal.stable : '',
  };
  const { candidate, stable } = await bounded(
    (own) => drive.target.measure(request, { signal: own }),
    plainSeconds,
    drive.clock,
    signal,
  );
  return { candidate, ...(hasTraffic && stable !== undefined ? { stable } : {}) };
}

async function customResults(
  window: CheckedPeriod,
  { customChecks, clock }: Drive,
  signal: AbortSignal,
): Promise<readonly CustomResult[]> {
  if (customChecks === undefined) return [];
  try {
    return await bounded((own) => customChecks(window, own), longestCheckSeconds + slackSeconds, clock, signal);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ name: 'checks', verdict: 'error', reason: `the checks were not made: ${reason}` }];
  }
}
