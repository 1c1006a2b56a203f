import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { RolloutTarget } from '@mlops-actions/provider';
import { type Load, loadOn } from '../endpoints/testing/load.ts';
import { type LocalRig, localRig } from '../endpoints/testing/local-rig.ts';

let rig: LocalRig;
let target: RolloutTarget;
let load: Load | undefined;
beforeEach(async () => {
  rig = await localRig();
  target = rig.rollouts.target('shop');
});
afterEach(async () => {
  await load?.end();
  await rig.end();
});

const shift = async (share: number, from: number, byReplicas: boolean): Promise<void> => {
  if (target.engine.kind !== 'shares') throw new Error('The target does not shift by shares.');
  const traffic = { stable: 'blue', candidate: 'green', share, mirror: 0, byReplicas, expected: [from, share] };
  await target.engine.shift(traffic);
};

/** Answers that take a while: there is always something in flight. */
const slow = (tag: string) => ({ TAG: tag, ANSWER_MS: '50' });

test.each([
  ['by weights', false, [10, 50, 100, 0, 100]],
  ['replica by replica', true, [33, 67, 100, 0, 67, 0]],
])('a rollout %s and back loses no request', async (_how, byReplicas, shares) => {
  const autoscaling = { minReplicas: 3, maxReplicas: 3, targetConcurrency: 1 };
  const url = await rig.serving('blue', { autoscaling, environment: slow('blue') });
  load = loadOn(url, 8);
  const candidate = await rig.request('green', { autoscaling, environment: slow('green') });
  await target.provision(candidate, byReplicas ? { replicas: 1 } : {});
  for (const [index, share] of shares.entries()) {
    await load.answers(100);
    await shift(share, shares[index - 1] ?? 0, byReplicas);
  }
  // At once: what is in flight there is answered.
  await target.retire(shares.at(-1) === 100 ? 'blue' : 'green');
  await load.answers(100);
  const answers = await load.end();
  expect(Object.keys(answers).sort()).toEqual(['blue', 'green']);
});

test('copies to a candidate that breaks down lose no request', async () => {
  const url = await rig.serving('blue');
  load = loadOn(url, 4);
  await target.provision(await rig.request('green', { environment: { TAG: 'green', ANSWER_MS: '60000' } }));
  if (target.engine.kind !== 'shares') throw new Error('The target does not shift by shares.');
  const traffic = { stable: 'blue', candidate: 'green', share: 0, mirror: 100, byReplicas: false, expected: [0] };
  await target.engine.shift(traffic);
  await load.answers(500);
  await target.engine.shift({ ...traffic, mirror: 0 });
  await target.retire('green');
  expect(Object.keys(await load.end())).toEqual(['blue']);
});
