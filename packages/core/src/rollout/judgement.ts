import type { Check, Verdict } from '../check.ts';
import type { Measurement, Series } from './measurement.ts';

/** A check of a rollout. */
export interface RolloutCheck extends Check {
  /** Requests, or windows, that the value stands on. */
  readonly n?: number;
  /** The p-value that decided. */
  readonly p?: number;
  /** Bounds of the value: two-sided 95 %. */
  readonly interval?: { readonly lo: number; readonly hi: number };
  /** Whether this is reason to roll back at once, whatever the limits of failed checks say. */
  readonly fast?: boolean;
}

/** The answer of a check that is made elsewhere: a request (`http`), a program (`command`), a query of the provider's metrics. */
export interface CustomResult {
  readonly name: string;
  readonly verdict: Verdict;
  readonly value?: number;
  readonly threshold?: number;
  readonly reason: string;
  readonly advisory?: boolean;
}

/** What the checks of a rollout ask for. */
export interface JudgeRules {
  /** So many requests of the candidate it takes to pass a step. */
  readonly minRequests: number;
  /** The candidate's share of server errors may exceed stable's by so much (a fraction of the requests). */
  readonly errorMargin: number;
  /** And be no more than this for certain. */
  readonly maxErrorRate: number;
  /** The candidate's latency may be so many times stable's. */
  readonly latencyRatio: number;
  /** And exceed it by so many milliseconds in any case: where answers take a fraction of one, a busy machine makes more of a difference. */
  readonly latencySlackMs: number;
  /** The statistic to judge, where both deployments have it; absent: the best that they have. */
  readonly latencyStatistic?: 'p95' | 'p90' | 'p99' | 'mean' | 'p50' | 'max';
  readonly maxLatencyMs?: number;
  /** The p-value below which evidence counts. */
  readonly significance: number;
  /** Restarts of the candidate's replicas within a step that are no reason to roll back. */
  readonly maxRestarts: number;
  /** Saturation above which the advisory check fails. */
  readonly maxSaturation: number;
  /** From so many requests on, of which `fastFailShare` failed, the candidate is taken back at once. */
  readonly fastFailRequests: number;
  readonly fastFailShare: number;
  /** Names of checks that are shown and never decide. */
  readonly advisory: readonly string[];
  /** Compare the latencies of the windows by Mann and Whitney's test, too, from 50 windows on. */
  readonly mannWhitney: boolean;
}

/** The checks when the user writes none. */
export const defaultJudgeRules: JudgeRules = {
  minRequests: 100,
  errorMargin: 0.005,
  maxErrorRate: 0.01,
  latencyRatio: 1.25,
  latencySlackMs: 1,
  significance: 0.05,
  maxRestarts: 0,
  maxSaturation: 0.9,
  fastFailRequests: 20,
  fastFailShare: 0.5,
  advisory: [],
  mannWhitney: false,
};

/** What the sentences call the two that are compared. */
export interface Called {
  readonly candidate: string;
  readonly stable: string;
}

export const calledInRollouts: Called = { candidate: 'the candidate', stable: 'stable' };

/** Everything that is known of a step when it is judged. */
export interface Evidence {
  /** Absent: as in a rollout. */
  readonly called?: Called;
  readonly candidate: Series;
  /** Stable over the same time; absent when it has no traffic, or there is none. */
  readonly stable?: Series;
  /** Stable's windows before the candidate got all the traffic: a weaker comparison than the same minutes, for latency alone. */
  readonly before?: readonly Measurement[];
  /** Windows that begin earlier than this do not count for latency: the step was still settling. */
  readonly settledAt: number;
  /** Whether the candidate is healthy, as its endpoint says; absent when the endpoint does not say. */
  readonly ready?: boolean;
  readonly custom?: readonly CustomResult[];
}
