import { resolve } from 'node:path';
import type { Provider, ProviderEffects, ProviderName } from '@mlops-actions/provider';
import type { CommonInputs } from './run-action.ts';
import { sagemakerOptions } from './sagemaker-options.ts';

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
  sagemaker: async (inputs, _workingDirectory, _daemonCommand, effects) => {
    const sagemaker = await import('@mlops-actions/provider-sagemaker');
    return sagemaker.openSageMakerProvider(sagemakerOptions(inputs, effects, sagemaker));
  },
};

/** Opens the provider that the inputs name. */
export const openProvider: Open = (inputs, workingDirectory, daemonCommand, effects) =>
  providers[inputs.provider](inputs, workingDirectory, daemonCommand, effects);
