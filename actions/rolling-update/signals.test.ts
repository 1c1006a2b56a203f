import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { decodeJournal } from '@mlops-actions/core';
import { type Load, loadOn } from '../../packages/provider-local/src/endpoints/testing/load.ts';
import { until } from '../deploy-endpoint/testing/processes.ts';
import { quick, type Rig, rolloutRig } from './testing/rig.ts';

// The real step as a process, and the signals that CI systems send.

const program = resolve(import.meta.dirname, '../../test/step.mjs');

let rig: Rig;
let load: Load;
beforeEach(async () => {
  rig = await rolloutRig();
  load = loadOn(await rig.serving('blue'), 2);
  await rig.registered('green');
});
afterEach(async () => {
  await load.end();
  await rig.end();
});

function start(): { readonly child: ChildProcess; readonly log: () => string } {
  const inputs = { ...quick, deployment: 'green', model: 'churn', steps: '20,100', bake: '60s' };
  const options = Object.entries(inputs).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(process.execPath, [program, 'rolling-update', ...options], {
    cwd: rig.workspace,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH },
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  return { child, log: () => log };
}

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  test('in the middle of a bake: everything is back at stable within 8 s, and no request was lost', async () => {
    const { child, log } = start();
    await until(async () => child.exitCode !== null || (await rig.traffic()).green === 20);
    const at = performance.now();
    child.kill(signal);
    const [code] = await once(child, 'close');
    expect(performance.now() - at).toBeLessThan(8000);
    expect([code, log()]).toEqual([2, expect.stringContaining('Rolled back: it was cancelled.')]);
    expect(await rig.traffic()).toEqual({ blue: 100 });
    expect(decodeJournal((await rig.provider.endpoints.describe('shop'))?.tags ?? {})?.phase).toBe('rolled-back');
    expect(Object.keys(await load.end()).sort()).toEqual(['blue', 'green']);
  });
});
