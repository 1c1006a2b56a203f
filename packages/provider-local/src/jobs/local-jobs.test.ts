import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '@mlops-actions/core';
import { identify, isAlive } from '@mlops-actions/files';
import type { JobRequest, JobService } from '@mlops-actions/provider';
import { fileContract, jobContract, jobRequest, temporaryFolders } from '@mlops-actions/provider/contract';
import { localDatasets } from '../datasets.ts';
import { localFiles } from '../files.ts';
import { localModels } from '../models.ts';
import { openStore, type Store } from '../store/store.ts';
import { type JobDocument, readJob, writeJob } from './document.ts';
import { localJobs } from './local-jobs.ts';
import { droppedLine, logLimits } from './log-file.ts';

const daemonCommand = [process.execPath, resolve(import.meta.dirname, '../../lib/daemon-main.js')];
const environment = { PATH: process.env.PATH ?? '', HOME: tmpdir() };

interface Bench {
  readonly root: string;
  readonly store: Store;
  readonly jobs: JobService;
}

const benches: Bench[] = [];

async function newBench(more: Readonly<Record<string, string>> = {}): Promise<Bench> {
  const root = await mkdtemp(join(tmpdir(), 'jobs with é-'));
  const store = await openStore(join(root, '.mlops'));
  const bench = {
    root,
    store,
    jobs: localJobs(store, {
      daemonCommand,
      effects: { clock: systemClock, environment: { ...environment, ...more } },
    }),
  };
  benches.push(bench);
  return bench;
}

afterEach(async () => {
  for (const { root, store, jobs } of benches.splice(0)) {
    for (const name of await store.list('jobs')) await jobs.stop(name, 'the test is over').catch(() => {});
    const left = processesIn(root);
    await rm(root, { recursive: true, force: true });
    expect(left).toEqual([]);
  }
});

/** The command lines of all processes that work in `root` or were started with it; found without any of the code under test. */
function processesIn(root: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        const isOurs = command.includes(root) || readlinkSync(`/proc/${pid}/cwd`).startsWith(root);
        return isOurs && command !== '' ? [command.replaceAll('\0', ' ')] : [];
      } catch {
        return [];
      }
    });
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await systemClock.sleep(10);
}

jobContract('provider-local', async () => {
  const { store, jobs } = await newBench();
  return { jobs, datasets: localDatasets(store, systemClock) };
});

fileContract('provider-local', async () => {
  const { store, jobs } = await newBench();
  return { jobs, models: localModels(store, systemClock), files: localFiles };
});

describe('local jobs', () => {
  const folders = temporaryFolders();
  let bench: Bench;
  beforeEach(async () => {
    bench = await newBench();
  });

  const request = (script: string, change: Partial<JobRequest> = {}): Promise<JobRequest> =>
    jobRequest(folders, script, { name: 'job', ...change });

  const document = async (): Promise<JobDocument> => {
    const job = await readJob(bench.store, 'job');
    if (job === undefined) throw new Error('there is no document');
    return job;
  };

  /** Starts a script and resolves once it has printed `on`. */
  const start = async (script: string, change: Partial<JobRequest> = {}): Promise<JobDocument> => {
    await bench.jobs.submit(await request(script, change));
    for await (const line of bench.jobs.follow('job')) if (line === 'on') break;
    return document();
  };

  const finish = async (): Promise<string[]> => {
    const lines: string[] = [];
    for await (const line of bench.jobs.follow('job')) lines.push(line);
    return lines;
  };

  test('a lost supervisor: the job is Failed, and stop ends what it left', async () => {
    const { supervisor, leader } = await start('sleep 1000 & echo on; wait');
    process.kill(supervisor?.pid ?? 0, 'SIGKILL');
    await until(() => supervisor === undefined || !isAlive(supervisor));
    expect(await bench.jobs.describe('job')).toMatchObject({
      status: 'Failed',
      reason: expect.stringContaining('lost'),
    });
    expect(leader && isAlive(leader)).toBe(true);
    await bench.jobs.stop('job', 'clean up');
    expect(processesIn(bench.root)).toEqual([]);
    expect(await bench.jobs.describe('job')).toMatchObject({ status: 'Stopped', reason: 'clean up' });
  });

  test('a lost supervisor: the next submit ends what it left and starts anew; the old log stays', async () => {
    const { supervisor, leader } = await start('echo on; exec sleep 1000');
    process.kill(supervisor?.pid ?? 0, 'SIGKILL');
    await until(() => supervisor === undefined || !isAlive(supervisor));
    expect((await bench.jobs.submit(await request('echo anew'))).attached).toBe(false);
    expect(leader && isAlive(leader)).toBe(false);
    expect(await finish()).toEqual(['anew']);
    expect(await readFile(bench.store.path('jobs', 'job', 'log.1.txt'), 'utf8')).toBe('on\n');
    expect((await bench.jobs.describe('job'))?.status).toBe('Completed');
  });

  test.each([
    ['children', 'sleep 1000 & sleep 1000 & echo on'],
    ['grandchildren', '(sleep 1000 & sleep 1000 &) & (trap "" TERM HUP; sleep 1000 & wait) & echo on'],
    ['one that left the group', 'setsid sleep 1000 > /dev/null 2>&1 & echo on'],
    ['one that left the group and keeps the log open', 'setsid sleep 1000 & echo on'],
  ])('%s of a script end with it', async (_, script) => {
    await bench.jobs.submit(await request(script));
    expect(await finish()).toContain('on');
    expect((await bench.jobs.describe('job'))?.status).toBe('Completed');
    await until(() => processesIn(bench.root).length === 0);
  });

  test('a script that ignores SIGTERM is killed', async () => {
    await start('trap "" TERM; echo on; while :; do sleep 0.1; done');
    await bench.jobs.stop('job', 'now');
    expect(processesIn(bench.root)).toEqual([]);
    expect(await bench.jobs.describe('job')).toMatchObject({ status: 'Stopped', reason: 'now' });
  }, 20_000);

  test('a script may end in order when it is stopped', async () => {
    const sign = join(bench.root, 'saved');
    await start(`trap 'echo saved > "${sign}"; exit 0' TERM; echo on; while :; do sleep 0.1; done`);
    await bench.jobs.stop('job', 'now');
    expect(await readFile(sign, 'utf8')).toBe('saved\n');
    expect((await bench.jobs.describe('job'))?.status).toBe('Stopped');
  });

  test('a process that got the id of a dead one is never touched', async () => {
    const bystander = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
    await once(bystander, 'spawn');
    const pid = bystander.pid ?? 0;
    try {
      await bench.jobs.submit(await request('echo on'));
      await finish();
      const reused = { pid, started: '1' };
      await writeJob(bench.store, { ...(await document()), status: 'InProgress', supervisor: reused, leader: reused });
      expect((await bench.jobs.describe('job'))?.status).toBe('Failed');
      await bench.jobs.stop('job', 'clean up');
      await bench.jobs.submit(await request('echo anew'));
      expect(await finish()).toEqual(['anew']);
      expect(identify(pid)).toBeDefined();
    } finally {
      bystander.kill('SIGKILL');
    }
  });

  test('a step that died while it submitted leaves a job that can be started', async () => {
    await bench.jobs.submit(await request('echo on'));
    await finish();
    const { supervisor: _, ended: _ended, ...rest } = await document();
    await writeJob(bench.store, { ...rest, status: 'Pending', submitter: { pid: process.pid, started: 'long ago' } });
    expect((await bench.jobs.describe('job'))?.status).toBe('Failed');
    expect((await bench.jobs.submit(await request('echo anew'))).attached).toBe(false);
    expect(await finish()).toEqual(['anew']);
  });

  test('a supervisor that is told nothing ends and changes nothing', async () => {
    await bench.jobs.submit(await request('echo on'));
    await finish();
    const before = await document();
    const [program = '', ...args] = daemonCommand;
    for (const input of ['', '{"attempt":1,', '{"attempt":7,"environment":{}}']) {
      const child = spawn(program, [...args, 'job', bench.store.root, 'job'], { stdio: ['pipe', 'ignore', 'inherit'] });
      child.stdin.end(input);
      expect(await once(child, 'exit')).toEqual([0, null]);
    }
    expect(await document()).toEqual(before);
  });

  test('stopped at any moment, a job is Stopped or was Completed, and nothing of it runs', async () => {
    for (const delay of [0, 20, 60, 100, 140, 180, 250, 400]) {
      const name = `job-${delay}`;
      await bench.jobs.submit(await request('echo w > "$SM_MODEL_DIR/w"; sleep 0.1', { name }));
      await systemClock.sleep(delay);
      await bench.jobs.stop(name, 'now');
      expect(processesIn(bench.root)).toEqual([]);
      expect((await bench.jobs.describe(name))?.status).toMatch(/^(Stopped|Completed)$/);
    }
  }, 30_000);

  test('stopped while the model is stored, nothing of it is in the store', async () => {
    // Sparse: no bytes on the disk, and many to digest.
    await start('truncate -s 20G "$SM_MODEL_DIR/w"; echo on');
    await until(() => processesIn(bench.root).length === 1);
    await bench.jobs.stop('job', 'now');
    expect(await bench.jobs.describe('job')).toMatchObject({ status: 'Stopped', reason: 'now' });
    expect(await bench.store.list('artifacts')).toEqual([]);
  }, 20_000);

  test('the environment, where secrets are, is in no file', async () => {
    await start('test "$KEY" = s3cr3t-value && echo on', { environment: { KEY: 's3cr3t-value' } });
    await finish();
    expect((await bench.jobs.describe('job'))?.status).toBe('Completed');
    // The supervisor still tidies up.
    await until(() => processesIn(bench.root).length === 0);
    const files = await readdir(bench.store.root, { recursive: true, withFileTypes: true });
    const texts = files
      .filter((file) => file.isFile())
      .map((file) => readFile(join(file.parentPath, file.name), 'utf8'));
    expect((await Promise.all(texts)).filter((text) => text.includes('s3cr3t-value'))).toEqual([]);
  });

  test('100 MB of log: both ends are kept, the disk and the memory are not filled', async () => {
    const script = `echo first; head -c 100000000 /dev/zero | tr '\\0' x | fold -w 99; echo; echo last; grep VmHWM /proc/$PPID/status`;
    // Makes V8 collect its garbage instead of taking what the machine has; the log as text would not fit.
    bench = await newBench({ NODE_OPTIONS: '--max-old-space-size=64 --max-semi-space-size=2' });
    await bench.jobs.submit(await request(script));
    const lines = await finish();
    expect((await bench.jobs.describe('job'))?.status).toBe('Completed');
    expect(lines[0]).toBe('first');
    expect(lines.at(-2)).toBe('last');
    // Some 70 to 130 MB are normal; the log in buffers would be 100 MB more.
    expect(Number(/VmHWM:\s*(\d+) kB/.exec(lines.at(-1) ?? '')?.[1])).toBeLessThan(170_000);
    expect(
      lines.filter((line) => line.startsWith('xxx')).length + lines.filter((line) => line === droppedLine).length,
    ).toBeGreaterThan(600_000);
    const later = await finish();
    expect([later[0], later.at(-2), later.filter((line) => line === droppedLine).length]).toEqual(['first', 'last', 1]);
    const folder = bench.store.path('jobs', 'job');
    const logs = (await readdir(folder)).filter((name) => name.startsWith('log.txt'));
    const sizes = await Promise.all(logs.map(async (name) => (await stat(join(folder, name))).size));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeLessThanOrEqual(logLimits.head + logLimits.segment * logLimits.segments);
    expect(bytes).toBeGreaterThan(logLimits.head + logLimits.segment * (logLimits.segments - 1) - 1_000_000);
  }, 60_000);

  test('a line without an end is cut', async () => {
    const script = `head -c 30000000 /dev/zero | tr '\\0' x; echo; echo last`;
    await bench.jobs.submit(await request(script));
    expect((await finish()).map((line) => line.length)).toEqual([16_384, 4]);
  }, 30_000);

  test('a damaged document is named', async () => {
    const file = bench.store.path('jobs', 'job', 'job.json');
    await mkdir(bench.store.path('jobs', 'job'), { recursive: true });
    await writeFile(file, '{"name": "job"');
    await expect(bench.jobs.describe('job')).rejects.toThrow(file);
    await expect(bench.jobs.submit(await request('echo on'))).rejects.toThrow(file);
  });

  test('a link in the code or in the model is refused with its path', async () => {
    const wanted = await request('ln -s /etc/passwd "$SM_MODEL_DIR/link"');
    await bench.jobs.submit(wanted);
    await finish();
    expect(await bench.jobs.describe('job')).toMatchObject({
      status: 'Failed',
      reason: expect.stringContaining('model/link'),
    });
  });

  test('GPUs are passed on', async () => {
    await bench.jobs.submit(await request('echo "$CUDA_VISIBLE_DEVICES $SM_NUM_GPUS"', { gpus: ['0', '2'] }));
    expect(await finish()).toEqual(['0,2 2']);
  });

  test('the folders of the contract are there, writable and empty', async () => {
    const script = `
for folder in "$SM_MODEL_DIR" "$SM_OUTPUT_DIR" "$SM_OUTPUT_DATA_DIR" "$SM_INPUT_DIR" "$SM_INPUT_CONFIG_DIR"; do
  test -w "$folder" && echo "$folder"
done
cat "$SM_INPUT_CONFIG_DIR/hyperparameters.json"; echo
ls "$SM_MODEL_DIR" "$SM_OUTPUT_DATA_DIR" | grep -c '[a-z]$'`;
    await bench.jobs.submit(await request(script, { hyperparameters: { lr: '0.1' } }));
    const root = bench.store.path('jobs', 'job');
    const folders = ['model', 'output', 'output/data', 'input', 'input/config'].map((path) => join(root, path));
    expect((await finish()).slice(0, 6)).toEqual([...folders, '{"lr":"0.1"}']);
  });
});
