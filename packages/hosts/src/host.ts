import type { Ending, Log, RunInfo } from '@mlops-actions/core';

/** Values that the main step keeps for its post step. Secrets in them are masked, since runners write state to disk and debug logs. */
export interface StepState {
  save(name: string, value: string): void;
  read(name: string): string | undefined;
}

/**
 * The CI system that runs a step, seen through what a step needs from it. Every host takes its effects (environment variables, a
 * writer) as constructor arguments, so each is tested everywhere.
 */
export interface Host extends Log {
  readonly name: 'github' | 'azure-pipelines' | 'cli' | 'memory';
  readonly run: RunInfo;
  /** A folder that the host empties after the job; absolute. */
  readonly tempDir: string;
  /** The folder that relative paths of inputs start from; absolute. */
  readonly workspace: string;
  /** Whether a person asked for debug logs. */
  readonly debug: boolean;
  /** An input's raw text by its kebab-case name. Empty text is "not given" and comes back as undefined. */
  input(name: string): string | undefined;
  /** The names that the user gave, as the user wrote them where the host keeps that; for "did you mean". */
  givenInputs(): readonly string[];
  /** The spelling of an input or output in this host's files: `model-uri` on GitHub, `modelUri` on Azure Pipelines, `--model-uri` in a shell. */
  spell(name: string): string;
  /** Sets an output by its kebab-case name. */
  output(name: string, value: string): void;
  /** From now on this value is masked in everything printed. Empty text is ignored. */
  secret(value: string): void;
  /** The environment for user code: the host's own, without inputs, tokens and endpoint secrets. */
  childEnvironment(): Record<string, string>;
  /**
   * Shows how the step ended and returns the exit code for the process: that of `exitCodeOf`, except on Azure Pipelines, whose agent
   * is told the result by a command and takes any other code than 0 for a breakdown of the task.
   */
  finish(ending: Ending): number;
  /** Adds Markdown to the run's summary page. */
  summary?(markdown: string): void;
  /** An OpenID Connect token for `audience`, where the host can give one. */
  idToken?(audience: string): Promise<string>;
  /** Present where the host runs post steps. */
  readonly state?: StepState;
}
