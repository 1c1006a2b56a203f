import { availableParallelism } from 'node:os';
import type { Json } from '@mlops-actions/core';
import { type JobFolders, type JobWork, scriptEnvironment } from '@mlops-actions/provider';
import { tokenVariable } from './process-group.ts';

const host = 'algo-1';

/** The variables of a script on this machine: those of the script contract, the GPUs that it may use, and the token by which it is found. */
export function localEnvironment(work: JobWork, folders: JobFolders, token: string): Record<string, string> {
  const machine = { cpus: availableParallelism(), gpus: work.gpus.length, currentHost: host, hosts: [host] };
  return {
    ...scriptEnvironment(work, folders, machine),
    ...(work.gpus.length === 0 ? {} : { CUDA_VISIBLE_DEVICES: work.gpus.join(',') }),
    [tokenVariable]: token,
  };
}

/** The files that a script may find in `SM_INPUT_CONFIG_DIR`, by name. */
export function configFiles(work: JobWork): Readonly<Record<string, Json>> {
  return {
    'hyperparameters.json': work.hyperparameters,
    'inputdataconfig.json': Object.fromEntries(Object.keys(work.channels).map((name) => [name, {}])),
    'resourceconfig.json': { current_host: host, hosts: [host] },
  };
}
