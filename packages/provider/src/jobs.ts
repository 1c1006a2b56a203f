import type { Artifact } from './artifacts.ts';
import type { CallOptions } from './provider.ts';

/** SageMaker's words; a closed table. `Stopped`, `Completed` and `Failed` are final. */
export type JobStatus = 'Pending' | 'InProgress' | 'Stopping' | 'Completed' | 'Failed' | 'Stopped';

export function isFinal(status: JobStatus): boolean {
  return status === 'Completed' || status === 'Failed' || status === 'Stopped';
}

/** Finds a metric's values in the log: the first group of `pattern` is the number, the last match counts. */
export interface MetricDefinition {
  readonly name: string;
  /** A regular expression with one group. */
  readonly pattern: string;
}

/** What to run, under the script contract of SageMaker (`SM_*` variables, hyperparameters as arguments). */
export interface JobRequest {
  /** Deterministic: the same work has the same name. */
  readonly name: string;
  /** Folder of the code; the job gets its own copy. */
  readonly sourceDir: string;
  /** Program and its first arguments, run inside the copy: `['python3', 'train.py']`. Hyperparameters are appended as `--name value`, or `-n value` for a name of one letter. */
  readonly command: readonly string[];
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** Channel name → dataset reference (`name@version` or `name@version/split`) or absolute local path. */
  readonly channels: Readonly<Record<string, string>>;
  readonly metricDefinitions: readonly MetricDefinition[];
  /** Extra variables for the script. */
  readonly environment: Readonly<Record<string, string>>;
  /** Wall-clock limit in seconds, enforced by the provider even when this process is gone. */
  readonly maxRuntimeSeconds: number;
  /** GPU ids for the job; empty: none asked for. */
  readonly gpus: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface JobState {
  readonly name: string;
  readonly status: JobStatus;
  /** Why it failed or stopped: one sentence for the user. */
  readonly reason?: string;
  readonly exitCode?: number;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly started?: string;
  readonly ended?: string;
  /** From the metrics file (`metrics.json` in `SM_OUTPUT_DATA_DIR`) and from the log; the file wins. */
  readonly metrics: Readonly<Record<string, number>>;
  /** What the script left in `SM_MODEL_DIR`; present when Completed and not empty. */
  readonly model?: Artifact;
  /** What it left in `SM_OUTPUT_DATA_DIR`. */
  readonly output?: Artifact;
  readonly tags: Readonly<Record<string, string>>;
}

export interface JobService {
  /** Starts the job, or finds the one of that name: `attached` is true when it was there already (running or completed). A failed or stopped one is started anew. */
  submit(request: JobRequest, options?: CallOptions): Promise<{ readonly job: JobState; readonly attached: boolean }>;
  describe(name: string): Promise<JobState | undefined>;
  /** The job's log lines from the beginning, following until the job is final. Lines are cut at 16 KiB. */
  follow(name: string, options?: CallOptions): AsyncIterable<string>;
  /** Stops the job and everything it started. Idempotent; no such job or a final one is fine. Resolves once nothing of it runs. */
  stop(name: string, reason: string): Promise<void>;
}
