import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type DeploymentRequest, isFinal, type JobRequest, type Provider } from '@mlops-actions/provider';
import { jobRequest, servingRequest, temporaryFolders } from '@mlops-actions/provider/contract';
import type { Fault } from '../../../test/emulators/sagemaker/faults.ts';
import { scaledClock } from '../../../test/emulators/sagemaker/scaled-clock.ts';
import { type Emulated, onEmulator, openEmulated } from './testing/emulated.ts';

// What goes wrong between a step and AWS, a row each: every row ends right, and what the user reads says what to do next.

const folders = temporaryFolders();
const job = (script: string): Promise<JobRequest> => jobRequest(folders, script);

const saving = 'echo w > "$SM_MODEL_DIR/w"';

async function linesOf({ jobs }: Provider, name = 'train-1'): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of jobs.follow(name)) lines.push(line);
  return lines;
}

/** A blue deployment with all the traffic, and the request for another one beside it. */
async function serving({ models, endpoints }: Provider): Promise<DeploymentRequest> {
  await endpoints.configure('shop', { auth: { kind: 'none' }, capturePercent: 0, captureLimitBytes: 1e6 });
  await endpoints.deploy(await servingRequest(models, folders, 'blue'));
  await endpoints.setTraffic('shop', { blue: 100 });
  return servingRequest(models, folders, 'green');
}

const tagOf = async ({ endpoints }: Provider): Promise<string> =>
  JSON.parse((await endpoints.invoke('shop', { body: '{}', contentType: 'application/json' })).body).tag;

onEmulator(faultRows, scaledClock(30));

function faultRows(emulation: Emulated): void {
  const due = (...faults: readonly Omit<Fault, 'times'>[]): void => {
    for (const fault of faults) emulation.emulator().faults.push({ ...fault, times: 1 });
  };

  describe('a job', () => {
    test.each<[string, Fault['kind'], string]>([
      ['whose creation is throttled', 'throttle', 'CreateTrainingJob'],
      ['whose creation finds the service away', 'unavailable', 'CreateTrainingJob'],
      ['whose creation acts and loses its answer', 'lost', 'CreateTrainingJob'],
      ['whose creation acts and answers with 500', 'failed', 'CreateTrainingJob'],
      ['whose upload is throttled', 'throttle', 'PutObject'],
      ['whose upload loses its answer', 'lost', 'PutObject'],
      ['whose look is throttled', 'throttle', 'DescribeTrainingJob'],
      ['whose log cannot be read for a moment', 'unavailable', 'GetLogEvents'],
    ])('%s runs once and completes', async (_case, kind, operation) => {
      const opened = await openEmulated(emulation);
      due({ kind, operation });
      await opened.jobs.submit(await job(`echo on; ${saving}`));
      expect(await linesOf(opened)).toEqual(['on']);
      expect(await opened.jobs.describe('train-1')).toMatchObject({ status: 'Completed', model: { files: 1 } });
    });

    test.each<[string, Fault['kind'], string, RegExp]>([
      ['beyond the quota', 'quota', 'CreateTrainingJob', /quota.*Ask for a higher quota|Ask for a higher quota/],
      ['that the role may not create', 'denied', 'CreateTrainingJob', /not authorized.*action-templates\/iam/],
      ['whose code the role may not store', 'denied', 'PutObject', /action-templates\/iam/],
    ])('%s is refused with what to do, and nothing runs', async (_case, kind, operation, message) => {
      const opened = await openEmulated(emulation);
      due({ kind, operation });
      await expect(opened.jobs.submit(await job(saving))).rejects.toThrow(message);
      expect(emulation.emulator().runningJobs()).toEqual([]);
      // Once that is mended, the same again begins.
      expect((await opened.jobs.submit(await job(saving))).attached).toBe(false);
      await linesOf(opened);
    });

    test('whose credentials end while it is waited for goes on, and the next run finds it', async () => {
      const opened = await openEmulated(emulation);
      const signs = await folders.with({});
      const request = await job(`echo on; while [ ! -e "${signs}/go" ]; do sleep 0.05; done; ${saving}`);
      await opened.jobs.submit(request);
      const following = async (): Promise<void> => {
        for await (const _ of opened.jobs.follow('train-1')) due({ kind: 'expired', operation: 'DescribeTrainingJob' });
      };
      await expect(following()).rejects.toThrow(/expired.*goes on: run the step again/);
      expect(emulation.emulator().runningJobs()).toEqual(['train-1']);
      await writeFile(join(signs, 'go'), '');
      expect((await opened.jobs.submit(request)).attached).toBe(true);
      await linesOf(opened);
      expect((await opened.jobs.describe('train-1'))?.status).toBe('Completed');
    });

    test.each(['PutObject', 'CreateTrainingJob', 'DescribeTrainingJob'])(
      'that is cancelled around its %s is not left running',
      async (operation) => {
        const opened = await openEmulated(emulation);
        const cancellation = new AbortController();
        // A fault makes the client try again, and gives the time to cancel meanwhile.
        due({ kind: 'failed', operation });
        const submitting = opened.jobs.submit(await job('sleep 1000'), { signal: cancellation.signal });
        submitting.catch(() => {});
        setTimeout(() => cancellation.abort(new Error('cancelled')), 120);
        await submitting.catch(() => {});
        await opened.jobs.stop('train-1', 'cancelled');
        const state = await opened.jobs.describe('train-1');
        expect(state === undefined || isFinal(state.status)).toBe(true);
        expect(emulation.emulator().runningJobs()).toEqual([]);
      },
    );

    test('whose step died between its record and its creation begins under the same name', async () => {
      const opened = await openEmulated(emulation);
      due({ kind: 'denied', operation: 'CreateTrainingJob' });
      await expect(opened.jobs.submit(await job(saving))).rejects.toThrow();
      const { attached } = await opened.jobs.submit(await job(saving));
      await linesOf(opened);
      expect([attached, (await opened.jobs.describe('train-1'))?.status]).toEqual([false, 'Completed']);
    });

    test('on spot instances that are taken away goes on from its checkpoint', async () => {
      const { training } = await emulation.settings();
      const opened = await openEmulated(emulation, {
        training: { ...training, spotMaxWaitSeconds: 600, checkpointUri: 's3://mlops-artifacts/checkpoints' },
      });
      emulation.emulator().interruptNext();
      const script = `
checkpoint="$(dirname "$SM_MODEL_DIR")/checkpoints/epoch"
if [ -e "$checkpoint" ]; then echo again; else echo first; touch "$checkpoint"; sleep 1000; fi
${saving}`;
      await opened.jobs.submit(await job(script));
      expect(await linesOf(opened)).toEqual(['first', 'again']);
      expect((await opened.jobs.describe('train-1'))?.status).toBe('Completed');
    });

    test('on spot instances needs a checkpoint', async () => {
      const { training } = await emulation.settings();
      const opened = await openEmulated(emulation, { training: { ...training, spotMaxWaitSeconds: 600 } });
      await expect(opened.jobs.submit(await job(saving))).rejects.toThrow('`checkpoint-uri`');
    });
  });

  describe('a dataset and a model', () => {
    test.each<[Fault['kind'], string]>([
      ['throttle', 'PutObject'],
      ['lost', 'PutObject'],
      ['failed', 'PutObject'],
      ['unavailable', 'GetObject'],
    ])('are stored once with a fault of kind %s at %s', async (kind, operation) => {
      const opened = await openEmulated(emulation);
      const folder = await folders.with({ 'a.csv': 'a\n1\n' });
      const dataset = { name: 'churn', rows: 1, columns: [], splits: [], tags: {} };
      for (let at = 0; at < 3; at++) due({ kind, operation });
      expect((await opened.datasets.put(dataset, folder)).dataset.version).toBe(1);
      expect((await opened.datasets.put(dataset, folder)).created).toBe(false);
    });

    test.each<[Fault['kind'], string]>([
      ['throttle', 'CreateModelPackage'],
      ['lost', 'CreateModelPackage'],
      ['failed', 'CreateModelPackage'],
      ['lost', 'CreateModelPackageGroup'],
      ['lost', 'PutObject'],
    ])('are registered once with a fault of kind %s at %s', async (kind, operation) => {
      const opened = await openEmulated(emulation);
      const source = await folders.with({ 'model.txt': 'm' });
      const registration = { name: 'churn', source, metrics: {}, approvalStatus: 'Approved', lineage: {} } as const;
      due({ kind, operation });
      expect((await opened.models.register(registration)).created).toBe(true);
      expect(await opened.models.register(registration)).toMatchObject({ created: false, model: { version: 1 } });
      expect(await opened.models.list('churn')).toHaveLength(1);
    });
  });

  describe('an endpoint', () => {
    test.each<[Fault['kind'], string]>([
      ['throttle', 'UpdateEndpoint'],
      ['lost', 'UpdateEndpoint'],
      ['failed', 'UpdateEndpoint'],
      ['lost', 'CreateEndpointConfig'],
      ['lost', 'CreateModel'],
      ['unavailable', 'DescribeEndpoint'],
    ])('gets its second deployment with a fault of kind %s at %s', async (kind, operation) => {
      const opened = await openEmulated(emulation);
      const green = await serving(opened);
      due({ kind, operation });
      expect(await opened.endpoints.deploy(green)).toMatchObject({ name: 'green', status: 'InService', traffic: 0 });
      due({ kind, operation: 'UpdateEndpointWeightsAndCapacities' });
      await opened.endpoints.setTraffic('shop', { green: 100 });
      expect(await tagOf(opened)).toBe('green');
    });

    test('that goes back without a word fails the step, and the old deployment serves', async () => {
      const opened = await openEmulated(emulation);
      const green = await serving(opened);
      emulation.emulator().troubles.isSilent = true;
      await expect(opened.endpoints.deploy(green)).rejects.toThrow(
        /went back to its old configuration .*SageMaker gives no reason/,
      );
      expect(await tagOf(opened)).toBe('blue');
      expect((await opened.endpoints.describe('shop'))?.deployments.map(({ name }) => name)).toEqual(['blue']);
    });

    test('whose rollback failed says so, to the step and to a rollout', async () => {
      const opened = await openEmulated(emulation);
      const green = await serving(opened);
      emulation.emulator().troubles.isMixed = true;
      await expect(opened.endpoints.deploy(green)).rejects.toThrow(/serves a mix of old and new.*Update it once more/);
      expect(await opened.rollouts.target('shop').observe()).toMatchObject({ status: 'rollback-failed' });
      // Both configurations and both models serve.
      expect(emulation.emulator().hosted()).toHaveLength(5);
      await expect(opened.endpoints.removeDeployment('shop', 'green')).rejects.toThrow(/Deploy once more/);
      emulation.emulator().troubles.isMixed = false;
      expect(await opened.endpoints.deploy(green)).toMatchObject({ name: 'green', status: 'InService' });
      await opened.endpoints.remove('shop');
      expect(emulation.emulator().hosted()).toEqual([]);
    });

    test('that is stuck in its update is left as it is, and the step says what to do', async () => {
      const opened = await openEmulated(emulation, { updateTimeoutSeconds: 60 });
      const green = await serving(opened);
      emulation.emulator().troubles.isStuck = true;
      await expect(opened.endpoints.deploy(green)).rejects.toThrow(/has been Updating for \d+ s.*run the step again/);
      expect(await tagOf(opened)).toBe('blue');
      emulation.emulator().troubles.isStuck = false;
    });

    test('whose figures come in part gives none, and a driver asks again', async () => {
      const opened = await openEmulated(emulation);
      await serving(opened);
      const from = emulation.clock.now().getTime();
      await tagOf(opened);
      const measured = () =>
        opened.endpoints.measure('shop', { from, to: emulation.clock.now().getTime(), windowSeconds: 60 });
      while (((await measured()).blue?.windows.length ?? 0) < 1);
      emulation.emulator().metrics.isPartial = true;
      await expect(measured()).rejects.toThrow(/PartialData/);
    });

    test('that the role may not update is refused with what to do', async () => {
      const opened = await openEmulated(emulation);
      const green = await serving(opened);
      due({ kind: 'denied', operation: 'UpdateEndpoint' });
      await expect(opened.endpoints.deploy(green)).rejects.toThrow(/action-templates\/iam/);
      expect((await opened.endpoints.describe('shop'))?.deployments.map(({ name }) => name)).toEqual(['blue']);
      expect(await opened.endpoints.deploy(green)).toMatchObject({ name: 'green' });
    });
  });
}
