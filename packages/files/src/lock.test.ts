import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Clock, UserError } from '@mlops-actions/core';
import { withLock } from './lock.ts';
import { identify } from './processes.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lock = () => join(folder, 'the-lock');
const ticketOf = (pid: number, started: string) => `7.${pid}.${encodeURIComponent(started)}`;

/** A clock whose sleeps pass at once. */
function fastClock(): Clock {
  let now = 0;
  return {
    now: () => new Date(now),
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  };
}

async function lockHeldBy(pid: number, started: string): Promise<void> {
  await mkdir(lock(), { recursive: true });
  await writeFile(join(lock(), ticketOf(pid, started)), '');
}

describe('one process', () => {
  test('gives back what the body gives, and the lock', async () => {
    await expect(withLock(lock(), async () => 'first')).resolves.toBe('first');
    await expect(withLock(lock(), async () => 'second')).resolves.toBe('second');
    expect(await readdir(lock())).toEqual(['2.free']);
  });

  test('a failing body keeps its error and frees the lock', async () => {
    await expect(withLock(lock(), () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
    await expect(withLock(lock(), async () => 'free')).resolves.toBe('free');
  });

  test('callers that start together on a lock that is not there yet take turns', async () => {
    let inside = 0;
    let most = 0;
    const turn = () =>
      withLock(lock(), async () => {
        most = Math.max(most, ++inside);
        await new Promise(setImmediate);
        inside--;
      });
    await Promise.all(Array.from({ length: 100 }, turn));
    expect(most).toBe(1);
    expect(await readdir(lock())).toEqual(['100.free']);
    expect(await readdir(folder)).toEqual(['the-lock']);
  });

  test('a lock that vanished while it was held is reported', async () => {
    const body = () => rm(lock(), { recursive: true });
    await expect(withLock(lock(), body)).rejects.toThrow('removed or taken while it was held');
  });
});

describe('an owner', () => {
  test('that lives is waited for, and named when patience ends', async () => {
    const self = identify(process.pid);
    await lockHeldBy(process.pid, self?.started ?? '');
    const waiting = withLock(lock(), async () => 'never', { clock: fastClock(), patience: 1000 });
    await expect(waiting).rejects.toThrow(UserError);
    await expect(waiting).rejects.toThrow(`process ${process.pid}, which still runs`);
  });

  test('with a living process id but another start is dead', async () => {
    await lockHeldBy(process.pid, 'another start');
    await expect(withLock(lock(), async () => 'taken')).resolves.toBe('taken');
    expect(await readdir(lock())).toEqual(['8.free']);
  });

  test('that died is succeeded', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    const { pid = 0, started = '' } = identify(child.pid ?? 0) ?? {};
    await once(child, 'exit');
    await lockHeldBy(pid, started);
    await expect(withLock(lock(), async () => 'taken')).resolves.toBe('taken');
  });
});

test('waiting ends with the reason of the signal', async () => {
  await lockHeldBy(process.pid, identify(process.pid)?.started ?? '');
  const controller = new AbortController();
  const waiting = withLock(lock(), async () => 'never', { signal: controller.signal });
  controller.abort(new Error('cancelled'));
  await expect(waiting).rejects.toThrow('cancelled');
});

/** Enters and leaves `rounds` times, and notes both with the number of the process. Killed inside in round `death`. */
const workerProgram = `
  import { appendFileSync } from 'node:fs';
  const [module, folder, log, name, rounds, death] = process.argv.slice(1);
  const { withLock } = await import(module);
  for (let round = 0; round < Number(rounds); round++) {
    await withLock(folder, async () => {
      appendFileSync(log, 'enter ' + name + '\\n');
      if (round === Number(death)) process.kill(process.pid, 'SIGKILL');
      await new Promise(setImmediate);
      appendFileSync(log, 'leave ' + name + '\\n');
    }, { random: () => Math.random() / 20 });
  }`;

test('many processes, some killed while they own it: never two inside, and none waits for the dead', async () => {
  const module = new URL('../lib/lock.js', pathToFileURL(`${process.cwd()}/packages/files/src/`));
  expect(existsSync(module)).toBe(true);
  const log = join(folder, 'log');
  const worker = (name: number, rounds: number, death: number) =>
    spawn(
      process.execPath,
      ['--input-type=module', '-e', workerProgram, module.href, lock(), log, `${name}`, `${rounds}`, `${death}`],
      { stdio: 'inherit' },
    );
  const deaths = [-1, -1, -1, -1, 0, 3, 7];
  const workers = deaths.map((death, name) => worker(name, 20, death));
  const endless = [7, 8].map((name) => worker(name, 1_000_000, -1));
  const codes = Promise.all(workers.map(async (child) => (await once(child, 'exit'))[0] as number | null));
  await Promise.all(
    endless.map(async (child, index) => {
      while (!(await linesOf(log)).includes(`leave ${7 + index}`)) await new Promise((next) => setTimeout(next, 5));
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    }),
  );
  expect(await codes).toEqual(deaths.map((death) => (death === -1 ? 0 : null)));
  expect(overlaps(await linesOf(log), new Set(['4', '5', '6', '7', '8']))).toEqual([]);
  expect((await readdir(lock())).length).toBe(1);
}, 60_000);

async function linesOf(log: string): Promise<string[]> {
  return existsSync(log) ? (await readFile(log, 'utf8')).trimEnd().split('\n') : [];
}

/** The lines that a process wrote while another one was inside. A mortal one may be succeeded inside, and is then never seen again. */
function overlaps(lines: readonly string[], mortals: ReadonlySet<string>): string[] {
  const faults: string[] = [];
  const gone = new Set<string>();
  let inside: string | undefined;
  for (const line of lines) {
    const [event, name = ''] = line.split(' ');
    if (gone.has(name)) faults.push(`${line}: after its death`);
    if (event === 'leave') {
      if (inside !== name) faults.push(`${line}: ${inside} is inside`);
      inside = undefined;
    } else {
      if (inside !== undefined && !mortals.has(inside)) faults.push(`${line}: ${inside} is inside`);
      if (inside !== undefined) gone.add(inside);
      inside = name;
    }
  }
  return faults;
}
