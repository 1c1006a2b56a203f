import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '@mlops-actions/core';

const program = resolve(import.meta.dirname, '../../test/step.mjs');

let workspace: string;
const started: ChildProcess[] = [];

beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'train-processes-'));
  await mkdir(join(workspace, 'src'));
});

afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  for (const pid of pidsIn(workspace)) process.kill(pid, 'SIGKILL');
  await until(() => pidsIn(workspace).length === 0);
  await rm(workspace, { recursive: true, force: true });
});

/** The ids of all processes that work in `root` or were started with it; found without any of the code under test. */
function pidsIn(root: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return command !== '' && (command.includes(root) || readlinkSync(`/proc/${pid}/cwd`).startsWith(root));
      } catch {
        return false;
      }
    });
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await systemClock.sleep(10);
}

interface Step {
  readonly child: ChildProcess;
  readonly lines: string[];
  /** Resolves with the exit code and the outputs. */
  readonly ended: Promise<{ readonly code: number | null; readonly outputs: Readonly<Record<string, string>> }>;
  /** Resolves once the step has logged that line. */
  saw(line: string): Promise<void>;
}

/** Starts a train step as a process, with its script's text. */
async function step(script: string, more: readonly string[] = [], env: Record<string, string> = {}): Promise<Step> {
  await writeFile(join(workspace, 'src/train.sh'), script);
  const args = ['--entry-point', 'train.sh', '--source-dir', 'src', ...more];
  const child = spawn(process.execPath, [program, 'train', ...args], {
    cwd: workspace,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...env },
  });
  started.push(child);
  const lines: string[] = [];
  let kept = 0;
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (kept++ < 1000) lines.push(line);
  });
  const output: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => output.push(line));
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    outputs: Object.fromEntries(output.map((line) => line.split(/=(.*)/s).slice(0, 2))),
  }));
  const saw = (line: string): Promise<void> =>
    until(() => {
      if (child.exitCode !== null) throw new Error(`the step ended before "${line}": ${lines.join('\n')}`);
      return lines.includes(line);
    });
  return { child, lines, ended, saw };
}

async function jobDocuments(): Promise<{ status: string; reason?: string }[]> {
  const folder = join(workspace, '.mlops/jobs');
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(
    names.map((name) => readFile(join(folder, name, 'job.json'), 'utf8').catch(() => undefined)),
  );
  return texts.filter((text) => text !== undefined).map((text) => JSON.parse(text));
}

const saving = 'echo w > "$SM_MODEL_DIR/w"';

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  test('while the script runs: the job is stopped and nothing is left', async () => {
    const { child, ended, saw } = await step('sleep 1000 & echo on; wait');
    await saw('on');
    child.kill(signal);
    expect((await ended).code).toBe(1);
    expect(pidsIn(workspace)).toEqual([]);
    expect(await jobDocuments()).toMatchObject([{ status: 'Stopped', reason: 'The step was cancelled.' }]);
  }, 20_000);

  test('while the script ignores it: it is killed', async () => {
    const { child, ended, saw } = await step('trap "" TERM INT; echo on; while :; do sleep 0.1; done');
    await saw('on');
    child.kill(signal);
    expect((await ended).code).toBe(1);
    expect(pidsIn(workspace)).toEqual([]);
  }, 20_000);

  test('while the model is stored', async () => {
    const { child, ended, saw } = await step('truncate -s 20G "$SM_MODEL_DIR/w"; echo on');
    await saw('on');
    await until(() => pidsIn(workspace).length === 2);
    child.kill(signal);
    expect((await ended).code).toBe(1);
    expect(pidsIn(workspace)).toEqual([]);
    expect(await jobDocuments()).toMatchObject([{ status: 'Stopped' }]);
  }, 20_000);

  test('in a search: every trial is stopped and none is begun', async () => {
    const tune =
      '{strategy: grid, objective: {metric: a, direction: maximize}, parameters: {lr: {values: [1, 2, 3, 4]}}, parallel: 2}';
    const { child, ended } = await step('touch "$SIGNS/$2"; sleep 1000', [
      '--tune',
      tune,
      '--environment',
      `SIGNS: "${workspace}"`,
    ]);
    await until(async () => (await readdir(workspace)).filter((name) => /^\d$/.test(name)).length === 2);
    child.kill(signal);
    expect((await ended).code).toBe(1);
    expect(pidsIn(workspace)).toEqual([]);
    expect((await jobDocuments()).map(({ status }) => status)).toEqual(['Stopped', 'Stopped']);
  }, 20_000);

  test('at any moment: nothing is left, and the next run does the work', async () => {
    const delays = [50, 150, 200, 250, 300, 350, 400, 500];
    for (const delay of delays) {
      const { child, ended } = await step(`sleep 0.1; ${saving}; # ${delay}`);
      await systemClock.sleep(delay);
      child.kill(signal);
      await ended;
      expect(pidsIn(workspace)).toEqual([]);
      for (const { status } of await jobDocuments()) expect(status).toMatch(/^(Stopped|Completed)$/);
      const again = await (await step(`sleep 0.1; ${saving}; # ${delay}`)).ended;
      expect(again).toMatchObject({ code: 0, outputs: { status: 'Completed' } });
    }
    expect(await jobDocuments()).toHaveLength(delays.length);
  }, 60_000);
});

test('kill -9 of the step: the job goes on, and the next run finds it', async () => {
  const script = `echo on; while [ ! -e "$SIGN" ]; do sleep 0.02; done; echo done; ${saving}`;
  const more = ['--environment', `SIGN: "${workspace}/go"`];
  const first = await step(script, more);
  await first.saw('on');
  first.child.kill('SIGKILL');
  await first.ended;
  expect(pidsIn(workspace).length).toBeGreaterThan(1);
  const second = await step(script, more);
  await second.saw('on');
  await writeFile(join(workspace, 'go'), '');
  const { code, outputs } = await second.ended;
  expect({ code, ...outputs }).toMatchObject({ code: 0, status: 'Completed', attached: 'true' });
  expect(second.lines).toContain('done');
  expect(await jobDocuments()).toHaveLength(1);
}, 20_000);

test('kill -9 of the supervisor: the step fails, and nothing is left', async () => {
  const { ended, saw, lines } = await step('echo on; sleep 1000');
  await saw('on');
  const supervisor = pidsIn(workspace).find((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('daemon-main'),
  );
  process.kill(supervisor ?? 0, 'SIGKILL');
  expect((await ended).code).toBe(1);
  expect(lines.join('\n')).toContain('The supervisor was lost');
  expect(pidsIn(workspace)).toEqual([]);
}, 20_000);

test('two identical steps at once: one job, one result', async () => {
  const script = `sleep 0.3; ${saving}; echo '{"auc": 1}' > "$SM_OUTPUT_DATA_DIR/metrics.json"`;
  const both = await Promise.all([step(script), step(script)]);
  const [one, two] = await Promise.all(both.map(({ ended }) => ended));
  expect([one?.code, two?.code]).toEqual([0, 0]);
  expect([one?.outputs.attached, two?.outputs.attached].sort()).toEqual(['false', 'true']);
  expect(one?.outputs.job).toBe(two?.outputs.job);
  expect(await jobDocuments()).toHaveLength(1);
  const record = JSON.parse(await readFile(join(workspace, 'mlops-run.json'), 'utf8'));
  expect(record.steps).toHaveLength(2);
}, 20_000);

test('100 MB of log cost the step no memory', async () => {
  const memory = join(workspace, 'memory');
  // Makes V8 collect its garbage instead of taking what the machine has; the log as text would not fit.
  const limits = '--max-old-space-size=64 --max-semi-space-size=2';
  const script = `head -c 100000000 /dev/zero | tr '\\0' x | fold -w 99; echo; ${saving}`;
  const { ended } = await step(script, [], { STEP_MEMORY: memory, NODE_OPTIONS: limits });
  expect((await ended).code).toBe(0);
  // Some 70 to 130 MB are normal; the log in buffers would be 100 MB more.
  expect(Number(await readFile(memory, 'utf8'))).toBeLessThan(170_000);
  expect((await stat(join(workspace, 'train-metrics.json'))).size).toBe(3);
}, 60_000);
