import type { Verdict } from '../check.ts';
import type { RolloutJournal } from './journal.ts';
import type { Limits, Tally } from './judge.ts';
import { type CustomResult, defaultJudgeRules, type JudgeRules, type RolloutCheck } from './judgement.ts';
import type { Measurement, Series } from './measurement.ts';
import type { RolloutPlan } from './plan.ts';

export type RolloutOutcome =
  | 'promoted'
  | 'rolled-back'
  | 'rollback-failed'
  | 'paused'
  | 'superseded'
  | 'no-op'
  | 'refused'
  | 'observed';

/** What to do where there is a choice. */
export interface RolloutChoices {
  /** After `maxHoldSeconds` without enough evidence. */
  readonly onInconclusive: 'rollback' | 'pause' | 'advance';
  /** When the candidate had no request in the whole step. `probe` sends requests of our own, whenever there are too few. */
  readonly onNoTraffic: 'probe' | 'inconclusive' | 'advance' | 'rollback';
  /** When checks erred more often in a row than tolerated. */
  readonly onError: 'rollback' | 'pause';
  readonly onCancel: 'rollback' | 'leave';
}

export interface RolloutTimes {
  /** Between two looks at a step. */
  readonly intervalSeconds: number;
  /** Figures younger than this are not asked for: the metrics are not complete yet. */
  readonly lagSeconds: number;
  /** A step without enough evidence may take so much longer. */
  readonly maxHoldSeconds: number;
  /** How long the target may take to do as it was told. */
  readonly progressSeconds: number;
  /** The whole rollout, after which it is rolled back. */
  readonly timeoutSeconds: number;
  /** How long the endpoint stays ours after each renewal; the driver dies and another may take over after so long. */
  readonly leaseSeconds: number;
  /** How long a paused rollout waits for a human before `reconcile` may roll it back. */
  readonly pauseSeconds: number;
  readonly retrySeconds: number;
  /** So long after the promotion the old deployment stays. */
  readonly keepOldSeconds: number;
}

export interface RolloutSettings {
  /** Unique: of this rollout, not of the run that drives it. */
  readonly rollout: string;
  /** Who drives: the same for all the steps of one workflow run. */
  readonly owner: string;
  /** The deployment to go back to; empty when there is none. */
  readonly stable: string;
  readonly candidate: string;
  readonly plan: RolloutPlan;
  /** `shares`: we shift the traffic; `guarded`: the cloud does, with alarms, and rolls back by itself. */
  readonly engine: 'shares' | 'guarded';
  readonly rules: JudgeRules;
  readonly limits: Limits;
  readonly choices: RolloutChoices;
  readonly times: RolloutTimes;
  /** Whether there is a payload to probe with. */
  readonly canProbe: boolean;
  readonly deleteOld: boolean;
  /** So often in a row a failed call is made again. */
  readonly retries: number;
}

export const defaultChoices: RolloutChoices = {
  onInconclusive: 'rollback',
  onNoTraffic: 'probe',
  onError: 'rollback',
  onCancel: 'rollback',
};

/** `lagSeconds` is an estimate for clouds, not a documented figure; the local provider has none. */
export const defaultTimes: RolloutTimes = {
  intervalSeconds: 60,
  lagSeconds: 0,
  maxHoldSeconds: 900,
  progressSeconds: 600,
  timeoutSeconds: 3600,
  leaseSeconds: 300,
  pauseSeconds: 86_400,
  retrySeconds: 10,
  keepOldSeconds: 0,
};

export const defaultLimits: Limits = { failureLimits: {}, errorLimit: 4 };

/** Of `RolloutSettings` what is the same until somebody says otherwise. */
export const defaultSettings = {
  rules: defaultJudgeRules,
  limits: defaultLimits,
  choices: defaultChoices,
  times: defaultTimes,
  canProbe: false,
  deleteOld: true,
  retries: 2,
} as const satisfies Partial<RolloutSettings>;

/** What the target shows. */
export interface RolloutObservation {
  /** `rollback-failed`: the cloud's own rollback failed, and a mix of old and new serves. */
  readonly status: 'in-service' | 'updating' | 'failed' | 'rollback-failed' | 'missing';
  /** Percents of the traffic as they are, by deployment; those without traffic may be left out. */
  readonly shares: Readonly<Record<string, number>>;
  /** Percent of copies that the candidate gets; absent when there are none. */
  readonly mirror?: number;
  /** Absent: the target does not say. */
  readonly healthy: Readonly<Record<string, boolean>>;
}

/**
 * What the driver is to do next, one after the other: it never begins one before the last has ended or was given up. `id` comes back with
 * the event that answers.
 */
export type RolloutCommand = { readonly id: number } & RolloutTask;
export type RolloutTask =
  /** Replaces the revision `replaces` (0: none) or is a conflict. */
  | { readonly kind: 'write-journal'; readonly journal: RolloutJournal; readonly replaces: number }
  | { readonly kind: 'observe' }
  | { readonly kind: 'provision' }
  | { readonly kind: 'smoke' }
  /** The candidate gets `share` percent and `mirror` percent of copies, stable the rest. Idempotent. */
  | { readonly kind: 'shift'; readonly share: number; readonly mirror: number }
  | { readonly kind: 'start-guarded' }
  | { readonly kind: 'abort-guarded' }
  /** Both deployments' figures and the custom checks. Milliseconds since 1970. */
  | { readonly kind: 'measure'; readonly from: number; readonly to: number }
  | { readonly kind: 'probe'; readonly count: number }
  | { readonly kind: 'wait'; readonly until: number }
  /** Removes a deployment that has no traffic. Idempotent. */
  | { readonly kind: 'retire'; readonly deployment: string }
  | { readonly kind: 'end'; readonly outcome: RolloutOutcome; readonly reason: string };

export interface Measured {
  readonly candidate: Series;
  /** Absent when stable has no traffic. */
  readonly stable?: Series;
  readonly custom: readonly CustomResult[];
}

/** What happened. `at` is in milliseconds since 1970; `of` is the command that it answers. */
export type RolloutEvent =
  | { readonly kind: 'done'; readonly of: number; readonly at: number }
  /** It failed, or its answer was lost: it may have acted all the same. `final`: trying again is no use. */
  | {
      readonly kind: 'failed';
      readonly of: number;
      readonly at: number;
      readonly reason: string;
      readonly final?: boolean;
    }
  | { readonly kind: 'conflict'; readonly of: number; readonly at: number; readonly found: RolloutJournal | undefined }
  | { readonly kind: 'observed'; readonly of: number; readonly at: number; readonly observation: RolloutObservation }
  | { readonly kind: 'measured'; readonly of: number; readonly at: number; readonly measured: Measured }
  /** The host cancels, or someone asks for an end. */
  | { readonly kind: 'cancelled'; readonly at: number };

/** One judgement of a step, for the report. */
export interface Look {
  readonly at: number;
  readonly step: number;
  readonly checks: readonly RolloutCheck[];
  readonly verdict: Verdict;
  readonly measured?: Measured;
}

/** The machine between two events. Only `journal` outlives the process. */
export interface RolloutState {
  readonly settings: RolloutSettings;
  /** As it is in the target, or will be once the outstanding write is confirmed. */
  readonly journal: RolloutJournal;
  /** The revision that is in the target for certain. */
  readonly written: number;
  readonly nextId: number;
  readonly expects: RolloutCommand;
  /** What follows when the outstanding command is done. */
  readonly queue: readonly RolloutTask[];
  /** Failed calls in a row. */
  readonly failures: number;
  /** Whether the change that the journal announces was asked for. */
  readonly attempted: boolean;
  /** When the newest event came. */
  readonly at: number;
  readonly begunAt: number;
  /** When the phase began; a step's figures count from here. */
  readonly phaseAt: number;
  readonly tally: Tally;
  /** Stable's windows of the last step in which it had traffic. */
  readonly before: readonly Measurement[];
  readonly probed: number;
  readonly observation?: RolloutObservation;
  /** The newest judgement. */
  readonly look?: Look;
  /** Judges and never changes anything. */
  readonly observing: boolean;
  readonly ended?: RolloutOutcome;
}

export interface Transition {
  readonly state: RolloutState;
  readonly commands: readonly RolloutCommand[];
}
