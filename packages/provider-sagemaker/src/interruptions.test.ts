import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Guardrail } from '@mlops-actions/core';
import type { DeploymentRequest, JobRequest, Provider } from '@mlops-actions/provider';
import { jobRequest, journalOf, servingRequest, temporaryFolders } from '@mlops-actions/provider/contract';
import { scaledClock } from '../../../test/emulators/sagemaker/scaled-clock.ts';
import { onEmulator, openEmulated, reopenEmulated } from './testing/emulated.ts';

// A step is killed or cancelled before each of its calls to AWS in turn, and the next run finds what is left and ends as it should.

const folders = temporaryFolders();

onEmulator((emulation) => {
  /** How a step is interrupted before a call: killed, so that it calls AWS no more, or told to stop by its signal. */
  type Interrupt = 'kill' | 'cancel';

  /**
   * Does `prepare` in a new account, then `step`, interrupted before its first call; then the same with the second, and so on until it ends before
   * it can be interrupted; with a `stride` of 2 only before every second call, where more would tell little and take long. After each, `next` is what the next run
   * does and sees. Resolves with the number of calls.
   */
  async function eachMoment<W>(
    interrupt: Interrupt,
    prepare: (provider: Provider) => Promise<W>,
    step: (provider: Provider, world: W, signal: AbortSignal) => Promise<unknown>,
    next: (provider: Provider, world: W) => Promise<void>,
    stride = interrupt === 'kill' ? 1 : 4,
  ): Promise<number> {
    for (let call = 0; ; call += stride) {
      const provider = await openEmulated(emulation);
      const world = await prepare(provider);
      const { faults, interruptions } = emulation.emulator();
      const cancellation = new AbortController();
      let isOver = true;
      interruptions.push({
        after: call,
        act: () => {
          isOver = false;
          if (interrupt === 'kill') faults.push({ operation: '*', kind: 'denied', times: Number.POSITIVE_INFINITY });
          else cancellation.abort(new Error('cancelled'));
        },
      });
      const ended = await step(provider, world, cancellation.signal).then(
        () => 'ended',
        (error: Error) => error.message,
      );
      interruptions.length = 0;
      faults.length = 0;
      if (isOver) {
        expect(ended).toBe('ended');
        return call;
      }
      try {
        await next(await reopenEmulated(emulation), world);
      } catch (error) {
        throw new Error(`${interrupt} before call ${call + 1}: ${(error as Error).message}`, { cause: error });
      }
    }
  }

  describe('a dataset', () => {
    test('is one version, whenever the step that stores it is killed', async () => {
      const dataset = { name: 'churn', rows: 1, columns: [], splits: [], tags: {} };
      const prepare = (): Promise<string> => folders.with({ 'a.csv': 'a\n1\n', 'b.csv': 'a\n2\n' });
      const put = ({ datasets }: Provider, folder: string) => datasets.put(dataset, folder);
      const calls = await eachMoment('kill', prepare, put, async (provider, folder) => {
        expect((await put(provider, folder)).dataset.version).toBe(1);
        expect((await put(provider, folder)).created).toBe(false);
      });
      expect(calls).toBeGreaterThan(3);
    });
  });

  describe('a model', () => {
    test('is one version, whenever the step that registers it is killed', async () => {
      const prepare = (): Promise<string> => folders.with({ 'model.txt': 'm' });
      const register = ({ models }: Provider, source: string) =>
        models.register({ name: 'churn', source, metrics: { auc: 0.9 }, approvalStatus: 'Approved', lineage: {} });
      const calls = await eachMoment('kill', prepare, register, async (provider, source) => {
        expect((await register(provider, source)).model).toMatchObject({ version: 1, metrics: { auc: 0.9 } });
        expect(await provider.models.list('churn')).toHaveLength(1);
      });
      expect(calls).toBeGreaterThan(4);
    });
  });

  describe('a guarded rollout', () => {
    const guardrail: Guardrail = {
      kind: 'blue-green',
      routing: 'ALL_AT_ONCE',
      waitSeconds: 0,
      terminationWaitSeconds: 60,
      timeoutSeconds: 3600,
    };
    const guardedOf = (provider: Provider) => {
      const target = provider.rollouts.target('shop', 'guarded');
      if (target.engine.kind !== 'guarded') throw new Error('The target is not guarded.');
      return { target, engine: target.engine };
    };
    const prepare = async (provider: Provider): Promise<DeploymentRequest> => {
      const { endpoints, models } = provider;
      await endpoints.configure('shop', { auth: { kind: 'none' }, capturePercent: 0, captureLimitBytes: 1e6 });
      await endpoints.deploy(await servingRequest(models, folders, 'blue'));
      await endpoints.setTraffic('shop', { blue: 100 });
      await guardedOf(provider).target.writeJournal(journalOf(1), 0);
      return servingRequest(models, folders, 'green');
    };
    const begin = async (provider: Provider, candidate: DeploymentRequest): Promise<void> => {
      const { target, engine } = guardedOf(provider);
      await target.provision(candidate);
      await engine.start({ candidate, revision: 1, guardrail, alarms: [], limits: { maxErrorRate: 0.1 } });
    };
    const settled = async (provider: Provider) => {
      const { target } = guardedOf(provider);
      for (;;) {
        const seen = await target.observe();
        if (seen.status !== 'updating') return seen;
        await emulation.clock.sleep(1000);
      }
    };
    const cleaned = async (provider: Provider, deployment: string): Promise<void> => {
      expect((await provider.endpoints.describe('shop'))?.deployments.map(({ name }) => name)).toEqual([deployment]);
      expect(emulation.emulator().hosted()).toHaveLength(3);
      expect(emulation.emulator().alarm('mlops-actions/shop/abort')).toBeUndefined();
    };

    test('goes back, whenever the step that begins it is killed', async () => {
      const next = async (provider: Provider): Promise<void> => {
        const { target, engine } = guardedOf(provider);
        await engine.abort('blue');
        expect(await settled(provider)).toMatchObject({ status: 'in-service', shares: { blue: 100 } });
        await target.retire('green');
        await cleaned(provider, 'blue');
      };
      expect(await eachMoment('kill', prepare, begin, next, 3)).toBeGreaterThan(9);
    });

    test('leaves nothing of the old deployment, whenever the step that ends it is killed', async () => {
      const promoted = async (provider: Provider): Promise<void> => {
        await begin(provider, await prepare(provider));
        expect(await settled(provider)).toMatchObject({ shares: { green: 100 } });
      };
      const retire = (provider: Provider): Promise<void> => guardedOf(provider).target.retire('blue');
      const next = async (provider: Provider): Promise<void> => {
        await retire(provider);
        await cleaned(provider, 'green');
        expect(await provider.endpoints.describe('shop')).toMatchObject({ promoted: ['blue'] });
      };
      expect(await eachMoment('kill', promoted, retire, next, 3)).toBeGreaterThan(9);
    });
  });

  describe('a job', () => {
    interface World {
      readonly request: JobRequest;
      /** How often the script has run. */
      runs(): Promise<number>;
    }
    const prepare = async (): Promise<World> => {
      const folder = await folders.with({ runs: '' });
      const request = await jobRequest(folders, `echo run >> "${folder}/runs"; echo w > "$SM_MODEL_DIR/w"`);
      return { request, runs: async () => (await readFile(join(folder, 'runs'), 'utf8')).split('\n').length - 1 };
    };
    const train = async ({ jobs }: Provider, { request }: World, signal?: AbortSignal): Promise<unknown> => {
      await jobs.submit(request, { ...(signal && { signal }) });
      for await (const _ of jobs.follow(request.name, { ...(signal && { signal }) }));
      return jobs.describe(request.name);
    };

    test('runs once, whenever the step that follows it is killed', async () => {
      const calls = await eachMoment('kill', prepare, train, async (provider, world) => {
        expect(await train(provider, world)).toMatchObject({ status: 'Completed', model: { files: 1 } });
        expect(await world.runs()).toBe(1);
      });
      expect(calls).toBeGreaterThan(5);
    });

    test('does not go on, whenever its step is cancelled, and the next run has one that does', async () => {
      const calls = await eachMoment('cancel', prepare, train, async (provider, world) => {
        await provider.jobs.stop(world.request.name, 'cancelled');
        expect(emulation.emulator().runningJobs()).toEqual([]);
        await train(provider, world);
        const { attached } = await provider.jobs.submit(world.request);
        expect(attached).toBe(true);
        expect(emulation.emulator().runningJobs()).toEqual([]);
      });
      expect(calls).toBeGreaterThan(5);
    });
  });

  describe('an endpoint', () => {
    const configured = async (provider: Provider) => {
      const { models, endpoints } = provider;
      await endpoints.configure('shop', { auth: { kind: 'none' }, capturePercent: 0, captureLimitBytes: 1e6 });
      // Ten seconds for a container to start, by a clock as fast as this one.
      const blue = { ...(await servingRequest(models, folders, 'blue')), startupTimeoutSeconds: 1200 };
      return { blue, green: { ...blue, deployment: 'green' } };
    };
    const serving = async (provider: Provider) => {
      const requests = await configured(provider);
      await provider.endpoints.deploy(requests.blue);
      await provider.endpoints.setTraffic('shop', { blue: 100 });
      return requests;
    };
    const both = async (provider: Provider) => {
      const requests = await serving(provider);
      await provider.endpoints.deploy(requests.green);
      return requests;
    };
    const shares = async ({ endpoints }: Provider) =>
      Object.fromEntries(
        ((await endpoints.describe('shop'))?.deployments ?? []).map((each) => [each.name, each.traffic]),
      );
    const deploying =
      (which: 'blue' | 'green') =>
      ({ endpoints }: Provider, requests: Awaited<ReturnType<typeof configured>>, signal?: AbortSignal) =>
        endpoints.deploy(requests[which], { ...(signal && { signal }) });
    /** Nothing is left in SageMaker once the endpoint is removed. */
    const leavesNothing = async ({ endpoints }: Provider): Promise<void> => {
      await endpoints.remove('shop');
      expect(emulation.emulator().hosted()).toEqual([]);
    };

    test.each<Interrupt>(['kill', 'cancel'])(
      'has its first deployment in the next run, whenever there is a %s',
      async (interrupt) => {
        const deploy = deploying('blue');
        await eachMoment(interrupt, configured, deploy, async (provider, requests) => {
          expect(await deploy(provider, requests)).toMatchObject({ name: 'blue', status: 'InService' });
          await leavesNothing(provider);
        });
      },
      240_000,
    );

    test.each<Interrupt>(['kill', 'cancel'])(
      'serves on, whenever there is a %s of a second deployment, which the next run makes',
      async (interrupt) => {
        const deploy = deploying('green');
        await eachMoment(interrupt, serving, deploy, async (provider, requests) => {
          expect((await shares(provider)).blue).toBe(100);
          expect(await deploy(provider, requests)).toMatchObject({ name: 'green', status: 'InService' });
          expect(await shares(provider)).toEqual({ blue: 100, green: 0 });
          await leavesNothing(provider);
        });
      },
      240_000,
    );

    test('has the traffic that the next run sets, whenever the step is killed', async () => {
      const shift = ({ endpoints }: Provider) => endpoints.setTraffic('shop', { green: 100 });
      const next = async (provider: Provider): Promise<void> => {
        await shift(provider);
        expect(await shares(provider)).toEqual({ blue: 0, green: 100 });
      };
      await eachMoment('kill', both, shift, next, 2);
    }, 240_000);

    test('loses a deployment in the next run, whenever the step is killed', async () => {
      const retire = ({ endpoints }: Provider) => endpoints.removeDeployment('shop', 'green');
      const next = async (provider: Provider): Promise<void> => {
        await retire(provider);
        expect(await shares(provider)).toEqual({ blue: 100 });
        await leavesNothing(provider);
      };
      await eachMoment('kill', both, retire, next, 2);
    }, 240_000);

    test('is gone after the next run, whenever the step that removes it is killed', async () => {
      const remove = ({ endpoints }: Provider) => endpoints.remove('shop');
      await eachMoment('kill', both, remove, leavesNothing, 2);
    }, 240_000);
  });
}, scaledClock(120));
