import {
  type Clock,
  defaultSettings,
  isOpen,
  planDefaults,
  planRollout,
  type RolloutJournal,
  reconcileRollout,
  UserError,
} from '@mlops-actions/core';
import type { EndpointState, Provider, RolloutTarget } from '@mlops-actions/provider';
import { driveRollout } from '@mlops-actions/rollout';
import type { Context } from '../action.ts';
import { ownerOf } from '../rollout-owner.ts';

/**
 * Brings the traffic back to the deployment that served before, and gives its name: a rollout that is under way is aborted; otherwise the
 * deployment that was promoted last before this one gets everything, if it still runs.
 *
 * @throws UserError when there is none to go back to.
 */
export async function rollBack(
  state: EndpointState,
  { endpoints, rollouts }: Pick<Provider, 'endpoints' | 'rollouts'>,
  context: Pick<Context, 'clock' | 'signal' | 'run'>,
): Promise<string> {
  const journal = await rollouts.target(state.name).readJournal({ signal: context.signal });
  if (journal !== undefined && isOpen(journal)) {
    return abort(journal, rollouts.target(state.name, journal.engine ?? 'shares'), context);
  }
  const [before] = state.promoted;
  if (before === undefined)
    throw new UserError('No other deployment served before this one, so there is none to go back to.');
  const running = state.deployments.find(({ name }) => name === before);
  if (running === undefined || running.readyReplicas === 0) {
    throw new UserError(
      `${before}, which served before, does not run any more. Roll its model out again; \`keep-old\` keeps it running the next time.`,
    );
  }
  const shares = Object.fromEntries(state.deployments.map(({ name, traffic }) => [name, traffic]));
  await endpoints.setTraffic(state.name, { [before]: 100 }, shares);
  return before;
}

async function abort(
  journal: RolloutJournal,
  target: RolloutTarget,
  { clock, signal, run }: { readonly clock: Clock } & Pick<Context, 'signal' | 'run'>,
): Promise<string> {
  const observation = await target.observe({ signal });
  const settings = {
    ...defaultSettings,
    rollout: journal.rollout,
    owner: ownerOf(run),
    stable: journal.stable,
    candidate: journal.candidate,
    plan: planRollout({
      strategy: 'all-at-once',
      ...planDefaults,
      granularity: await target.granularity(),
      allowCoarse: true,
    }),
    engine: target.engine.kind,
  };
  const begun = reconcileRollout(settings, { observation, journal }, clock.now().getTime(), true);
  if (begun.kind !== 'begun') throw new UserError('reason' in begun ? begun.reason : 'The rollout cannot be aborted.');
  const { outcome, reason } = await driveRollout(begun, { target, clock, signal });
  if (outcome === 'rolled-back') return journal.stable;
  throw new UserError(`Rollout ${journal.rollout} was to be aborted, and is ${outcome}: ${reason}.`);
}
