import type { Ending } from './ending.ts';

/** Something the user can put right. The message names the input or file, the value and the fix, in one sentence or two. */
export class UserError extends Error {
  override readonly name: string = 'UserError';
}

/** The work was cancelled: by a signal from the host or because a sibling failed. `message` says what was stopped. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/** Codes of Node's file and socket errors that mean the user's machine or path is at fault, and the sentence for each. */
const systemErrors: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full. Free some space and run the step again; nothing was half-written.',
  EDQUOT: 'The disk quota is used up. Free some space and run the step again; nothing was half-written.',
  EACCES: 'Permission denied. Give the user that runs this step access to the path.',
  EROFS: 'The file system is read-only. Choose a writable folder.',
  EFBIG: 'The file would be larger than this process may write. Raise the limit (`ulimit -f`) and run the step again.',
  EMFILE: 'Too many open files. Raise the limit (`ulimit -n`) and run the step again.',
};

/** Maps anything thrown to an ending. A `UserError` keeps its sentence; known system errors get one; the rest is a failure. */
export function endingOf(thrown: unknown): Ending {
  if (thrown instanceof UserError) return { kind: 'user-error', message: thrown.message };
  if (thrown instanceof Cancelled) return { kind: 'failure', message: thrown.message };
  if (!(thrown instanceof Error)) return { kind: 'failure', message: String(thrown) };
  const { code, path } = thrown as NodeJS.ErrnoException;
  const sentence = code === undefined ? undefined : systemErrors[code];
  if (sentence !== undefined) {
    return { kind: 'user-error', message: path === undefined ? sentence : `${path}: ${sentence}` };
  }
  const detail = thrown.stack;
  return { kind: 'failure', message: thrown.message, ...(detail === undefined ? {} : { detail }) };
}
