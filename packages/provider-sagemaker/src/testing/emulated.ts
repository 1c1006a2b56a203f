import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Clock, type Log, systemClock } from '@mlops-actions/core';
import type { Provider, ProviderEffects } from '@mlops-actions/provider';
import { type Emulator, startEmulator } from '../../../../test/emulators/sagemaker/emulator.ts';
import { findings } from '../../../../test/emulators/sagemaker/journal.ts';
import type { AwsOptions } from '../clients.ts';
import { openSageMakerProvider } from '../sagemaker-provider.ts';
import type { SageMakerSettings } from '../settings.ts';

/** One emulator for the tests of a file. */
export interface Emulated {
  emulator(): Emulator;
  readonly clock: Clock;
  /** Settings for an account in which nothing is. */
  settings(change?: Partial<SageMakerSettings>): Promise<SageMakerSettings>;
  /** The settings of the account as it is, as of another run of the step. */
  sameSettings(): SageMakerSettings;
}

/**
 * Registers tests that have an emulator, started before them and ended after them; the last one looks at every request and answer of the
 * others. They are skipped where `npm test` found no Python for it.
 */
export function onEmulator(body: (emulation: Emulated) => void, clock: Clock = systemClock): void {
  (process.env.MLOPS_TEST_PYTHON === undefined ? describe.skip : describe)('on the emulator', () => {
    const emulation = emulated(clock);
    body(emulation);
    everyRequestIsValid(emulation);
  });
}

function emulated(clock: Clock): Emulated {
  let emulator: Emulator;
  let bucket = '';
  beforeAll(async () => {
    emulator = await startEmulator(clock);
  });
  afterAll(async () => {
    await emulator?.end();
  });
  return {
    emulator: () => emulator,
    clock,
    settings: async (change) => {
      bucket = await emulator.reset();
      return { ...defaults, bucket, ...change };
    },
    sameSettings: () => ({ ...defaults, bucket }),
  };
}

/** How the emulator is reached. */
export function awsOf(emulation: Emulated): AwsOptions {
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };
  return { endpoint: emulation.emulator().url, region: 'eu-west-1', credentials };
}

/** A provider that holds nothing yet. */
export async function openEmulated(emulation: Emulated, change?: Partial<SageMakerSettings>): Promise<Provider> {
  const settings = await emulation.settings(change);
  return openSageMakerProvider({ settings, aws: awsOf(emulation), effects: effectsOf(emulation) });
}

/** A provider of the account as it is: another run of the step. */
export function reopenEmulated(emulation: Emulated, change?: Partial<SageMakerSettings>): Promise<Provider> {
  const settings = { ...emulation.sameSettings(), ...change };
  return openSageMakerProvider({ settings, aws: awsOf(emulation), effects: effectsOf(emulation) });
}

function effectsOf({ clock }: Emulated): ProviderEffects {
  return { clock, log: quiet, environment: {}, random: () => 0.5 };
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
