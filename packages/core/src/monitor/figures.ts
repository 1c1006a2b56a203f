import type { Measurement, Series } from '../rollout/measurement.ts';

/** One deployment as it is and as it was in the window. */
export interface DeploymentFigures {
  readonly name: string;
  readonly model: string;
  /** Percent of the traffic. */
  readonly traffic: number;
  readonly readyReplicas: number;
  readonly desiredReplicas: number;
  readonly maxReplicas: number;
  readonly window: Series;
  /** An earlier window, moved to the time of this one; absent: there is none to compare with. */
  readonly baseline?: Series;
}

/** An alarm of the provider. */
export interface AlarmState {
  readonly name: string;
  /** `unknown`: it has not seen enough yet. */
  readonly state: 'quiet' | 'ringing' | 'unknown';
  /** In the provider's words. */
  readonly reason: string;
}

/** Everything that is known of an endpoint when it is looked at. */
export interface MonitorFigures {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** As the provider calls it; `InService` is the good one. */
  readonly status: string;
  /** Those that have traffic, or were asked for. */
  readonly deployments: readonly DeploymentFigures[];
  /** All deployments' windows of the longest burn window, up to now; absent: no objective is set. */
  readonly history?: readonly Measurement[];
  readonly capture: { readonly percent: number; readonly newestAt?: number };
  /** Of the provider, as they are now; absent: they are not asked for. */
  readonly alarms?: readonly AlarmState[];
}
