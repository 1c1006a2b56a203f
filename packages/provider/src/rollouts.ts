import type {
  CustomResult,
  Granularity,
  Guardrail,
  RolloutJournal,
  RolloutObservation,
  RolloutPlan,
  Series,
} from '@mlops-actions/core';
import type { DeploymentRequest, Invocation, InvocationAnswer, MeasureRequest } from './endpoints.ts';
import type { CallOptions } from './provider.ts';

/** What a target is told before anything is changed. */
export interface RolloutPreflight {
  readonly candidate: DeploymentRequest;
  readonly plan: RolloutPlan;
  readonly engine: RolloutEngine['kind'];
  /** For an engine that the cloud drives. */
  readonly guarded?: Pick<GuardedRequest, 'alarms' | 'limits'>;
}

/** The deployments whose figures are wanted; `stable` is empty when there is none. */
export interface RolloutMeasureRequest extends MeasureRequest {
  readonly stable: string;
  readonly candidate: string;
}

/** Endpoints as targets of rollouts. */
export interface RolloutService {
  /**
   * The endpoint as a target; the provider is asked nothing yet, and the endpoint may be missing.
   *
   * @throws UserError when the provider has no such engine. All have `shares`, the default.
   */
  target(endpoint: string, engine?: RolloutEngine['kind']): RolloutTarget;
}

/**
 * An endpoint under a rollout, as a provider offers it to the driver of `rolling-update`. Every call is bounded in time, may be repeated, and
 * rejects with a `UserError` when trying again is no use (refused, forbidden, no such thing) and with another error when its answer may have
 * been lost. The driver makes one call at a time.
 */
export interface RolloutTarget {
  /**
   * What stands against this rollout on this endpoint, a sentence each with the fix: settings that the provider would silently ignore or
   * replace by a full rollout, changed variant names, missing alarms, quotas. Changes nothing.
   */
  preflight(request: RolloutPreflight, options?: CallOptions): Promise<readonly string[]>;
  /** How finely this endpoint divides its traffic. */
  granularity(): Promise<Granularity>;
  /**
   * What is really there: shares as the endpoint serves them, not as they were asked for; `in-service` only when nothing is under way.
   * `promoted` are the deployments that had all the traffic before, newest first, where the provider remembers.
   */
  observe(options?: CallOptions): Promise<RolloutObservation & { readonly promoted?: readonly string[] }>;
  /** The journal among the endpoint's tags or annotations. Rejects with `JournalDamaged`. */
  readJournal(options?: CallOptions): Promise<RolloutJournal | undefined>;
  /**
   * Puts the journal in the place of the one with the revision `replaces` (0: of none) and resolves with undefined; when
   * another is there, changes nothing and resolves with what is there. Where the service has no conditional write, the provider writes, reads
   * back, and counts what it reads.
   */
  writeJournal(journal: RolloutJournal, replaces: number, options?: CallOptions): Promise<JournalConflict | undefined>;
  /**
   * Makes the candidate ready to serve, without traffic. The same again is found, not made twice. On failure nothing of it is left. With
   * `replicas`, it begins with so many instead of its own minimum; `shift` brings the others.
   */
  provision(request: DeploymentRequest, options?: CallOptions & { readonly replicas?: number }): Promise<void>;
  /** Sends a request straight at a deployment, whatever its share: smoke test and probes. */
  probe(deployment: string, invocation: Invocation, options?: CallOptions): Promise<InvocationAnswer>;
  /** Figures by windows that are aligned and complete: what is still filling, or has no data, is left out. */
  measure(
    request: RolloutMeasureRequest,
    options?: CallOptions,
  ): Promise<{ readonly candidate: Series; readonly stable?: Series }>;
  /** A query in the provider's own language as a custom check; absent when the provider has none. */
  query?(query: MetricQuery, options?: CallOptions): Promise<CustomResult>;
  /** Removes a deployment that has no traffic, waiting for the requests in flight. No such deployment is fine. */
  retire(deployment: string, options?: CallOptions): Promise<void>;
  readonly engine: RolloutEngine;
}

export interface JournalConflict {
  /** Absent: someone removed the journal that was to be replaced. */
  readonly found?: RolloutJournal;
}

/** A figure and what it must be, such as `{ query: 'histogram_quantile(…)', operator: '<=', threshold: 0.5 }`. */
export interface MetricQuery {
  readonly name: string;
  /** Whose figure it is, where the query does not say so itself. */
  readonly deployment: string;
  readonly query: string;
  readonly operator: '<' | '<=' | '>' | '>=';
  readonly threshold: number;
  readonly from: number;
  readonly to: number;
}

/** Who moves the traffic. */
export type RolloutEngine = SharesEngine | GuardedEngine;

/** We do, share by share: local gateway, SageMaker variants' weights, Azure ML traffic, Gateway API, replica counts. */
export interface SharesEngine {
  readonly kind: 'shares';
  /**
   * The candidate gets `share` percent and stable the rest (nothing, when there is no stable), and the candidate copies of `mirror` percent
   * of the requests. Resolves once the service accepted it: that it took effect is seen by `observe`. Whatever is under way is waited for or
   * superseded, so that the last call wins. With `byReplicas` capacity moves along: the candidate runs its share of stable's replicas and
   * stable the rest, the new ones ready before they get traffic and the old ones gone after their last answer; without, both run as many as
   * they were made for.
   */
  shift(traffic: TrafficShift, options?: CallOptions): Promise<void>;
}

export interface TrafficShift {
  readonly stable: string;
  readonly candidate: string;
  readonly share: number;
  readonly mirror: number;
  readonly byReplicas: boolean;
  /**
   * The shares that the candidate may have now, from the journal. Where the service can compare and set, anything else is refused: a driver
   * that slept while another took over must not shift any more.
   */
  readonly expected: readonly number[];
}

/**
 * The cloud does, and rolls back by itself when an alarm fires (stable and candidate are then two configurations of the endpoint): SageMaker's deployment guardrails; Argo Rollouts and Flagger. It goes on when
 * the driver is dead, which is why it is preferred where there is one.
 */
export interface GuardedEngine {
  readonly kind: 'guarded';
  /** Begins, with the alarms that watch the candidate. The same again while it runs is not begun twice. */
  start(request: GuardedRequest, options?: CallOptions): Promise<void>;
  /** Sends everything back to stable: trips the alarm, or updates back once the service allows it. Nothing under way is fine. */
  abort(stable: string, options?: CallOptions): Promise<void>;
}

export interface GuardedRequest {
  readonly candidate: DeploymentRequest;
  /**
   * Of the journal that announced it. When the endpoint's journal has another by now, it is refused: a driver that slept while another took
   * over must not begin any more.
   */
  readonly revision: number;
  readonly guardrail: Guardrail;
  /** Names of alarms that are there already. */
  readonly alarms: readonly string[];
  /** Alarms of our own are made on these limits of the candidate's, and removed afterwards; absent: none are. */
  readonly limits?: AlarmLimits;
}

/** What a candidate may do before an alarm takes it back. */
export interface AlarmLimits {
  /** Server errors, as a share of the requests. */
  readonly maxErrorRate: number;
  /** On average; absent: its latency is not watched. */
  readonly maxLatencyMs?: number;
}
