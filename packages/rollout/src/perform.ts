import { type RolloutCommand, type RolloutEvent, type RolloutState, UserError } from '@mlops-actions/core';
import type {
  DeploymentRequest,
  GuardedEngine,
  GuardedRequest,
  Invocation,
  SharesEngine,
} from '@mlops-actions/provider';
import { bounded } from './bounded.ts';
import type { Drive } from './drive.ts';
import { limitSeconds } from './limits.ts';
import { measure } from './look.ts';
import { sendProbes } from './probes.ts';

type WithoutPlace<E> = E extends unknown ? Omit<E, 'of' | 'at'> : never;

/** What a command came to: an event without its command and time. */
export type Answer = WithoutPlace<Exclude<RolloutEvent, { readonly kind: 'cancelled' }>>;

/** What the machine may ask to be performed; `end` is for the driver itself. */
export type Performed = Exclude<RolloutCommand, { readonly kind: 'end' }>;

/** After a cancel there is no time for the machine's waits, which are between two tries. */
const hurriedWaitMilliseconds = 1000;

const done: Answer = { kind: 'done' };

/**
 * Does what the machine asks for, within the time that it may take, and says what came of it. Never rejects: a `UserError` is a final
 * failure, anything else one that may have acted. When `signal` aborts, it has failed at once.
 */
export async function perform(
  command: Performed,
  state: RolloutState,
  drive: Drive,
  signal: AbortSignal,
  isHurried: boolean,
): Promise<Answer> {
  try {
    if (command.kind === 'wait') {
      await wait(command.until, drive, signal, isHurried);
      return done;
    }
    if (command.kind === 'measure') {
      const { from, to } = command;
      return { kind: 'measured', measured: await measure({ from, to }, state, drive, signal) };
    }
    const seconds = limitSeconds(command, state, drive, isHurried);
    return await bounded((own) => call(command, state, drive, own), seconds, drive.clock, signal);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', reason, ...(error instanceof UserError ? { final: true } : {}) };
  }
}

async function wait(until: number, { clock }: Drive, signal: AbortSignal, isHurried: boolean): Promise<void> {
  const milliseconds = Math.max(0, until - clock.now().getTime());
  await clock.sleep(isHurried ? Math.min(milliseconds, hurriedWaitMilliseconds) : milliseconds, signal);
}

async function call(
  command: Exclude<Performed, { readonly kind: 'wait' | 'measure' }>,
  { journal, settings }: RolloutState,
  drive: Drive,
  signal: AbortSignal,
): Promise<Answer> {
  const { target } = drive;
  const { stable, candidate } = journal;
  switch (command.kind) {
    case 'write-journal': {
      const conflict = await target.writeJournal(command.journal, command.replaces, { signal });
      return conflict === undefined ? done : { kind: 'conflict', found: conflict.found };
    }
    case 'observe': {
      const { promoted: _, ...observation } = await target.observe({ signal });
      return { kind: 'observed', observation };
    }
    case 'provision': {
      const { batch } = settings.plan;
      const replicas = batch === undefined ? {} : { replicas: batch };
      await target.provision(requestOf(drive), { ...replicas, signal });
      return done;
    }
    case 'smoke': {
      const fault = await drive.smoke?.(signal);
      return fault === undefined ? done : { kind: 'failed', reason: `The answer ${fault}`, final: true };
    }
    case 'shift': {
      const { share, mirror } = command;
      const byReplicas = settings.plan.strategy === 'rolling';
      const traffic = { stable, candidate, share, mirror, byReplicas, expected: journal.shares };
      await sharesEngine(drive).shift(traffic, { signal });
      return done;
    }
    case 'start-guarded':
      await guardedEngine(drive).start(guardedRequest(drive, journal.revision), { signal });
      return done;
    case 'abort-guarded':
      await guardedEngine(drive).abort(stable, { signal });
      return done;
    case 'probe': {
      const probe = probeOf(drive);
      await sendProbes(command.count, () => target.probe(candidate, probe, { signal }), signal);
      return done;
    }
    case 'retire':
      await target.retire(command.deployment, { signal });
      return done;
  }
}

function sharesEngine({ target: { engine } }: Drive): SharesEngine {
  if (engine.kind !== 'shares') throw new Error('The cloud shifts the traffic of this endpoint, not this step.');
  return engine;
}

function guardedEngine({ target: { engine } }: Drive): GuardedEngine {
  if (engine.kind !== 'guarded') throw new Error('No cloud shifts the traffic of this endpoint.');
  return engine;
}

function requestOf({ candidate }: Drive): DeploymentRequest {
  if (candidate === undefined) throw new Error('There is nothing to provision.');
  return candidate;
}

function guardedRequest(drive: Drive, revision: number): GuardedRequest {
  if (drive.guarded === undefined) throw new Error('There is no guardrail to begin with.');
  return { ...drive.guarded, candidate: requestOf(drive), revision };
}

function probeOf({ probe }: Drive): Invocation {
  if (probe === undefined) throw new Error('There is no request to probe with.');
  return probe;
}
