import { resolve } from 'node:path';
import { systemClock } from '@mlops-actions/core';
import { type MemoryHost, memoryHost } from '@mlops-actions/hosts';
import type { Provider } from '@mlops-actions/provider';
import { openLocalProvider } from '@mlops-actions/provider-local';
import { type Effects, runAction } from '@mlops-actions/runner';
import type { ActionSpec } from '@mlops-actions/spec';
import type { Action } from '../../action.ts';

const daemonCommand = [
  process.execPath,
  resolve(import.meta.dirname, '../../../packages/provider-local/lib/daemon-main.js'),
];

/** A step that has been started in this process. */
export interface Step {
  readonly host: MemoryHost;
  /** The sentence that it ended with; empty when it has none. */
  readonly message: string;
  readonly ended: Promise<Step>;
  /** What a signal does. */
  cancel(): void;
}

/** The real clock, and the local provider with a gateway process of its own. */
export function localEffects(onSignal: Effects['onSignal'] = () => () => {}): Effects {
  return {
    clock: systemClock,
    random: Math.random,
    onSignal,
    openProvider: (inputs, workingDirectory, effects) =>
      openLocalProvider({ root: resolve(workingDirectory, inputs.store), daemonCommand, effects }),
  };
}

/** The provider that a step in `workspace` opens. */
export function localProvider(workspace: string): Promise<Provider> {
  return localEffects().openProvider({ store: '.mlops' } as never, workspace, {
    log: memoryHost(),
    clock: systemClock,
    environment: { PATH: process.env.PATH ?? '' },
    random: Math.random,
  });
}

export function startStep<S extends ActionSpec>(action: Action<S>, host: MemoryHost): Step {
  let cancel = (): void => {};
  const effects = localEffects((listener) => {
    cancel = () => listener('SIGTERM');
    return () => {};
  });
  const step: Step = {
    host,
    get message() {
      return host.ending !== undefined && 'message' in host.ending ? host.ending.message : '';
    },
    ended: runAction(action as never, host, effects).then(() => step),
    cancel: () => cancel(),
  };
  return step;
}
