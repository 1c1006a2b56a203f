import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { type Emulator, startEmulator } from '../emulators/sagemaker/emulator.ts';
import { bareEnvironment, type Ended, type Running, start } from './program.ts';
import { writeProject } from './project.ts';
import { copySuite, temporaryFolder } from './suite.ts';

type Inputs = Readonly<Record<string, string>>;

/** The project in small, whose steps run on SageMaker: processes of the built suite that find the emulator as they would find AWS. */
export interface SageMakerProject {
  emulator(): Emulator;
  /** The folder of the test, with `suite` and `project` in it. */
  folder(): string;
  /** What a step needs for the provider, beside its other inputs. */
  providerInputs(action: string): Inputs;
  /** Variables that lead to the emulator. */
  variables(): Inputs;
  /** Starts a step with these inputs and what the provider needs besides. */
  start(action: string, inputs: Inputs, node?: string): Running;
  run(action: string, inputs: Inputs, node?: string): Promise<Ended>;
  /** Starts a command of the suite with just these words, and variables beside or in the place of those that lead to the emulator. */
  command(words: readonly string[], env?: Inputs): Running;
}

const training = { 'training-image': '123456789012.dkr.ecr.eu-west-1.amazonaws.com/train:1' };
const serving = { 'serving-image': '123456789012.dkr.ecr.eu-west-1.amazonaws.com/serve:1' };
const images: Readonly<Record<string, Inputs>> = {
  'prepare-data': training,
  train: training,
  'deploy-endpoint': serving,
  'rolling-update': serving,
};

interface ProjectOptions {
  /** Writes the project's files. */
  readonly write?: (workspace: string) => Promise<void>;
  /** How the name of the folder begins. */
  readonly prefix?: string;
}

/** A new account and a new copy of the project for each test of a file. */
export function sagemakerProject({ write = writeProject, prefix }: ProjectOptions = {}): SageMakerProject {
  let emulator: Emulator;
  let folder: string;
  let cli: string;
  let bucket: string;
  beforeAll(async () => {
    emulator = await startEmulator();
  });
  afterAll(async () => {
    await emulator?.end();
  });
  beforeEach(async () => {
    folder = await temporaryFolder(prefix);
    cli = join(await copySuite(join(folder, 'suite')), 'dist', 'cli.js');
    bucket = await emulator.reset();
    await write(join(folder, 'project'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  const variables = (): Inputs => ({
    AWS_ENDPOINT_URL: emulator.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
  });
  const command = (words: readonly string[], env: Inputs = {}, node = process.execPath): Running =>
    start([node, cli, ...words], {
      cwd: join(folder, 'project'),
      env: { ...bareEnvironment(folder), ...variables(), ...env },
    });
  const providerInputs = (action: string): Inputs => ({
    ...images[action],
    provider: 'sagemaker',
    'artifact-store': `s3://${bucket}/toys`,
    'execution-role': 'arn:aws:iam::123456789012:role/mlops-execution',
  });
  const startStep = (action: string, inputs: Inputs, node?: string): Running => {
    const all = { ...providerInputs(action), ...inputs };
    return command([action, ...Object.entries(all).flatMap(([name, value]) => [`--${name}`, value])], {}, node);
  };
  return {
    emulator: () => emulator,
    folder: () => folder,
    providerInputs,
    variables,
    command,
    start: startStep,
    run: (action, inputs, node) => startStep(action, inputs, node).ended,
  };
}
