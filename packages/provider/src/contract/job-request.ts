import type { JobRequest } from '../jobs.ts';
import type { Content, Folders } from './fixtures.ts';

/** A request for the job `train-1`, which runs a script under `sh` and asks for nothing else but what `change` says. */
export async function jobRequest(
  folders: Pick<Folders, 'with'>,
  script: string,
  change: Partial<JobRequest> = {},
  more: Content = {},
): Promise<JobRequest> {
  return {
    name: 'train-1',
    sourceDir: await folders.with({ 'train.sh': script, ...more }),
    command: ['sh', 'train.sh'],
    hyperparameters: {},
    channels: {},
    metricDefinitions: [],
    environment: {},
    maxRuntimeSeconds: 60,
    gpus: [],
    tags: {},
    ...change,
  };
}
