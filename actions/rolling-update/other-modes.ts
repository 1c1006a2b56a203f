import {
  isOpen,
  observeRollout,
  promoteRollout,
  type RolloutJournal,
  type RolloutObservation,
  type RolloutSettings,
  reconcileRollout,
  UserError,
} from '@mlops-actions/core';
import type { Invocation } from '@mlops-actions/provider';
import { driveRollout } from '@mlops-actions/rollout';
import { readSmokeTest } from '../smoke-test.ts';
import type { Ended } from './ended.ts';
import { driveOf, findTarget, type Ground, groundOf, readProbe, rolloutName } from './ground.ts';
import { observedPlan, planOf, settingsOf } from './settings.ts';

/** Modes `reconcile`, `abort` and `promote`: a rollout that is there already goes on. */
export async function goOn(given: Ground, mode: 'reconcile' | 'abort' | 'promote'): Promise<Ended> {
  const { context } = given;
  const found = await findTarget(given);
  const { journal } = found;
  const ground = groundOf(given, journal);
  const probe = mode === 'promote' ? await promotionProbe(ground) : undefined;
  const settings = await settingsFor(ground, journal, probe !== undefined);
  const at = context.clock.now().getTime();
  const begun =
    mode === 'promote' ? promoteRollout(settings, found, at) : reconcileRollout(settings, found, at, mode === 'abort');
  if (begun.kind === 'unfinished') throw new Error('A rollout that goes on cannot be found unfinished.');
  if (begun.kind === 'ended') return { settings, ...begun, found: journal };
  const drive = { ...driveOf(ground, begun.state.settings), ...(probe === undefined ? {} : { probe }) };
  const driven = await driveRollout(begun, drive);
  return { settings: begun.state.settings, outcome: driven.outcome, reason: driven.reason, driven, found: journal };
}

/** Mode `observe`: judges what serves, for the time of `bake`, and changes nothing. */
export async function observe(ground: Ground): Promise<Ended> {
  const { inputs, context, target, owner } = ground;
  const { observation, journal } = await findTarget(ground);
  const pair = observedPair(ground, observation, journal);
  const plan = observedPlan(inputs, await target.granularity());
  const rollout = rolloutName(ground, pair.candidate);
  const particulars = { rollout, owner, candidate: pair.candidate, plan, engine: target.engine.kind, canProbe: false };
  const settings = { ...settingsOf(inputs, particulars), ...pair };
  const first = observeRollout(settings, observation, context.clock.now().getTime());
  const driven = await driveRollout(first, driveOf(ground, settings));
  return { settings, outcome: driven.outcome, reason: driven.reason, driven, found: journal };
}

/** Who is judged against whom: as the journal says, as `deployment` says, or the one with less traffic against the other. */
function observedPair(
  { inputs }: Ground,
  { shares, status }: RolloutObservation,
  journal: RolloutJournal | undefined,
): Pick<RolloutSettings, 'stable' | 'candidate'> {
  if (journal !== undefined && isOpen(journal)) return { stable: journal.stable, candidate: journal.candidate };
  if (status === 'missing') {
    throw new UserError(`There is no endpoint "${inputs.endpoint}". Deploy to it first, or correct the name.`);
  }
  const serving = Object.entries(shares)
    .filter(([, share]) => share > 0)
    .sort(([, a], [, b]) => a - b)
    .map(([name]) => name);
  const candidate = inputs.deployment ?? serving[0];
  if (candidate === undefined) {
    throw new UserError(`No deployment of endpoint "${inputs.endpoint}" has traffic, so there is nothing to observe.`);
  }
  return { candidate, stable: serving.findLast((name) => name !== candidate) ?? '' };
}

async function promotionProbe(ground: Ground): Promise<Invocation | undefined> {
  return readProbe(ground, await readSmokeTest(ground.inputs, ground.context.workingDirectory));
}

async function settingsFor(
  { inputs, target, owner }: Ground,
  journal: RolloutJournal | undefined,
  canProbe: boolean,
): Promise<RolloutSettings> {
  const { rollout = '', candidate = '', stable = '' } = journal ?? {};
  const granularity = await target.granularity();
  // Without a journal nothing goes on, and there may be no endpoint that could be divided; a plan that the cloud has is not ours to check.
  const isOurs = journal !== undefined && target.engine.kind === 'shares';
  const plan = isOurs ? planOf(inputs, granularity) : observedPlan(inputs, granularity);
  const particulars = { rollout, owner, candidate, plan, engine: target.engine.kind, canProbe };
  return { ...settingsOf(inputs, particulars), stable };
}
