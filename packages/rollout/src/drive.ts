import type { Clock, CustomResult, Look, RolloutOutcome, RolloutPhase, RolloutState } from '@mlops-actions/core';
import type { DeploymentRequest, GuardedRequest, Invocation, RolloutTarget } from '@mlops-actions/provider';

/** What the driver of a rollout works with. */
export interface Drive {
  readonly target: RolloutTarget;
  /** What is provisioned as the candidate; absent where nothing begins (reconcile, abort, promote, observe). */
  readonly candidate?: DeploymentRequest;
  /** For an engine that the cloud drives. */
  readonly guarded?: Omit<GuardedRequest, 'candidate' | 'revision'>;
  /** Asks the provisioned candidate; resolves with what is wrong with the answer, in words after `The answer …`, or undefined. */
  readonly smoke?: (signal: AbortSignal) => Promise<string | undefined>;
  /** What is sent as a probe, at the candidate. */
  readonly probe?: Invocation;
  /** Checks that are made elsewhere, over the time of a look. What it throws is an `error` among the checks. */
  readonly customChecks?: (window: CheckedPeriod, signal: AbortSignal) => Promise<readonly CustomResult[]>;
  readonly clock: Clock;
  /** Aborts when the host cancels: then the rollout turns back, or is left, as its settings say, within `cancelSeconds`. */
  readonly signal: AbortSignal;
  /** What these throw is not listened to: a log that cannot be written must not leave the traffic divided. */
  readonly onMoment?: (moment: Moment, state: RolloutState) => void;
  readonly onLook?: (look: Look, state: RolloutState) => void;
}

/** Milliseconds since 1970; `to` is not part of it. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** What a custom check looks at. */
export interface CheckedPeriod extends Period {
  /** Percent of the traffic that the candidate has. */
  readonly share: number;
}

/** Something that happened, for the log and the report's timeline. */
export interface Moment {
  /** When it had happened: the answer came, or was given up. */
  readonly at: number;
  readonly kind:
    | 'journal'
    | 'provision'
    | 'smoke'
    | 'shift'
    | 'observe'
    | 'measure'
    | 'probe'
    | 'retire'
    | 'start-guarded'
    | 'abort-guarded'
    | 'cancelled'
    | 'end';
  readonly phase: RolloutPhase;
  /** Index of the step in the plan; −1 before the first. */
  readonly step: number;
  /** One sentence without a full stop, such as `green gets 25 %, blue 75 %`; of what was tried, when it failed. */
  readonly text: string;
  /** How long it took; absent for what takes no time. */
  readonly milliseconds?: number;
  /** Present when the target was looked at: percents by deployment, as they were. */
  readonly shares?: Readonly<Record<string, number>>;
  /** Why it failed, or may have; absent: it went well. */
  readonly failure?: string;
}

/** How a rollout went. */
export interface Driven {
  readonly outcome: RolloutOutcome;
  /** Why, in one sentence. */
  readonly reason: string;
  readonly state: RolloutState;
  readonly moments: readonly Moment[];
  /** Every judgement with all that was measured for it, oldest first. */
  readonly looks: readonly Look[];
  /** Milliseconds since 1970. */
  readonly begunAt: number;
  readonly endedAt: number;
}
