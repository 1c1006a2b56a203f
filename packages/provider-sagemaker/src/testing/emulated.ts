import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Clock, type Log, systemClock } from '@mlops-actions/core';
import { type Emulator, startEmulator } from '../../../../test/emulators/sagemaker/emulator.ts';
import { findings } from '../../../../test/emulators/sagemaker/journal.ts';
import type { Timing } from '../../../../test/emulators/sagemaker/part.ts';
import { type Clients, openClients } from '../clients.ts';
import { s3Datasets } from '../datasets.ts';
import { sagemakerEndpoints } from '../endpoints/sagemaker-endpoints.ts';
import { sagemakerJobs } from '../jobs/sagemaker-jobs.ts';
import { sagemakerModels } from '../models.ts';
import { sagemakerRollouts } from '../rollouts/sagemaker-rollouts.ts';
import { s3Files } from '../s3-files.ts';
import type { SageMakerSettings } from '../settings.ts';
import { type S3Store, s3Store } from '../store/s3-store.ts';

/** One emulator for the tests of a file. */
export interface Emulated {
  emulator(): Emulator;
  clients(): Clients;
  readonly clock: Clock;
  /** Settings for an account in which nothing is. */
  settings(change?: Partial<SageMakerSettings>): Promise<SageMakerSettings>;
  store(settings: SageMakerSettings): S3Store;
}

/**
 * Registers tests that have an emulator, started before them and ended after them; the last one looks at every request and answer of the
 * others. They are skipped where `npm test` found no Python for it.
 */
export function onEmulator(
  body: (emulation: Emulated) => void,
  timing?: Partial<Timing>,
  clock: Clock = systemClock,
): void {
  (process.env.MLOPS_TEST_PYTHON === undefined ? describe.skip : describe)('on the emulator', () => {
    const emulation = emulated(timing, clock);
    body(emulation);
    everyRequestIsValid(emulation);
  });
}

function emulated(timing: Partial<Timing> | undefined, clock: Clock): Emulated {
  let emulator: Emulator;
  let clients: Clients;
  beforeAll(async () => {
    emulator = await startEmulator(timing, clock);
    clients = openClients({
      endpoint: emulator.url,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' },
    });
  });
  afterAll(async () => {
    await emulator?.end();
  });
  return {
    emulator: () => emulator,
    clients: () => clients,
    clock,
    settings: async (change) => ({ ...defaults, bucket: await emulator.reset(), ...change }),
    store: (settings) => s3Store(clients.s3, settings),
  };
}

/** A provider's services that hold nothing yet. */
export async function openEmulated(emulation: Emulated, change?: Partial<SageMakerSettings>) {
  const settings = await emulation.settings(change);
  const clients = emulation.clients();
  const store = emulation.store(settings);
  const { clock } = emulation;
  const effects = { clock, log: quiet };
  const datasets = s3Datasets(store, clock);
  const models = sagemakerModels(clients, store, systemClock);
  const endpoints = sagemakerEndpoints({ clients, store, models, settings, effects, region: 'eu-west-1' });
  return {
    files: s3Files(clients.s3),
    datasets,
    models,
    jobs: sagemakerJobs({ clients, store, datasets, settings, effects }),
    endpoints,
    rollouts: sagemakerRollouts(store, endpoints),
  };
}

function everyRequestIsValid(emulation: Emulated): void {
  describe('the journal', () => {
    test('of these tests has only requests and answers as AWS publishes them', async () => {
      expect((await findings(emulation.emulator().journal)) ?? '').toBe('');
    });
  });
}

const defaults: Omit<SageMakerSettings, 'bucket'> = {
  prefix: 'team/mlops',
  executionRole: 'arn:aws:iam::123456789012:role/mlops-training',
  training: {
    image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/train:1',
    instanceType: 'ml.m5.large',
    instanceCount: 1,
    volumeGb: 30,
    subnets: [],
    securityGroups: [],
    networkIsolation: false,
    warmPoolSeconds: 0,
  },
  serving: {
    image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/serve:1',
    instanceType: 'ml.m5.large',
    subnets: [],
    securityGroups: [],
    networkIsolation: false,
  },
  polling: { first: 20, most: 200 },
  updateTimeoutSeconds: 3600,
  logGrace: 1000,
};

const quiet: Log = { log: () => {}, foreign: () => {}, group: (_title, body) => body() };
