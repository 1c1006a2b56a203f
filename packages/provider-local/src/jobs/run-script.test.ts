import { tmpdir } from 'node:os';
import { expect, test } from '@jest/globals';
import { systemClock } from '@mlops-actions/core';
import { runScript } from './run-script.ts';

test('a traceback on standard error comes after what was printed before it, also when both waited to be read', async () => {
  const lines: string[] = [];
  const script =
    'echo first; sleep 0.02; for i in $(seq 1 40); do echo "step $i"; done; echo "ValueError: bad" >&2; exit 1';
  const end = await runScript(
    {
      command: ['sh', '-c', script],
      folder: tmpdir(),
      environment: { PATH: process.env.PATH ?? '' },
      token: 'order-of-lines',
      maxRuntimeSeconds: 60,
      // The document is written before a line is seen; the script is done by then.
      onStart: () => systemClock.sleep(300),
      onLines: (more) => void lines.push(...more),
    },
    new AbortController().signal,
    systemClock,
  );
  expect(end).toEqual({ kind: 'exit', code: 1 });
  expect(lines).toEqual(['first', ...Array.from({ length: 40 }, (_, index) => `step ${index + 1}`), 'ValueError: bad']);
});
