import type { RolloutJournal, RolloutOutcome, RolloutSettings } from '@mlops-actions/core';
import type { Driven } from '@mlops-actions/rollout';

/** What the step's `mode` asks for. */
export const rolloutModes = ['run', 'plan', 'observe', 'reconcile', 'abort', 'promote'] as const;
export type RolloutMode = (typeof rolloutModes)[number];

/** Everything that the report tells; made by `run.ts`, read by the report's documents and pages. */
export interface RolloutResult {
  readonly mode: RolloutMode;
  readonly endpoint: string;
  readonly provider: string;
  readonly outcome: RolloutOutcome;
  /** The cause first, one sentence: `Rolled back at 25 %: server errors …`. */
  readonly headline: string;
  /** With stable and candidate as they came out: what the target shows goes before what the inputs say. */
  readonly settings: RolloutSettings;
  /** `name@version` of the candidate's model, and of stable's where the endpoint tells. */
  readonly models: Readonly<Record<string, string>>;
  /** Absent when nothing was driven: refused, or nothing to do. */
  readonly driven?: Driven;
  /** The journal that was found when the step came; absent: none. */
  readonly found?: RolloutJournal;
  /** Percents by deployment when the step ended; absent: they could not be read. */
  readonly finalShares?: Readonly<Record<string, number>>;
  /** Address of the workflow run, where there is one. */
  readonly runUrl?: string;
  readonly warnings: readonly string[];
  /** Milliseconds since 1970. */
  readonly begunAt: number;
  readonly endedAt: number;
}
