import type { AlarmState } from '@mlops-actions/core';

/** What an endpoint is held to between two runs of a step. */
export interface StandingLimits {
  /** The share of requests that may end in a server error. */
  readonly maxErrorRate: number;
  /** Mean latency in milliseconds. */
  readonly maxMeanMs?: number;
  readonly minRequestsPerMinute?: number;
  readonly maxRequestsPerMinute?: number;
}

export interface StandingAlarms {
  readonly endpoint: string;
  readonly limits: StandingLimits;
  /** Who is told when one of them rings, as the provider names it. */
  readonly actions: readonly string[];
}

/** What watches an endpoint also while no step runs. */
export interface MonitoringService {
  /**
   * The alarms of the endpoint that `keepAlarms` made, and those with these names.
   *
   * @throws UserError when there is none of such a name.
   */
  alarms(endpoint: string, names: readonly string[]): Promise<readonly AlarmState[]>;
  /**
   * Makes an alarm of each limit, or brings it up to date, removes those of limits that are no more, and resolves with their names. They
   * watch whichever deployments serve, also those that come later. Idempotent: an alarm that rings goes on to ring.
   */
  keepAlarms(wanted: StandingAlarms): Promise<readonly string[]>;
  /** Makes a page of the endpoint's figures, or brings it up to date, and resolves with its address. */
  keepDashboard(endpoint: string, limits: StandingLimits): Promise<string>;
}
