import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Clock, systemClock, UserError } from '@mlops-actions/core';
import { errorCode } from './error-code.ts';
import { identify, isAlive, type ProcessIdentity } from './processes.ts';

export interface LockOptions {
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly signal?: AbortSignal;
  /** How long to wait for another owner before giving up, in milliseconds. */
  readonly patience?: number;
}

/** The one file in a lock's folder. Its name says everything: `<number>.free` or `<number>.<pid>.<start>`. */
interface Ticket {
  readonly file: string;
  readonly number: number;
  /** Undefined when the lock is free. */
  readonly owner: ProcessIdentity | undefined;
}

/**
 * Runs `body` while holding the lock kept in `folder`, against every other process of this machine. Not re-entrant. Rejects with a
 * `UserError` when a living owner keeps it longer than `patience`, and with the signal's reason when that aborts first.
 *
 * The folder holds exactly one empty file. Taking the lock renames `<n>.free`, or a dead owner's `<n>.<pid>.<start>`, to
 * `<n+1>.<own pid>.<start>`; giving it back renames that to `<n+1>.free`. The number only grows, so no name ever comes back, and a
 * rename succeeds for exactly one of the processes that saw the same name: the others find it gone and look again. A killed owner
 * needs no clean-up.
 */
export async function withLock<T>(folder: string, body: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const release = await acquire(folder, options);
  let result: T;
  try {
    result = await body();
  } catch (error) {
    // The body's error is the one to report; a lock that cannot be given back is free as soon as this process ends.
    await release().catch(() => {});
    throw error;
  }
  await release();
  return result;
}

async function acquire(folder: string, options: LockOptions): Promise<() => Promise<void>> {
  const { clock = systemClock, random = Math.random, signal, patience = 60_000 } = options;
  const self = identify(process.pid);
  if (self === undefined) throw new Error('This process cannot find itself in the process table.');
  const deadline = clock.now().getTime() + patience;
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted();
    const ticket = await readTicket(folder);
    if (ticket !== undefined && (ticket.owner === undefined || !isAlive(ticket.owner))) {
      const number = ticket.number + 1;
      const taken = ownedName(number, self);
      if (await renamed(folder, ticket.file, taken)) return () => giveBack(folder, taken, number);
    }
    if (clock.now().getTime() > deadline) {
      throw new UserError(
        `${folder} is locked by process ${ticket?.owner?.pid ?? 'unknown'}, which still runs. Wait for it or end it.`,
      );
    }
    await clock.sleep(random() * Math.min(100, 5 * 2 ** Math.min(attempt, 10)), signal);
  }
}

async function giveBack(folder: string, taken: string, number: number): Promise<void> {
  if (await renamed(folder, taken, `${number}.free`)) return;
  throw new Error(`The lock ${folder} was removed or taken while it was held. Are several machines using this folder?`);
}

/** The newest ticket; undefined when a rename was in progress while the folder was read. Makes the lock when it is not there. */
async function readTicket(folder: string): Promise<Ticket | undefined> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const tickets = names.map(parseTicket).filter((ticket) => ticket !== undefined);
  if (tickets.length === 0) await createLock(folder);
  return tickets.reduce<Ticket | undefined>(
    (newest, ticket) => (newest === undefined || ticket.number >= newest.number ? ticket : newest),
    undefined,
  );
}

function parseTicket(file: string): Ticket | undefined {
  const match = /^(\d+)\.(?:free|(\d+)\.(.*))$/.exec(file);
  if (match === null) return undefined;
  const [, number, pid, started] = match;
  const owner = pid === undefined ? undefined : { pid: Number(pid), started: decodeURIComponent(started ?? '') };
  return { file, number: Number(number), owner };
}

function ownedName(number: number, owner: ProcessIdentity): string {
  return `${number}.${owner.pid}.${encodeURIComponent(owner.started)}`;
}

/** Makes the folder with its first ticket in one rename, which fails when the folder is there with a ticket in it. */
async function createLock(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const draft = `${folder}.${randomUUID()}.tmp`;
  await mkdir(draft);
  try {
    await writeFile(join(draft, '0.free'), '');
    await rename(draft, folder);
  } catch (error) {
    if (!alreadyThere.has(errorCode(error) ?? '')) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** What systems answer to renaming a folder onto one that is not empty. */
const alreadyThere = new Set(['ENOTEMPTY', 'EEXIST', 'EPERM']);

async function renamed(folder: string, from: string, to: string): Promise<boolean> {
  try {
    await rename(join(folder, from), join(folder, to));
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
