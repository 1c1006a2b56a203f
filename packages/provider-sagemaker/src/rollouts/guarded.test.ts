import { describe, expect, test } from '@jest/globals';
import { type Guardrail, planRollout, type RolloutObservation } from '@mlops-actions/core';
import type {
  DeploymentRequest,
  GuardedEngine,
  GuardedRequest,
  Provider,
  RolloutTarget,
} from '@mlops-actions/provider';
import { journalOf, servingRequest, temporaryFolders } from '@mlops-actions/provider/contract';
import type { Fault } from '../../../../test/emulators/sagemaker/faults.ts';
import { scaledClock } from '../../../../test/emulators/sagemaker/scaled-clock.ts';
import { type Emulated, onEmulator, openEmulated, reopenEmulated } from '../testing/emulated.ts';
import { excluded } from './guarded-target.ts';

// A minute of SageMaker's in two seconds: its alarms look every minute.
const clock = scaledClock(30);
const folders = temporaryFolders();

const canary = {
  kind: 'blue-green',
  routing: 'CANARY',
  sizePercent: 50,
  waitSeconds: 240,
  terminationWaitSeconds: 30,
  timeoutSeconds: 3600,
} as const satisfies Guardrail;

const atOnce: Guardrail = {
  kind: 'blue-green',
  routing: 'ALL_AT_ONCE',
  waitSeconds: 0,
  terminationWaitSeconds: 30,
  timeoutSeconds: 3600,
};

const two = { minReplicas: 2, maxReplicas: 2, targetConcurrency: 1 };

onEmulator((emulation) => guardedRows(emulation), clock);

function guardedRows(emulation: Emulated): void {
  let provider: Provider;
  let target: RolloutTarget;

  const engine = (): GuardedEngine => {
    if (target.engine.kind !== 'guarded') throw new Error('The target is not guarded.');
    return target.engine;
  };
  const request = (deployment: string, change: Partial<DeploymentRequest> = {}): Promise<DeploymentRequest> =>
    servingRequest(provider.models, folders, deployment, { autoscaling: two, ...change });

  /** `blue` with all the traffic, and `green` provisioned. */
  const prepared = async (change?: Partial<DeploymentRequest>, stable?: Partial<DeploymentRequest>) => {
    provider = await openEmulated(emulation);
    target = provider.rollouts.target('shop', 'guarded');
    await provider.endpoints.configure('shop', { auth: { kind: 'none' }, capturePercent: 0, captureLimitBytes: 1e6 });
    await provider.endpoints.deploy(await request('blue', stable));
    await provider.endpoints.setTraffic('shop', { blue: 100 });
    await target.writeJournal(journalOf(1), 0);
    const candidate = await request('green', change);
    await target.provision(candidate);
    return candidate;
  };
  const begin = (candidate: DeploymentRequest, change: Partial<GuardedRequest> = {}): Promise<void> =>
    engine().start({ candidate, revision: 1, guardrail: canary, alarms: [], limits: { maxErrorRate: 0.1 }, ...change });

  const until = async (isSo: (seen: RolloutObservation) => boolean): Promise<RolloutObservation> => {
    for (;;) {
      const seen = await target.observe();
      if (isSo(seen)) return seen;
      await clock.sleep(1000);
    }
  };
  const settled = (): Promise<RolloutObservation> => until(({ status }) => status !== 'updating');
  const divided = (candidate = 'green'): Promise<RolloutObservation> => until(({ shares }) => shares[candidate] === 50);
  const names = async (): Promise<string[]> =>
    ((await provider.endpoints.describe('shop'))?.deployments ?? []).map(({ name }) => name).sort();
  const ask = async (): Promise<{ status: number; tag?: string }> => {
    const answer = await provider.endpoints.invoke('shop', { body: '{}', contentType: 'application/json' });
    return { status: answer.status, ...(answer.status === 200 ? { tag: JSON.parse(answer.body).tag } : {}) };
  };
  const tags = async (count: number): Promise<string[]> => {
    const found = [];
    for (let index = 0; index < count; index++) found.push((await ask()).tag ?? '');
    return [...new Set(found)].sort();
  };
  /** What is left of a rollout that is over: one deployment, and nothing of the other's. */
  const cleaned = async (deployment: string): Promise<void> => {
    expect(await names()).toEqual([deployment]);
    expect(emulation.emulator().hosted()).toHaveLength(3);
    for (const alarm of ['abort', 'server-errors', 'latency']) {
      expect(emulation.emulator().alarm(`mlops-actions/shop/${alarm}`)).toBeUndefined();
    }
  };

  describe('a guarded update', () => {
    test('brings the candidate half of the traffic, then all, and leaves nothing of the old one', async () => {
      const candidate = await prepared();
      expect(await tags(4)).toEqual(['blue']);
      await begin(candidate, { limits: { maxErrorRate: 0.1, maxLatencyMs: 60_000 } });
      expect(await divided()).toMatchObject({ status: 'updating', shares: { blue: 50, green: 50 } });
      expect(await tags(8)).toEqual(['blue', 'green']);
      expect(emulation.emulator().alarm('mlops-actions/shop/latency')).toBeDefined();
      await begin(candidate);
      expect(await settled()).toMatchObject({ status: 'in-service', shares: { green: 100 } });
      await begin(candidate);
      expect((await target.observe()).status).toBe('in-service');
      await target.retire('blue');
      await target.retire('blue');
      expect(await tags(4)).toEqual(['green']);
      await cleaned('green');
      expect(await provider.endpoints.describe('shop')).toMatchObject({ promoted: ['blue'] });
      expect((await provider.endpoints.invoke('shop', { ...json, deployment: 'green' })).status).toBe(200);
      expect((await provider.endpoints.invoke('shop', { ...json, deployment: 'blue' })).status).toBe(404);
    }, 60_000);

    test('is taken back without a word when the new instances fail, and the old ones answer throughout', async () => {
      const candidate = await prepared({ environment: { TAG: 'green', MODE: 'broken' } });
      await begin(candidate);
      await divided();
      let isOver = false;
      const callers = (async () => {
        while (!isOver) {
          await ask();
          await clock.sleep(2000);
        }
      })();
      const seen = await settled();
      isOver = true;
      await callers;
      expect(seen).toMatchObject({ status: 'in-service', shares: { blue: 100 } });
      await target.retire('green');
      expect(await tags(4)).toEqual(['blue']);
      await cleaned('blue');
    }, 60_000);

    test('is measured by its own instances alone', async () => {
      const candidate = await prepared({ environment: { TAG: 'green', MODE: 'broken' } });
      await begin(candidate, { limits: { maxErrorRate: 1 } });
      const from = clock.now().getTime();
      await divided();
      // What was there in a part of a minute only is left out.
      await clock.sleep(60_000);
      for (let index = 0; index < 20; index++) await ask();
      await clock.sleep(150_000);
      const to = clock.now().getTime();
      const asked = { stable: 'blue', candidate: 'green', from, to, windowSeconds: 60 };
      const { candidate: measured, stable } = await target.measure(asked);
      const sum = (key: 'requests' | 'serverErrors') =>
        measured.windows.reduce((total, window) => total + (window[key] ?? 0), 0);
      expect([sum('requests'), sum('serverErrors')]).toEqual([10, 10]);
      expect(stable).toBeUndefined();
    }, 60_000);

    test('that is aborted while it bakes goes back by our own alarm', async () => {
      const candidate = await prepared();
      await begin(candidate);
      await divided();
      await engine().abort('blue');
      await engine().abort('blue');
      expect(await settled()).toMatchObject({ status: 'in-service', shares: { blue: 100 } });
      await engine().abort('blue');
      await target.retire('green');
      await cleaned('blue');
    }, 60_000);

    test('that is over is taken back to the configuration that was', async () => {
      const candidate = await prepared();
      await begin(candidate, { guardrail: atOnce });
      expect(await settled()).toMatchObject({ shares: { green: 100 } });
      await engine().abort('blue');
      expect(await settled()).toMatchObject({ status: 'in-service', shares: { blue: 100 } });
      await target.retire('green');
      expect(await tags(4)).toEqual(['blue']);
      await cleaned('blue');
    }, 60_000);

    test('that is over is taken back, whatever another one has left that was killed', async () => {
      const killed = await prepared();
      emulation.emulator().faults.push({ kind: 'denied', operation: 'CreateEndpointConfig', times: 1 });
      await expect(begin(killed)).rejects.toThrow(/action-templates/);
      const candidate = await request('red', { model: 'churn@2' });
      await target.provision(candidate);
      await begin(candidate, { guardrail: atOnce });
      expect(await settled()).toMatchObject({ shares: { red: 100 } });
      await engine().abort('blue');
      expect(await settled()).toMatchObject({ shares: { blue: 100 } });
      await expect(engine().abort('grey')).rejects.toThrow(/by which "grey" served .* is gone/);
    }, 60_000);

    test('whose runner died is finished by another', async () => {
      const candidate = await prepared();
      await begin(candidate);
      provider = await reopenEmulated(emulation);
      target = provider.rollouts.target('shop', 'guarded');
      await divided();
      await engine().abort('blue');
      expect(await settled()).toMatchObject({ shares: { blue: 100 } });
      await target.retire('green');
      await cleaned('blue');
    }, 60_000);

    test('batch by batch ends as well', async () => {
      const candidate = await prepared();
      await begin(candidate, {
        guardrail: { kind: 'rolling', batchPercent: 50, waitSeconds: 60, timeoutSeconds: 3600 },
      });
      expect(await divided()).toMatchObject({ status: 'updating' });
      expect(await settled()).toMatchObject({ status: 'in-service', shares: { green: 100 } });
      await target.retire('blue');
      await cleaned('green');
    }, 60_000);

    test('carries autoscaling over, and the weights take it from there', async () => {
      const scaling = { minReplicas: 1, maxReplicas: 3, targetConcurrency: 2 };
      const candidate = await prepared({ autoscaling: { ...scaling, maxReplicas: 4 } }, { autoscaling: scaling });
      await begin(candidate, { guardrail: atOnce });
      expect(await settled()).toMatchObject({ shares: { green: 100 } });
      await target.retire('blue');
      expect(emulation.emulator().scaled()).toEqual([
        expect.objectContaining({ ResourceId: 'endpoint/shop/variant/blue', MinCapacity: 1, MaxCapacity: 4 }),
      ]);
      // The variant that serves green is called blue, so that this one cannot be.
      await provider.endpoints.deploy(await request('blue', { model: 'churn@1' }));
      await provider.endpoints.setTraffic('shop', { blue: 100 });
      expect(await tags(4)).toEqual(['blue']);
      await provider.endpoints.removeDeployment('shop', 'green');
      expect(await names()).toEqual(['blue']);
      expect(emulation.emulator().scaled()).toEqual([]);
    }, 60_000);

    test('is not taken back by an alarm that an earlier rollout left ringing', async () => {
      const candidate = await prepared();
      await begin(candidate);
      await engine().abort('blue');
      await settled();
      const guardrail = { ...atOnce, terminationWaitSeconds: 0 };
      await begin(candidate, { guardrail });
      expect(emulation.emulator().alarm('mlops-actions/shop/abort')).not.toBe('ALARM');
      expect(await settled()).toMatchObject({ shares: { green: 100 } });
    }, 60_000);

    test('changes the instance type of a variant that scales, which scales again whoever serves', async () => {
      const scaling = { minReplicas: 2, maxReplicas: 3, targetConcurrency: 2 };
      await prepared({ autoscaling: scaling }, { autoscaling: scaling });
      const settings = emulation.sameSettings();
      provider = await reopenEmulated(emulation, { serving: { ...settings.serving, instanceType: 'ml.m5.xlarge' } });
      target = provider.rollouts.target('shop', 'guarded');
      await target.retire('green');
      const candidate = await request('red', { autoscaling: scaling, model: 'churn@2' });
      await target.provision(candidate);
      await begin(candidate);
      expect(emulation.emulator().scaled()).toEqual([]);
      await divided('red');
      await engine().abort('blue');
      expect(await settled()).toMatchObject({ shares: { blue: 100 } });
      await target.retire('red');
      expect(emulation.emulator().scaled()).toEqual([expect.objectContaining({ MinCapacity: 2, MaxCapacity: 3 })]);
    }, 60_000);

    test('is refused to a driver whose journal another has', async () => {
      const candidate = await prepared();
      await expect(begin(candidate, { revision: 2 })).rejects.toThrow(/at revision 1, not 2: another run/);
      await target.retire('green');
      await cleaned('blue');
    });
  });

  describe('what goes wrong beside it', () => {
    test.each<[string, Fault]>([
      ['whose begin is throttled', { kind: 'throttle', operation: 'UpdateEndpoint', times: 1 }],
      ['whose begin acts and loses its answer', { kind: 'lost', operation: 'UpdateEndpoint', times: 1 }],
      ['whose begin acts and answers with 500', { kind: 'failed', operation: 'UpdateEndpoint', times: 1 }],
      ['whose alarm loses its answer', { kind: 'lost', operation: 'PutMetricAlarm', times: 1 }],
    ])('an update %s is begun once', async (_what, fault) => {
      const candidate = await prepared();
      emulation.emulator().faults.push(fault);
      // The client has asked again meanwhile, and finds its own update under way.
      await begin(candidate).catch((error: Error) => expect(error.message).toMatch(/in-progress/));
      await begin(candidate);
      expect(await divided()).toMatchObject({ shares: { blue: 50, green: 50 } });
    });

    test.each<[string, string]>([
      ['an alarm', 'PutMetricAlarm'],
      ['an update', 'UpdateEndpoint'],
    ])('%s that the role may not make is refused with what to do, and the old one serves', async (_what, operation) => {
      const candidate = await prepared();
      emulation.emulator().faults.push({ kind: 'denied', operation, times: 1 });
      await expect(begin(candidate)).rejects.toThrow(/action-templates\/iam/);
      await engine().abort('blue');
      await target.retire('green');
      expect(await tags(2)).toEqual(['blue']);
      await cleaned('blue');
    });

    test('an endpoint whose rollback failed says so', async () => {
      const candidate = await prepared();
      emulation.emulator().troubles.isMixed = true;
      await begin(candidate, { guardrail: { ...canary, waitSeconds: 0, terminationWaitSeconds: 0 } });
      expect(await settled()).toMatchObject({ status: 'rollback-failed' });
    });
  });

  test('the first deployment has nobody to replace and gets everything', async () => {
    provider = await openEmulated(emulation);
    target = provider.rollouts.target('shop', 'guarded');
    await provider.endpoints.configure('shop', { auth: { kind: 'none' }, capturePercent: 0, captureLimitBytes: 1e6 });
    await target.writeJournal(journalOf(1), 0);
    const candidate = await request('blue');
    await target.provision(candidate);
    await begin(candidate);
    expect(await settled()).toMatchObject({ shares: { blue: 100 } });
    await engine().abort('');
    expect(await settled()).toMatchObject({ shares: {} });
    await target.retire('blue');
    expect(emulation.emulator().hosted()).toEqual([]);
  });

  describe('preflight', () => {
    const plan = planRollout({
      strategy: 'canary',
      steps: [50, 100],
      bakeSeconds: 60,
      finalBakeSeconds: 60,
      settleSeconds: 0,
      granularity: { kind: 'units', units: 2 },
      allowCoarse: false,
    });
    const faults = async (alarms: readonly string[] = [], deployment = 'red') =>
      target.preflight({
        candidate: await request(deployment),
        plan,
        engine: 'guarded',
        guarded: { alarms, limits: { maxErrorRate: 0.01 } },
      });

    test('finds nothing on an endpoint with one deployment', async () => {
      await prepared();
      expect(await target.granularity()).toEqual({ kind: 'units', units: 2 });
      expect(await faults()).toEqual([]);
    });

    test.each([
      ['serverless endpoints', [{ ServerlessConfig: {} }], 'ml.m5.large', /is serverless/],
      ['old instances that it does not guard', [{ InstanceType: 'ml.inf1.xlarge' }], 'ml.m5.large', /ml\.inf1/],
      ['new instances that it does not guard', [{ InstanceType: 'ml.m5.large' }], 'ml.inf1.xlarge', /ml\.inf1/],
    ])('finds %s', (_what, variants, instanceType, expected) => {
      expect(excluded('shop', variants, instanceType)).toEqual([expect.stringMatching(expected)]);
    });

    test('finds a second deployment, which SageMaker would not guard', async () => {
      await prepared();
      await provider.endpoints.deploy(await request('grey'));
      expect(await faults()).toEqual([expect.stringMatching(/has 2 deployments.*Remove the others/)]);
    });

    test('finds alarms that are not there, that ring already, and that are too many', async () => {
      await prepared();
      await begin(await request('green', { model: 'churn@2' }));
      await engine().abort('blue');
      const found = await faults(['mlops-actions/shop/abort', 'mlops-actions/shop/server-errors', 'none']);
      expect(found).toEqual([
        expect.stringMatching(/"mlops-actions\/shop\/abort" is in ALARM already/),
        expect.stringMatching(/names "none", and CloudWatch has no such alarm/),
      ]);
      const many = Array.from({ length: 9 }, (_, index) => `alarm-${index}`);
      expect(await faults(many)).toEqual([expect.stringMatching(/has 9 alarms, and with 2 .* SageMaker takes 10/)]);
    });
  });
}

const json = { body: '{}', contentType: 'application/json' };
