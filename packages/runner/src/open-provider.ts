import { resolve } from 'node:path';
import type { Provider, ProviderEffects, ProviderName } from '@mlops-actions/provider';
import type { CommonInputs } from './run-action.ts';

type Open = (
  inputs: CommonInputs,
  workingDirectory: string,
  daemonCommand: readonly string[],
  effects: ProviderEffects,
) => Promise<Provider>;

/** Each provider's package is loaded when a step asks for it. */
const providers: Readonly<Record<ProviderName, Open>> = {
  local: async (inputs, workingDirectory, daemonCommand, effects) => {
    const { openLocalProvider } = await import('@mlops-actions/provider-local');
    return openLocalProvider({
      root: resolve(workingDirectory, inputs.store),
      daemonCommand,
      effects,
    });
  },
};

/** Opens the provider that the inputs name. */
export const openProvider: Open = (inputs, workingDirectory, daemonCommand, effects) =>
  providers[inputs.provider](inputs, workingDirectory, daemonCommand, effects);
