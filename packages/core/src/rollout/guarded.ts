import { ask, isSuperseded, later, supersede, write } from './moves.ts';
import { onHomewardView, rollBack } from './rollback.ts';
import type { RolloutObservation, RolloutState, Transition } from './state.ts';
import { isAtCandidate } from './step.ts';

/** Hands the rollout to the cloud. */
export function startGuarded(state: RolloutState, at: number): Transition {
  const shares = [...new Set([...state.journal.shares.slice(-1), 100])];
  return write(state, { phase: 'guarded', step: 0, shares }, at, { kind: 'start-guarded' });
}

/**
 * The target was looked at while the cloud drives. It is promoted only when the endpoint is in service with the candidate at 100 %; back
 * in service with stable it was rolled back, and the cloud says so nowhere else.
 */
export function onGuardedView(state: RolloutState, observation: RolloutObservation, at: number): Transition {
  const { candidate, stable } = state.journal;
  if (isSuperseded(state, observation)) return supersede(state, at);
  if (observation.status === 'rollback-failed' || observation.status === 'missing') {
    return onHomewardView(state, observation, at);
  }
  if (observation.status === 'failed') return rollBack(state, 'the endpoint has failed', at);
  // At 100 % it is judged once more: what went wrong while no driver was alive is found here.
  if (observation.status === 'updating' || isAtCandidate({ ...state, observation })) {
    const to = Math.max(state.phaseAt, at - state.settings.times.lagSeconds * 1000);
    return ask(state, { kind: 'measure', from: state.phaseAt, to });
  }
  if (!state.attempted || state.failures > 0) {
    return state.failures > state.settings.retries
      ? rollBack(state, 'the cloud did not take the deployment', at)
      : later({ ...state, attempted: true }, at, { kind: 'start-guarded' });
  }
  return write(
    state,
    { phase: 'rolling-back', shares: [0], cause: `the cloud rolled back to ${stable} by itself` },
    at,
    { kind: 'retire', deployment: candidate },
  );
}
