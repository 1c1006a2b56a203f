import type { Clock, Json, Log, RunInfo, RunRecord } from '@mlops-actions/core';
import type { Provider } from '@mlops-actions/provider';
import type { ActionSpec, Inputs, Outputs } from '@mlops-actions/spec';

/** Everything that a step may touch besides its inputs. */
export interface Context {
  readonly log: Log;
  readonly run: RunInfo;
  /** What the steps before this one recorded. */
  readonly record: RunRecord;
  /** Absolute; relative paths in inputs start here. */
  readonly workingDirectory: string;
  /** Absolute, emptied after the job. */
  readonly tempDir: string;
  /** The environment for user code, without inputs and secrets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Aborts when the host cancels the step. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** The program of threads that read tables, for `profileTables`; absent: the step reads them itself. */
  readonly scanWorker: URL | undefined;
  /** Opens the provider named in the inputs. */
  provider(): Promise<Provider>;
  /** The text without this step's secrets, for a file. The log, the summary and the run record are masked in any case. */
  mask(text: string): string;
  /** Adds Markdown to the run's summary page, where the host has one. */
  summary(markdown: string): void;
  /** Keeps a value for this action's `post`. Call it before the effect that `post` must be able to undo. */
  keepForPost(name: string, value: string): void;
}

/** What a step came to. */
export interface Result<S extends ActionSpec> {
  readonly outputs: Outputs<S>;
  /** Present when the step's answer is no: the sentence to end with. */
  readonly verdict?: string;
  /** Present when the step could not do what was asked for a reason that the user can mend: its sentence. Ends as `user-error`, outputs set. */
  readonly problem?: string;
  /** What this step adds to the run record. Never a secret. */
  readonly lineage: { readonly [key: string]: Json };
}

/** What `post` gets: the values kept by `keepForPost`. It must be idempotent, and quiet when there is nothing to do. */
export interface PostContext extends Omit<Context, 'keepForPost'> {
  kept(name: string): string | undefined;
}

export interface Action<S extends ActionSpec = ActionSpec> {
  readonly spec: S;
  run(inputs: Inputs<S>, context: Context): Promise<Result<S>>;
  post?(inputs: Inputs<S>, context: PostContext): Promise<void>;
}
