import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJournal, isOpen } from '@mlops-actions/core';
import { type Load, loadOn } from '../../packages/provider-local/src/endpoints/testing/load.ts';
import { quick, type Rig, rolloutRig } from './testing/rig.ts';

// The real step as a process, killed with SIGKILL before and after it writes each entry of the journal, while callers ask the endpoint
// without a pause. Then `mode: reconcile`, as another process.

const program = resolve(import.meta.dirname, '../../test/step.mjs');
const killing = resolve(import.meta.dirname, 'testing/kill-at.mjs');

let rig: Rig;
let load: Load;
let count = 0;
beforeAll(async () => {
  rig = await rolloutRig();
  load = loadOn(await rig.serving('first'), 2);
  await rig.registered('next');
});
afterAll(() => rig.end());

const inputs = { ...quick, steps: '50,100', bake: '1s', 'final-bake': '1s', 'min-requests': '10', model: 'churn' };

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly log: string;
}

async function step(more: Readonly<Record<string, string>>, killAt?: string): Promise<Ended> {
  const options = Object.entries({ ...inputs, ...more }).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(process.execPath, [program, 'rolling-update', ...options], {
    cwd: rig.workspace,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...(killAt === undefined ? {} : { STEP_AROUND: killing, KILL_AT: killAt }) },
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, log };
}

/** How a candidate does, and which phases its journal goes through. */
const candidates = {
  good: {
    environment: 'TAG: good',
    phases: ['locked', 'provisioning', 'smoke', 'shifting', 'baking', 'shifting', 'baking', 'draining', 'promoted'],
  },
  bad: {
    environment: 'MODE: broken',
    phases: ['locked', 'provisioning', 'smoke', 'shifting', 'baking', 'rolling-back', 'rolling-back', 'rolled-back'],
  },
} as const;

describe.each(Object.entries(candidates))('a %s candidate', (kind, { environment, phases }) => {
  const next = () => {
    count += 1;
    return { deployment: `${kind}-${count}`, environment };
  };

  test('goes through these phases', async () => {
    const { log } = await step(next(), '0');
    expect([...log.matchAll(/^entry \d+: (.*)$/gm)].map(([, phase]) => phase)).toEqual(phases);
  });

  const points = phases.flatMap((phase, index) =>
    (['before', 'after'] as const).map(
      (when) => [`${when} entry ${index + 1} (${phase})`, `${index + 1}:${when}`] as const,
    ),
  );
  test.each(points)('killed %s: reconcile leaves the endpoint whole', async (_point, killAt) => {
    const candidate = next();
    const [before] = Object.keys(await rig.traffic());
    const killed = await step(candidate, killAt);
    expect(killed.signal).toBe('SIGKILL');
    const reconciled = await step({ mode: 'reconcile' });
    expect([reconciled.code, reconciled.log]).toEqual([0, expect.any(String)]);
    const { tags = {} } = (await rig.provider.endpoints.describe('shop')) ?? {};
    const journal = decodeJournal(tags);
    expect(journal === undefined || !isOpen(journal)).toBe(true);
    const traffic = await rig.traffic();
    expect([{ [String(before)]: 100 }, { [candidate.deployment]: 100 }]).toContainEqual(traffic);
    if (kind === 'bad') expect(traffic).toEqual({ [String(before)]: 100 });
    expect((await step({ mode: 'reconcile' })).log).toContain('Nothing to do');
  });
});

test('all the while no request failed, but those that a bad candidate answered with 500', async () => {
  const answers = Object.keys(await load.end());
  expect(answers.filter((answer) => answer !== 'first' && !/^good-\d+$/.test(answer))).toEqual(['500']);
  expect(answers.length).toBeGreaterThan(2);
});
