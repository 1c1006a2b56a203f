import { type Json, UserError } from '@mlops-actions/core';
import { writeWhole } from '@mlops-actions/files';
import type { JobService, JobState } from '@mlops-actions/provider';
import type { Action, Context, Result } from '../action.ts';
import { printPlan } from './dry-run.ts';
import { makePlan, type Plan, type TrainInputs } from './plan.ts';
import { describeAttachment, runJob, startJob } from './run-job.ts';
import { spec } from './spec.ts';
import { jobSummary, searchSummary } from './summary.ts';
import { search, type SearchResult } from './tune.ts';

type TrainResult = Result<typeof spec>;

/** Under this name the step keeps the names of its jobs for its post step, as a JSON list. */
const keptJobs = 'jobs';

export const action: Action<typeof spec> = {
  spec,
  run: async (inputs, context) => {
    maskSecrets(inputs, context);
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
  post: async (inputs, context) => {
    const names = JSON.parse(context.kept(keptJobs) ?? '[]') as string[];
    if (names.length === 0) return;
    const { jobs } = await context.provider();
    await Promise.all(names.map((name) => jobs.stop(name, 'The workflow was cancelled.')));
  },
};
