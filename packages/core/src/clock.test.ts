import { expect, test } from '@jest/globals';
import { systemClock } from './clock.ts';

test('sleep rejects with the reason of a signal, before or during', async () => {
  const controller = new AbortController();
  const sleeping = systemClock.sleep(60_000, controller.signal);
  controller.abort(new Error('stop'));
  await expect(sleeping).rejects.toThrow('stop');
  await expect(systemClock.sleep(60_000, controller.signal)).rejects.toThrow('stop');
});

test('sleep resolves after the time given', async () => {
  const start = systemClock.now().getTime();
  await systemClock.sleep(20);
  expect(systemClock.now().getTime() - start).toBeGreaterThanOrEqual(19);
});

test('a sleep longer than a timer can be is still a sleep', async () => {
  const controller = new AbortController();
  let woke = false;
  const sleeping = systemClock.sleep(30 * 86_400_000, controller.signal).then(() => {
    woke = true;
  });
  await systemClock.sleep(20);
  expect(woke).toBe(false);
  controller.abort(new Error('stop'));
  await expect(sleeping).rejects.toThrow('stop');
});
