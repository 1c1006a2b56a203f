import type { Json } from '@mlops-actions/core';
import { writeWhole } from '@mlops-actions/files';
import type { JobService, JobState } from '@mlops-actions/provider';
import type { Action, Context, Result } from '../action.ts';
import { describeAttachment, runJob, startJob } from '../run-job.ts';
import { printPlan } from './dry-run.ts';
import { makePlan, type Plan } from './plan.ts';
import { spec } from './spec.ts';
import { jobSummary, searchSummary } from './summary.ts';
import { parameterTexts, type SearchResult, search, type TrialOutcome } from './tune.ts';

type TrainResult = Result<typeof spec>;

/** Under this name the step keeps the names of its jobs for its post step, as a JSON list. */
const keptJobs = 'jobs';

export const action: Action<typeof spec> = {
  spec,
  run: async (inputs, context) => {
    const provider = await context.provider();
    const plan = await makePlan(inputs, context, provider.datasets);
    if (inputs.dryRun) {
      printPlan(plan, context.log);
      return { outputs: {}, lineage: {} };
    }
    if (plan.tuning !== undefined) return searchAndReport(plan, provider.jobs, context);
    if (inputs.wait === 'none') return startAndReport(plan, provider.jobs, context);
    return trainAndReport(plan, provider.jobs, context);
  },
  post: async (_inputs, context) => {
    const names = JSON.parse(context.kept(keptJobs) ?? '[]') as string[];
    if (names.length === 0) return;
    const { jobs } = await context.provider();
    await Promise.all(names.map((name) => jobs.stop(name, 'The workflow was cancelled.')));
  },
};

async function trainAndReport(plan: Plan, jobs: JobService, context: Context): Promise<TrainResult> {
  const request = plan.request();
  context.keepForPost(keptJobs, JSON.stringify([request.name]));
  const { job, attached } = await context.log.group(`Job ${request.name}`, () =>
    runJob(jobs, request, context, {
      onSubmitted: (submitted, found) => describeAttachment(context.log, submitted, found),
      onLine: (line) => context.log.foreign(line),
    }),
  );
  warnAboutModel(job, context);
  context.summary(jobSummary(job));
  await writeJson(plan.metricsFile, job.metrics);
  return {
    outputs: { ...jobOutputs(job), metrics: plan.metricsFile, attached },
    lineage: lineageOf(plan, job, request.hyperparameters),
  };
}

/** The job is meant to go on without the step: once it is started, `post` has nothing to stop. */
async function startAndReport(plan: Plan, jobs: JobService, context: Context): Promise<TrainResult> {
  const request = plan.request();
  context.keepForPost(keptJobs, JSON.stringify([request.name]));
  const { job, attached } = await startJob(jobs, request, context);
  context.keepForPost(keptJobs, '[]');
  describeAttachment(context.log, job, attached);
  return { outputs: { ...jobOutputs(job), attached }, lineage: lineageOf(plan, job, request.hyperparameters) };
}

async function searchAndReport(plan: Plan, jobs: JobService, context: Context): Promise<TrainResult> {
  const { tuning } = plan;
  if (tuning === undefined) throw new Error('A search needs a tuning.');
  const names: string[] = [];
  const announce = (more: readonly string[]): void => {
    names.push(...more);
    context.keepForPost(keptJobs, JSON.stringify(names));
  };
  const result = await context.log.group(`Search: ${tuning.objective.direction} ${tuning.objective.metric}`, () =>
    search(tuning, plan, jobs, context, announce),
  );
  const { best, trials } = result;
  warnAboutTrials(result, context);
  warnAboutModel(best.state, context);
  context.summary(searchSummary(tuning, result));
  await writeJson(plan.metricsFile, best.state.metrics);
  await writeJson(plan.trialsFile, trials.map(trialRow));
  const { name } = best.state;
  const hyperparameters = plan.request(parameterTexts(best.trial.parameters)).hyperparameters;
  context.log.log('info', `The best of ${trials.length} trials is number ${best.trial.number}, job ${name}.`);
  return {
    outputs: {
      ...jobOutputs(best.state),
      metrics: plan.metricsFile,
      'best-parameters': JSON.stringify(best.trial.parameters),
      trials: plan.trialsFile,
      attached: trials.every(({ attached }) => attached),
    },
    lineage: { ...lineageOf(plan, best.state, hyperparameters), trials: trials.length },
  };
}

function jobOutputs(job: JobState): TrainResult['outputs'] {
  return { job: job.name, status: job.status, 'model-uri': job.model?.uri, 'model-digest': job.model?.digest };
}

function lineageOf(
  { channels, source }: Plan,
  job: JobState,
  hyperparameters: Readonly<Record<string, string>>,
): TrainResult['lineage'] {
  return {
    job: job.name,
    code: source.digest,
    metrics: job.metrics,
    hyperparameters,
    ...(channels.dataset === undefined ? {} : { dataset: channels.dataset }),
    ...(job.model === undefined ? {} : { 'model-uri': job.model.uri, 'model-digest': job.model.digest }),
  };
}

function trialRow({ trial, objective, job, state, reason }: TrialOutcome): Json {
  return {
    trial: trial.number,
    round: trial.round,
    parameters: trial.parameters,
    objective: objective ?? null,
    metrics: state?.metrics ?? {},
    job,
    ...(state?.model === undefined ? {} : { 'model-digest': state.model.digest }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function warnAboutModel(job: JobState, { log }: Context): void {
  if (job.model !== undefined) return;
  log.log(
    'warning',
    `Job ${job.name} completed and left no model. Let the script save the model to the folder in $SM_MODEL_DIR; without it there is nothing to register.`,
  );
}

function warnAboutTrials({ trials, ranking }: SearchResult, { log }: Context): void {
  const failed = trials.filter((trial) => !ranking.includes(trial));
  const [first] = failed;
  if (first === undefined) return;
  log.log(
    'warning',
    `${failed.length} of ${trials.length} trials gave no result. Trial ${first.trial.number}: ${first.reason ?? 'no reason given.'}`,
  );
}

async function writeJson(path: string, value: Json): Promise<void> {
  await writeWhole(path, `${JSON.stringify(value, null, 2)}\n`);
}
