import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { planRollout, type RolloutPlan, UserError } from '@mlops-actions/core';
import type { DeploymentRequest, EndpointSettings } from '../endpoints.ts';
import type { Provider } from '../provider.ts';
import type { RolloutTarget, TrafficShift } from '../rollouts.ts';
import { temporaryFolders } from './fixtures.ts';
import { journalContract, journalOf } from './rollout-journals.ts';
import { servingRequest } from './serving-request.ts';

type Rolling = Pick<Provider, 'models' | 'endpoints' | 'rollouts'>;

/** In what providers may differ. */
export interface RolloutTraits {
  /** Whether a candidate can get copies of the requests. */
  readonly mirrors: boolean;
  /** The shortest time that a provider gives a replica to start, in seconds. */
  readonly startupTimeoutSeconds: number;
}

/**
 * Registers the tests that every provider's rollouts by shares must pass. `open` gives a provider that holds nothing yet; the caller cleans
 * up. Nothing is expected to show at once: what a service has accepted may take its time.
 */
export function rolloutContract(
  name: string,
  open: () => Promise<Rolling>,
  { mirrors, startupTimeoutSeconds }: RolloutTraits = { mirrors: true, startupTimeoutSeconds: 1 },
): void {
  journalContract(name, open);
  describe(`rollouts of ${name}`, () => {
    const folders = temporaryFolders();
    let provider: Rolling;
    let target: RolloutTarget;
    beforeEach(async () => {
      provider = await open();
      target = provider.rollouts.target('shop');
    });
    afterEach(async () => {
      await provider.endpoints.remove('shop');
    });

    const settings: EndpointSettings = { auth: { kind: 'none' }, capturePercent: 0, captureLimitBytes: 1e6 };
    const request = (deployment: string, change?: Partial<DeploymentRequest>): Promise<DeploymentRequest> =>
      servingRequest(provider.models, folders, deployment, change);
    const configured = async (): Promise<void> => {
      await provider.endpoints.configure('shop', settings);
    };
    /** `blue` with all the traffic, and `green` provisioned beside it. */
    const prepared = async (change: Partial<DeploymentRequest> = {}): Promise<void> => {
      await configured();
      await provider.endpoints.deploy(await request('blue', change));
      await provider.endpoints.setTraffic('shop', { blue: 100 });
      await shows({ blue: 100 });
      await target.provision(await request('green', change));
    };

    const json = { body: '{"x":1}', contentType: 'application/json' };
    /** Who answers, and how many requests that replica has got. */
    const answerOf = async (deployment?: string): Promise<{ status: number; tag?: string; served?: number }> => {
      const { endpoints } = provider;
      const answer = await (deployment === undefined ? endpoints.invoke('shop', json) : target.probe(deployment, json));
      return { status: answer.status, ...(answer.status === 200 ? JSON.parse(answer.body) : {}) };
    };
    const tags = async (count: number): Promise<string[]> => {
      const found = [];
      for (let index = 0; index < count; index++) found.push((await answerOf()).tag ?? '');
      return found;
    };

    /** Waits until the target shows these shares and nothing under way. */
    const shows = async (shares: Readonly<Record<string, number>>, mirror = 0): Promise<void> => {
      for (;;) {
        const seen = await target.observe();
        const own = Object.fromEntries(Object.entries(seen.shares).filter(([, share]) => share > 0));
        const isShown = JSON.stringify(sorted(own)) === JSON.stringify(sorted(shares));
        if (seen.status === 'in-service' && isShown && (seen.mirror ?? 0) === mirror) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const shift = async (share: number, change: Partial<TrafficShift> = {}): Promise<void> => {
      const { engine } = target;
      if (engine.kind !== 'shares') throw new Error('The target does not shift by shares.');
      const expected = [(await target.observe()).shares[change.candidate ?? 'green'] ?? 0, share];
      await engine.shift({
        stable: 'blue',
        candidate: 'green',
        share,
        mirror: 0,
        byReplicas: false,
        expected,
        ...change,
      });
    };
    const names = async (): Promise<string[]> =>
      ((await provider.endpoints.describe('shop'))?.deployments ?? []).map((deployment) => deployment.name).sort();

    test('an endpoint that is not there is missing, has no journal and takes nothing', async () => {
      expect(await target.observe()).toMatchObject({ status: 'missing', shares: {} });
      expect(await target.readJournal()).toBeUndefined();
      await target.retire('green');
      await expect(target.writeJournal(journalOf(1), 0)).rejects.toThrow(UserError);
      await expect(target.provision(await request('green'))).rejects.toThrow(UserError);
      await expect(shift(100, { stable: '' })).rejects.toThrow(UserError);
    });

    test('the journal stays when deployments, traffic and settings change', async () => {
      await configured();
      await target.writeJournal(journalOf(1), 0);
      await target.provision(await request('green'));
      await shift(100, { stable: '' });
      await provider.endpoints.configure('shop', { ...settings, capturePercent: 1 });
      await shows({ green: 100 });
      expect(await target.readJournal()).toEqual(journalOf(1));
    });

    describe('provisioning', () => {
      test('makes the candidate ready without traffic: probes reach it, callers do not', async () => {
        await prepared();
        const { healthy } = await target.observe();
        expect(healthy.green ?? true).toBe(true);
        await shows({ blue: 100 });
        expect((await answerOf('green')).tag).toBe('green');
        expect(new Set(await tags(5))).toEqual(new Set(['blue']));
      });

      test('finds the same again, and refuses another one of that name', async () => {
        await prepared();
        const same = await request('green', { model: 'churn@2' });
        await answerOf('green');
        await target.provision(same);
        expect((await answerOf('green')).served).toBe(2);
        await expect(target.provision({ ...same, environment: { TAG: 'other' } })).rejects.toThrow(UserError);
        expect((await answerOf('green')).tag).toBe('green');
      });

      test.each([
        ['ends at once', { MODE: 'exit' }],
        ['never gets healthy', { MODE: 'never-ready' }],
      ])('leaves nothing of a candidate that %s', async (_case, environment) => {
        await configured();
        const bad = await request('bad', { environment, startupTimeoutSeconds });
        await expect(target.provision(bad)).rejects.toThrow(UserError);
        expect(await names()).toEqual([]);
        expect((await target.observe()).shares).toEqual({});
      });

      test('begins with as many replicas as it is told', async () => {
        await configured();
        await target.provision(await request('green', { autoscaling: three }), { replicas: 2 });
        expect((await provider.endpoints.describe('shop'))?.deployments).toMatchObject([{ desiredReplicas: 2 }]);
      });
    });

    describe('a shift', () => {
      test('gives the candidate its share and stable the rest, there and back', async () => {
        await prepared();
        for (const share of [10, 60, 100, 0]) {
          await shift(share);
          await shows(
            share === 100 ? { green: 100 } : share === 0 ? { blue: 100 } : { blue: 100 - share, green: share },
          );
          const found = await tags(20);
          expect(found.filter((tag) => tag === 'green')).toHaveLength(share / 5);
        }
      });

      test('again changes nothing', async () => {
        await prepared();
        await shift(10);
        await shift(10);
        await shift(10, { expected: [10] });
        await shows({ blue: 90, green: 10 });
      });

      test('is refused when the candidate has a share that the journal does not know', async () => {
        await prepared();
        await shift(50);
        await shows({ blue: 50, green: 50 });
        await expect(shift(100, { expected: [10, 25] })).rejects.toThrow(UserError);
        await shows({ blue: 50, green: 50 });
      });

      test('is refused when somebody else has the traffic', async () => {
        await prepared();
        await expect(shift(10, { stable: 'red' })).rejects.toThrow(UserError);
        await expect(shift(100, { stable: '' })).rejects.toThrow(UserError);
        await shows({ blue: 100 });
      });

      test('to a candidate that is not there is refused; away from it is not', async () => {
        await prepared();
        await expect(shift(10, { candidate: 'gone' })).rejects.toThrow(UserError);
        await shift(0, { candidate: 'gone' });
        await shows({ blue: 100 });
      });

      test('without stable gives all, and takes all back: then nobody serves', async () => {
        await configured();
        await target.provision(await request('green'));
        await shift(100, { stable: '' });
        await shows({ green: 100 });
        expect((await answerOf()).tag).toBe('green');
        await shift(0, { stable: '' });
        await shows({});
        expect((await answerOf()).status).toBeGreaterThanOrEqual(400);
        expect((await answerOf('green')).tag).toBe('green');
        await target.retire('green');
        expect(await names()).toEqual([]);
      });

      test('remembers who had all the traffic, and forgets who was given up', async () => {
        await prepared();
        const promoted = async (): Promise<readonly string[]> => (await target.observe()).promoted ?? [];
        await shift(10);
        await shift(100);
        await shows({ green: 100 });
        expect(await promoted()).toEqual(['blue']);
        await shift(0);
        await shows({ blue: 100 });
        expect(await promoted()).toEqual([]);
      });
    });

    describe('a shift by replicas', () => {
      const replicas = async (which: 'desiredReplicas' | 'readyReplicas'): Promise<Record<string, number>> => {
        const { deployments = [] } = (await provider.endpoints.describe('shop')) ?? {};
        return Object.fromEntries(deployments.map((deployment) => [deployment.name, deployment[which]]));
      };

      test('moves capacity along, there and back: new replicas are ready first', async () => {
        const change = { autoscaling: three, environment: { START_MS: '300' } };
        await configured();
        await provider.endpoints.deploy(await request('blue', change));
        await provider.endpoints.setTraffic('shop', { blue: 100 });
        expect(await target.granularity()).toMatchObject({ replicas: 3 });
        await target.provision(await request('green', change), { replicas: 1 });
        expect(await replicas('readyReplicas')).toEqual({ blue: 3, green: 1 });
        for (const [share, blue, green] of [
          [33, 2, 1],
          [67, 1, 2],
          [67, 1, 2],
        ] as const) {
          await shift(share, { byReplicas: true });
          await shows({ blue: 100 - share, green: share });
          expect(await replicas('readyReplicas')).toEqual({ blue, green });
        }
        await shift(100, { byReplicas: true });
        expect((await replicas('readyReplicas')).green).toBe(3);
        await shift(0, { byReplicas: true });
        expect((await replicas('readyReplicas')).blue).toBe(3);
      });

      test('that is followed by one without runs both as they were made for', async () => {
        await prepared({ autoscaling: three });
        await shift(67, { byReplicas: true });
        expect(await replicas('desiredReplicas')).toEqual({ blue: 1, green: 2 });
        await shift(10);
        await shows({ blue: 90, green: 10 });
        expect(await replicas('desiredReplicas')).toEqual({ blue: 3, green: 3 });
      });
    });

    if (!mirrors) {
      test.each([10, 100])('a mirror of %d %% is refused and changes nothing', async (mirror) => {
        await prepared();
        await expect(shift(0, { mirror })).rejects.toThrow(UserError);
        await shows({ blue: 100 });
      });
    }

    if (mirrors)
      describe('a mirror', () => {
        /** Requests that the candidate got before this probe. */
        const copies = async (): Promise<number> => ((await answerOf('green')).served ?? 0) - 1;

        test('sends the candidate copies, and callers none of its answers', async () => {
          await prepared();
          await shift(0, { mirror: 50 });
          await shows({ blue: 100 }, 50);
          expect(new Set(await tags(20))).toEqual(new Set(['blue']));
          while ((await copies()) < 10) await new Promise((resolve) => setTimeout(resolve, 20));
          await shift(0);
          await shows({ blue: 100 });
          const before = await copies();
          await tags(10);
          expect(await copies()).toBe(before + 1);
        });

        test('of a candidate that is broken or slow is not felt', async () => {
          await configured();
          await provider.endpoints.deploy(await request('blue'));
          await provider.endpoints.setTraffic('shop', { blue: 100 });
          await target.provision(
            await request('green', { environment: { TAG: 'green', MODE: 'broken', ANSWER_MS: '60000' } }),
          );
          await shift(0, { mirror: 100 });
          await shows({ blue: 100 }, 100);
          expect(new Set(await tags(10))).toEqual(new Set(['blue']));
          await shift(0);
          await target.retire('green');
        });

        test('is not for a candidate that has traffic, and ends when it gets some', async () => {
          await prepared();
          await expect(shift(10, { mirror: 10 })).rejects.toThrow(UserError);
          await shows({ blue: 100 });
          await shift(0, { mirror: 10 });
          await shift(10);
          await shows({ blue: 90, green: 10 });
        });
      });

    describe('retiring', () => {
      test('is refused while there is traffic, and done without; again is fine', async () => {
        await prepared();
        await shift(10);
        await shows({ blue: 90, green: 10 });
        await expect(target.retire('green')).rejects.toThrow(UserError);
        await shift(0);
        await shows({ blue: 100 });
        await target.retire('green');
        await target.retire('green');
        expect(await names()).toEqual(['blue']);
      });

      test('waits for the answers that are under way', async () => {
        await prepared();
        let isAnswered = false;
        const slow = target.probe('green', { body: 'sleep:1500', contentType: 'text/plain' }).finally(() => {
          isAnswered = true;
        });
        // Who is counted before this one has arrived.
        for (let asked = 1; ((await answerOf('green')).served ?? 0) === asked; asked++);
        await target.retire('green');
        expect(isAnswered).toBe(true);
        expect((await slow).status).toBe(200);
      });
    });

    describe('preflight', () => {
      const plan = (change: Partial<Parameters<typeof planRollout>[0]> = {}): RolloutPlan =>
        planRollout({
          strategy: 'canary',
          granularity: { kind: 'weights' },
          allowCoarse: true,
          bakeSeconds: 1,
          finalBakeSeconds: 1,
          settleSeconds: 0,
          ...change,
        });

      test('has nothing against a good plan, before there is an endpoint and after', async () => {
        const candidate = await request('green');
        const asked = { candidate, plan: plan(), engine: target.engine.kind };
        expect(await target.preflight(asked)).toEqual([]);
        await prepared();
        expect(await target.preflight(asked)).toEqual([]);
        expect(await names()).toEqual(['blue', 'green']);
      });

      test('finds the name of the candidate taken', async () => {
        await prepared();
        const candidate = await request('green', { environment: { TAG: 'other' } });
        const [fault, ...others] = await target.preflight({ candidate, plan: plan(), engine: target.engine.kind });
        expect(fault).toContain('green');
        expect(others).toEqual([]);
      });
    });
  });
}

const three = { minReplicas: 3, maxReplicas: 3, targetConcurrency: 1 } as const;

function sorted(shares: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(shares).sort(([a], [b]) => (a < b ? -1 : 1));
}
