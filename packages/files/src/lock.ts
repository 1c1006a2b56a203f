import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock, UserError } from '@mlops-actions/core';
import { identify, isAlive, type ProcessIdentity } from './processes.ts';

/** What a lock file holds: its owner, or null once released. */
interface Ticket {
  readonly owner: ProcessIdentity | null;
}

export interface LockOptions {
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly signal?: AbortSignal;
  /** How long to wait for another owner before giving up, in milliseconds. */
  readonly patience?: number;
}

/**
 * Runs `body` while holding the lock kept in `folder`, against every other process of this machine.
 *
 * A lock is a folder of numbered tickets; the highest number decides. It is free when that ticket is released or its owner is dead,
 * and taken by creating the next number, which `link` lets exactly one process do. The highest ticket is only ever removed by the
 * owner of a higher one, so the number never falls and a process that was slow to look finds itself outbid. A killed owner needs no
 * clean-up.
 */
export async function withLock<T>(folder: string, body: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const release = await acquire(folder, options);
  try {
    return await body();
  } finally {
    await release();
  }
}

async function acquire(folder: string, options: LockOptions): Promise<() => Promise<void>> {
  const { clock = systemClock, random = Math.random, signal, patience = 60_000 } = options;
  await mkdir(folder, { recursive: true });
  const deadline = clock.now().getTime() + patience;
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted();
    const highest = await highestTicket(folder);
    if (highest.free && (await take(folder, highest.number + 1)))
      return () => writeTicket(folder, highest.number + 1, null);
    if (clock.now().getTime() > deadline) {
      throw new UserError(
        `${folder} is locked by process ${highest.owner?.pid ?? 'unknown'}, which still runs. Wait for it or end it.`,
      );
    }
    await clock.sleep(random() * Math.min(100, 5 * 2 ** Math.min(attempt, 10)), signal);
  }
}

interface Highest {
  readonly number: number;
  readonly free: boolean;
  readonly owner?: ProcessIdentity | null;
}

async function highestTicket(folder: string): Promise<Highest> {
  const number = Math.max(0, ...(await ticketNumbers(folder)));
  if (number === 0) return { number, free: true };
  try {
    const { owner } = JSON.parse(await readFile(join(folder, String(number)), 'utf8')) as Ticket;
    return { number, free: owner === null || !isAlive(owner), owner };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { number, free: false };
    throw error;
  }
}

async function ticketNumbers(folder: string): Promise<number[]> {
  return (await readdir(folder)).filter((name) => /^\d+$/.test(name)).map(Number);
}

/** Creates ticket `number`; false when another process was faster or has gone past it. Clears the lower ones. */
async function take(folder: string, number: number): Promise<boolean> {
  const owner = identify(process.pid);
  const draft = join(folder, `${randomUUID()}.tmp`);
  await writeFile(draft, JSON.stringify({ owner }));
  try {
    await link(draft, join(folder, String(number)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const others = await ticketNumbers(folder);
  const outbid = others.some((other) => other > number);
  const obsolete = outbid ? [number] : others.filter((other) => other < number);
  await Promise.all(obsolete.map((other) => rm(join(folder, String(other)), { force: true })));
  return !outbid;
}

async function writeTicket(folder: string, number: number, owner: ProcessIdentity | null): Promise<void> {
  const draft = join(folder, `${randomUUID()}.tmp`);
  await writeFile(draft, JSON.stringify({ owner }));
  await rename(draft, join(folder, String(number)));
}
