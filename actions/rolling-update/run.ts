import { resolve } from 'node:path';
import { isOpen, type RolloutOutcome, requestsOf, UserError } from '@mlops-actions/core';
import type { Action, Context, Result } from '../action.ts';
import { type Ended, headlineOf } from './ended.ts';
import { type Ground, openGround } from './ground.ts';
import { goOn, observe } from './other-modes.ts';
import { showPlan } from './plan-mode.ts';
import { removeEmpty, rollOut } from './roll-out.ts';
import type { RolloutMode, RolloutResult } from './rollout-result.ts';
import type { RolloutInputs } from './settings.ts';
import { spec } from './spec.ts';
import { type Reports, writeReport } from './write-report.ts';

type UpdateResult = Result<typeof spec>;

/** Rolls out; see `spec.ts`. Faults in the inputs end the step before anything is changed; from then on every ending has its report. */
export const action: Action<typeof spec> = {
  spec,
  run: async (inputs, context) => {
    const mode = inputs.dryRun ? 'plan' : inputs.mode;
    const begunAt = context.clock.now().getTime();
    const ground = await openGround(inputs, context);
    if (mode === 'plan') {
      const { candidate, markdown } = await showPlan(ground);
      context.summary(markdown);
      return { outputs: { outcome: 'planned', candidate }, lineage: {} };
    }
    const ended = await performed(mode, ground, context.keepForPost);
    const { result, url } = await resultOf(mode, ended, ground, begunAt);
    const reports = await writeReport(result, resolve(context.workingDirectory, inputs.report), context.mask);
    context.summary(reports.markdown);
    if (!mayBeOpen(ended)) context.keepForPost('pending', '');
    return { ...endingOf(mode, result, context), ...reported(result, ended, reports, url) };
  },
  post: async (inputs, context) => {
    const kept = context.kept('pending') ?? '';
    if (kept === '') return;
    const { isNew } = JSON.parse(kept) as { readonly isNew: boolean };
    const ground = await openGround(inputs as RolloutInputs, context);
    const { outcome, reason, settings, driven } = await goOn(ground, 'reconcile');
    if (driven !== undefined) context.log.log('warning', headlineOf({ outcome, reason, settings }));
    if (outcome === 'rollback-failed') throw new UserError(headlineOf({ outcome, reason, settings }));
    if (isNew) await removeEmpty(ground);
  },
};

function performed(
  mode: Exclude<RolloutMode, 'plan'>,
  ground: Ground,
  keepForPost: Context['keepForPost'],
): Promise<Ended> {
  switch (mode) {
    case 'run':
      return rollOut(ground, keepForPost);
    case 'observe':
      return observe(ground);
    default:
      return goOn(ground, mode);
  }
}

/** Whether `post` has something to look after: what was cancelled in the middle, and had no time to end. */
function mayBeOpen({ driven, outcome }: Ended): boolean {
  return driven !== undefined && outcome !== 'paused' && isOpen(driven.state.journal);
}

/** With what the target shows at last, unless the host is about to kill the process. */
async function resultOf(
  mode: RolloutMode,
  ended: Ended,
  { inputs, context, provider, target }: Ground,
  begunAt: number,
): Promise<{ readonly result: RolloutResult; readonly url: string | undefined }> {
  const { settings, outcome, driven, found } = ended;
  const warnings: string[] = [];
  const attempt = async <T>(ask: () => Promise<T>): Promise<T | undefined> => {
    if (context.signal.aborted) return undefined;
    return ask().catch((error: Error) => {
      warnings.push(`The endpoint could not be read at the end: ${error.message}`);
      return undefined;
    });
  };
  const shares = (await attempt(() => target.observe({ signal: context.signal })))?.shares;
  const state = await attempt(() => provider.endpoints.describe(inputs.endpoint));
  const known = [
    ...Object.entries(ended.models ?? {}),
    ...(state?.deployments ?? []).map(({ name, model }) => [name, model] as const),
  ];
  const models = known.filter(([name]) => name === settings.stable || name === settings.candidate);
  const result: RolloutResult = {
    mode,
    endpoint: inputs.endpoint,
    provider: inputs.provider,
    outcome,
    headline: headlineOf(ended),
    settings,
    models: Object.fromEntries(models),
    ...(driven === undefined ? {} : { driven }),
    ...(found === undefined ? {} : { found }),
    ...(shares === undefined ? {} : { finalShares: shares }),
    ...(context.run.runUrl === undefined ? {} : { runUrl: context.run.runUrl }),
    warnings,
    begunAt,
    endedAt: context.clock.now().getTime(),
  };
  return { result, url: state?.url };
}

/** What was asked for and done is a good ending; a bad candidate is a verdict; what a person must see to is a problem. */
function endingOf(
  mode: RolloutMode,
  { outcome, headline, driven }: RolloutResult,
  { log }: Context,
): Pick<UpdateResult, 'verdict' | 'problem'> {
  const wasAsked: Readonly<Record<string, readonly RolloutOutcome[]>> = {
    run: ['promoted', 'no-op'],
    promote: ['promoted'],
    abort: ['rolled-back', 'promoted', 'no-op'],
    // A rollout that is alive or paused is left alone, which is as it should be.
    reconcile: ['rolled-back', 'promoted', 'superseded', 'no-op', 'refused'],
  };
  const observed = driven?.looks.at(-1)?.verdict;
  if (wasAsked[mode]?.includes(outcome) || (outcome === 'observed' && observed === 'pass')) {
    log.log(mode === 'reconcile' && driven !== undefined ? 'warning' : 'notice', headline);
    return {};
  }
  const isVerdict = outcome === 'rolled-back' || (outcome === 'observed' && observed === 'fail');
  return isVerdict ? { verdict: headline } : { problem: headline };
}

function reported(
  { outcome, headline, settings, driven, finalShares, endpoint, begunAt, endedAt }: RolloutResult,
  { found }: Ended,
  { json, html }: Reports,
  url: string | undefined,
): Pick<UpdateResult, 'outputs' | 'lineage'> {
  const { stable, candidate, rollout, plan, engine } = settings;
  const looks = driven?.looks ?? [];
  const reached = Math.max(-1, ...looks.map(({ step }) => step));
  const byStep = new Map(looks.map((look) => [look.step, requestsOf(look.measured?.candidate.windows ?? []) ?? 0]));
  const failed = outcome === 'promoted' ? undefined : looks.at(-1)?.checks.find(isDecisive)?.name;
  const facts = {
    outcome,
    'rollout-id': rollout === '' ? found?.rollout : rollout,
    stable: stable === '' ? undefined : stable,
    candidate: candidate === '' ? undefined : candidate,
    'final-traffic': finalShares === undefined ? undefined : (finalShares[candidate] ?? 0),
    'failed-check': failed,
    // What the cloud drives is judged as one step.
    'step-reached': plan.steps[outcome === 'promoted' && engine === 'guarded' ? plan.steps.length - 1 : reached]?.share,
  };
  return {
    outputs: {
      ...facts,
      headline,
      'requests-candidate': [...byStep.values()].reduce((sum, count) => sum + count, 0),
      'duration-s': Math.round((endedAt - begunAt) / 1000),
      'rolled-back': outcome === 'rolled-back',
      url,
      report: json,
      'report-html': html,
    },
    lineage: {
      rollout: {
        endpoint,
        headline,
        ...Object.fromEntries(
          Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
        ),
      },
    },
  };
}

function isDecisive({ verdict, advisory }: { readonly verdict: string; readonly advisory: boolean }): boolean {
  return verdict === 'fail' && !advisory;
}
