import { beginRollout, type RolloutSettings, reconcileRollout, UserError } from '@mlops-actions/core';
import type { DeploymentRequest, Invocation } from '@mlops-actions/provider';
import { type Driven, driveRollout } from '@mlops-actions/rollout';
import type { Context } from '../action.ts';
import { endpointSettings, makeCandidate } from '../deployment-request.ts';
import { readSmokeTest, runSmokeTest, type SmokeTest } from '../smoke-test.ts';
import type { Ended } from './ended.ts';
import { driveOf, findTarget, type Ground, groundOf, readProbe, requireMetrics, rolloutName } from './ground.ts';
import { guardedRequest } from './guardrail.ts';
import { planOf, settingsOf } from './settings.ts';

/** Everything that the inputs say of a rollout, checked against the endpoint; nothing is changed yet. */
export interface Prepared {
  readonly request: DeploymentRequest;
  readonly settings: RolloutSettings;
  readonly smoke: SmokeTest | undefined;
  readonly probe: Invocation | undefined;
}

/** @throws UserError with all that stands against the rollout. */
export async function prepare(ground: Ground): Promise<Prepared> {
  const { inputs, context, provider, target, owner } = ground;
  const smoke = await readSmokeTest(inputs, context.workingDirectory);
  const probe = await readProbe(ground, smoke);
  endpointSettings(inputs);
  const { request } = await makeCandidate(inputs, context, provider.models);
  const plan = planOf(inputs, await target.granularity());
  const engine = target.engine.kind;
  const guarded = engine === 'guarded' ? { guarded: guardedRequest(inputs, plan) } : {};
  const asked = { candidate: request, plan, engine, ...guarded };
  const faults = await target.preflight(asked, { signal: context.signal });
  if (faults.length > 0) throw new UserError(faults.join('\n'));
  await requireMetrics(ground, request.deployment);
  const candidate = request.deployment;
  const rollout = rolloutName(ground, candidate);
  const settings = settingsOf(inputs, { rollout, owner, candidate, plan, engine, canProbe: probe !== undefined });
  return { request, settings, smoke, probe };
}

/** Mode `run`. What another run has left unfinished is finished first. */
export async function rollOut(ground: Ground, keepForPost: Context['keepForPost']): Promise<Ended> {
  const prepared = await prepare(ground);
  const { context, inputs, provider } = ground;
  const before = await provider.endpoints.describe(inputs.endpoint);
  const isNew = before === undefined;
  keepForPost('pending', JSON.stringify({ isNew }));
  if (isNew) await provider.endpoints.configure(inputs.endpoint, endpointSettings(inputs), { signal: context.signal });
  const unfinished = await finishOther(ground, prepared.settings);
  if (unfinished !== undefined) return unfinished;
  const ended = await begin(ground, prepared);
  if (isNew) await removeEmpty(ground);
  const serving = (before?.deployments ?? []).map(({ name, model }) => [name, model]);
  const { deployment, model } = prepared.request;
  return { ...ended, models: { ...Object.fromEntries(serving), [deployment]: model } };
}

async function begin(ground: Ground, prepared: Prepared): Promise<Ended> {
  const found = await findTarget(ground);
  const { journal } = found;
  const begun = beginRollout(prepared.settings, found, ground.context.clock.now().getTime());
  if (begun.kind === 'ended') return { ...begun, settings: prepared.settings, found: journal };
  if (begun.kind === 'unfinished') {
    const { rollout, owner } = begun.journal;
    const reason = `Rollout ${rollout} of ${owner} began meanwhile and is unfinished. Run the step again.`;
    return { outcome: 'refused', reason, settings: prepared.settings, found: journal };
  }
  const { settings } = begun.state;
  const driven = await driveRollout(begun, { ...driveOf(ground, settings), ...own(ground, prepared, settings) });
  return { outcome: driven.outcome, reason: driven.reason, settings, driven, found: journal };
}

/** An endpoint that was made for a first deployment which failed is taken away again. */
export async function removeEmpty({ provider, inputs, context }: Ground): Promise<void> {
  if (context.signal.aborted) return;
  const state = await provider.endpoints.describe(inputs.endpoint);
  if (state?.deployments.length === 0) await provider.endpoints.remove(inputs.endpoint);
}

/** Finishes what a dead run has left; resolves with an end when that failed, and this rollout cannot begin. */
async function finishOther(given: Ground, own: RolloutSettings): Promise<Ended | undefined> {
  const { context } = given;
  const found = await findTarget(given);
  const ground = groundOf(given, found.journal);
  const settings = { ...own, engine: ground.target.engine.kind };
  const begun = reconcileRollout(settings, found, context.clock.now().getTime());
  if (begun.kind !== 'begun' || found.journal === undefined) return undefined;
  const { rollout, phase, owner } = found.journal;
  context.log.log('warning', `Rollout ${rollout} of ${owner} was left ${phase} and is finished first.`);
  const driven = await context.log.group(`Finishing ${rollout}`, () =>
    driveRollout(begun, driveOf(ground, begun.state.settings)),
  );
  if (isFinished(driven)) {
    context.log.log('info', `Rollout ${rollout} is ${driven.outcome}: ${driven.reason}`);
    return undefined;
  }
  const reason = `rollout ${rollout}, which was left unfinished, could not be finished: ${driven.reason}`;
  return { settings: begun.state.settings, outcome: driven.outcome, reason, driven, found: found.journal };
}

function isFinished({ outcome }: Driven): boolean {
  return outcome === 'promoted' || outcome === 'rolled-back' || outcome === 'superseded';
}

function own({ inputs, context, provider }: Ground, { request, smoke, probe }: Prepared, settings: RolloutSettings) {
  const { log } = context;
  return {
    candidate: request,
    // The plan may be shorter by now: who goes back is in a hurry.
    ...(settings.engine === 'guarded' ? { guarded: guardedRequest(inputs, settings.plan) } : {}),
    ...(probe === undefined ? {} : { probe }),
    ...(smoke === undefined
      ? {}
      : {
          smoke: async (signal: AbortSignal) =>
            (await runSmokeTest(smoke, request, provider.endpoints, { log, signal })).fault,
        }),
  };
}
