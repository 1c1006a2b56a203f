import { expect, test } from '@jest/globals';
import type { Clock } from '@mlops-actions/core';
import { jobRequest, temporaryFolders } from '@mlops-actions/provider/contract';
import { operations } from '../../../../test/emulators/sagemaker/journal.ts';
import { defaultPolling } from '../settings.ts';
import { onEmulator, openEmulated } from '../testing/emulated.ts';

const hour = 3_600_000;

/** Time passes while somebody sleeps, and only then. */
function patientClock(): Clock {
  let now = Date.now();
  return {
    now: () => new Date(now),
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  };
}

const clock = patientClock();
const folders = temporaryFolders();
onEmulator((emulation) => {
  test('a wait of three hours makes fewer than two calls a minute once it is under way', async () => {
    const { jobs } = await openEmulated(emulation, { polling: defaultPolling });
    await jobs.submit(await jobRequest(folders, 'echo on; sleep 1000', { maxRuntimeSeconds: 86_400 }));
    const calls = async (): Promise<number> =>
      [...(await operations(emulation.emulator().journal)).values()].reduce((sum, count) => sum + count, 0);
    const began = clock.now().getTime();
    const waiting = new AbortController();
    const { sleep } = clock;
    const marks: { readonly hours: number; readonly calls: number }[] = [];
    // Looks at the calls whenever another half an hour has passed.
    Object.assign(clock, {
      sleep: async (milliseconds: number, signal?: AbortSignal) => {
        await sleep(milliseconds, signal);
        const hours = (clock.now().getTime() - began) / hour;
        if (hours >= 0.5 * (marks.length + 1)) marks.push({ hours, calls: await calls() });
        if (hours >= 3) waiting.abort(new Error('long enough'));
      },
    });
    const following = async (): Promise<void> => {
      for await (const _ of jobs.follow('train-1', { signal: waiting.signal }));
    };
    await expect(following()).rejects.toThrow('long enough');
    await jobs.stop('train-1', 'the test is over');
    const [first, last] = [marks.at(0), marks.at(-1)];
    const perMinute = ((last?.calls ?? 0) - (first?.calls ?? 0)) / (((last?.hours ?? 0) - (first?.hours ?? 0)) * 60);
    expect(marks).toHaveLength(6);
    expect(perMinute).toBeGreaterThan(1);
    expect(perMinute).toBeLessThan(2);
    expect(first?.calls).toBeLessThan(200);
  });
}, clock);
