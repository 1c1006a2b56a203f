import {
  bestTrial,
  type FinishedTrial,
  nextRound,
  type Parameters,
  rankedTrials,
  type Trial,
  type Tuning,
  UserError,
} from '@mlops-actions/core';
import type { JobService, JobState } from '@mlops-actions/provider';
import type { JobContext } from '../run-job.ts';
import { runJob, type Trained } from '../run-job.ts';
import type { Plan } from './plan.ts';

/** One trial as it ended: with its job, or with why it has none. */
export interface TrialOutcome extends FinishedTrial {
  readonly job: string;
  readonly state?: JobState;
  readonly attached: boolean;
  readonly reason?: string;
}

export interface SearchResult {
  /** In the order of their numbers. */
  readonly trials: readonly TrialOutcome[];
  /** The best first. */
  readonly ranking: readonly TrialOutcome[];
  readonly best: TrialOutcome & { readonly state: JobState };
}

/**
 * Runs the trials of a search, `parallel` at a time, round by round. `announce` is told the names of a round's jobs before any of them starts. Trials that
 * fail are left out; when none is left, that is a `UserError` with the first one's reason.
 */
export async function search(
  tuning: Tuning,
  plan: Plan,
  jobs: JobService,
  context: JobContext,
  announce: (names: readonly string[]) => void,
): Promise<SearchResult> {
  const outcomes: TrialOutcome[] = [];
  for (;;) {
    const round = nextRound(tuning, outcomes);
    if (round.length === 0) break;
    announce(round.map((trial) => plan.request(parameterTexts(trial.parameters)).name));
    await runRound(round, tuning, plan, jobs, context, outcomes);
  }
  return resultOf(tuning, outcomes);
}

/** Ends with the round's outcomes in `outcomes`. When the step is cancelled or cannot go on, every trial is stopped before this rejects. */
async function runRound(
  round: readonly Trial[],
  tuning: Tuning,
  plan: Plan,
  jobs: JobService,
  context: JobContext,
  outcomes: TrialOutcome[],
): Promise<void> {
  const waiting = [...round];
  const total = outcomes.length + round.length;
  const breakdown = new AbortController();
  const signal = AbortSignal.any([context.signal, breakdown.signal]);
  const work = async (): Promise<void> => {
    try {
      for (let trial = waiting.shift(); trial !== undefined; trial = waiting.shift()) {
        signal.throwIfAborted();
        const outcome = await runTrial(trial, tuning, plan, jobs, { ...context, signal });
        outcomes.push(outcome);
        context.log.log('info', progressLine(outcome, total, tuning, outcomes));
      }
    } catch (error) {
      breakdown.abort(error);
      throw error;
    }
  };
  const workers = Array.from({ length: Math.min(tuning.parallel, round.length) }, work);
  const ends = await Promise.allSettled(workers);
  const broken = ends.find((end) => end.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
}

async function runTrial(
  trial: Trial,
  tuning: Tuning,
  plan: Plan,
  jobs: JobService,
  context: JobContext,
): Promise<TrialOutcome> {
  const request = plan.request(parameterTexts(trial.parameters));
  let trained: Trained;
  try {
    trained = await runJob(jobs, request, context);
  } catch (error) {
    if (context.signal.aborted || !(error instanceof UserError)) throw error;
    return { trial, objective: undefined, job: request.name, attached: false, reason: error.message };
  }
  const { job, attached } = trained;
  const objective = job.metrics[tuning.objective.metric];
  const outcome = { trial, objective, job: job.name, state: job, attached };
  return objective === undefined ? { ...outcome, reason: missingMetric(tuning, job) } : outcome;
}

function missingMetric(tuning: Tuning, job: JobState): string {
  const names = Object.keys(job.metrics);
  const has = names.length === 0 ? 'It reported none.' : `It reported: ${names.join(', ')}.`;
  return `The script reported no metric "${tuning.objective.metric}". ${has} Write it to metrics.json in $SM_OUTPUT_DATA_DIR, or add it to \`metric-definitions\`.`;
}

function resultOf(tuning: Tuning, outcomes: readonly TrialOutcome[]): SearchResult {
  const trials = outcomes.toSorted((a, b) => a.trial.number - b.trial.number);
  const ranking = rankedTrials(tuning.objective, trials) as TrialOutcome[];
  const [best] = ranking;
  if (best?.state !== undefined) return { trials, ranking, best: { ...best, state: best.state } };
  const first = trials[0];
  throw new UserError(
    `None of the ${trials.length} trials gave the metric "${tuning.objective.metric}". The first: ${first?.reason ?? 'no trial was run.'}`,
  );
}

function progressLine(
  outcome: TrialOutcome,
  total: number,
  { objective }: Tuning,
  outcomes: readonly TrialOutcome[],
): string {
  const { trial } = outcome;
  const best = bestTrial(objective, outcomes);
  const standing = best === undefined ? 'no result yet' : `best ${best.objective}, trial ${best.trial.number}`;
  const what =
    outcome.objective === undefined
      ? `failed: ${outcome.reason?.split('\n')[0] ?? ''}`
      : `${objective.metric} ${outcome.objective}`;
  return `trial ${trial.number}/${total} ${inWords(trial.parameters)}: ${what} (${standing})`;
}

export function inWords(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/** Hyperparameters as a job takes them. */
export function parameterTexts(parameters: Parameters): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
}
