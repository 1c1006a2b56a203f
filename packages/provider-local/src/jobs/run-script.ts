import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { setImmediate as immediate } from 'node:timers/promises';
import { type Clock, UserError } from '@mlops-actions/core';
import { errorCode, identify, type ProcessIdentity } from '@mlops-actions/files';
import { lineSplitter } from './lines.ts';
import { endProcessGroup } from './process-group.ts';

/** How long a script has between SIGTERM and SIGKILL: it and the step that waits for it fit into the 7.5 s that GitHub gives a cancelled step. */
export const graceMilliseconds = 5000;

/** How long the pipes of an ended script may stay open, kept by a process that hid from its group. */
const drainMilliseconds = 2000;

export interface Script {
  readonly command: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly token: string;
  readonly maxRuntimeSeconds: number;
  /** Told once, before any line is. */
  onStart(leader: ProcessIdentity): Promise<void>;
  onLines(lines: readonly string[]): void;
}

export type ScriptEnd =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string; readonly code: number }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'stopped' };

/**
 * Runs a script in a process group of its own until it ends, runs too long, or `signal` aborts. When it resolves or throws, nothing that
 * the script started is running.
 */
export async function runScript(script: Script, signal: AbortSignal, clock: Clock): Promise<ScriptEnd> {
  signal.throwIfAborted();
  const child = await startProcess(script);
  const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const leader = identify(child.pid) ?? { pid: child.pid, started: '' };
  const started = script.onStart(leader);
  // Both are read from the first moment on, because Node drops what nobody reads when a process exits.
  const { output, errors } = inOrder(script.onLines);
  const logs = Promise.all([pump(child.stdout, started, output), pump(child.stderr, started, errors)]);
  logs.catch(() => {});
  const done = new AbortController();
  let end: ScriptEnd | undefined;
  try {
    await started;
    end = await Promise.race([
      exit.then(([code, name]) => endOfExit(code, name)),
      tooLong(script.maxRuntimeSeconds, clock, done.signal),
      stopped(signal, done.signal),
      logs.then(() => new Promise<never>(() => {})),
    ]);
    return end;
  } finally {
    const exited = end?.kind === 'exit' || end?.kind === 'signal';
    await endProcessGroup({ leader, token: script.token }, exited ? 0 : graceMilliseconds, clock);
    await Promise.race([logs.catch(() => {}), clock.sleep(drainMilliseconds, done.signal).catch(() => {})]);
    done.abort();
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

type Started = ChildProcessByStdio<null, Readable, Readable> & { readonly pid: number };

/** Resolves once the program runs. A `UserError` says why it cannot. */
async function startProcess({ command, folder, environment }: Script): Promise<Started> {
  const [program = '', ...args] = command;
  try {
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...environment },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await once(child, 'spawn');
    return child as Started;
  } catch (error) {
    throw new UserError(startFault(program, error));
  }
}

function startFault(program: string, error: unknown): string {
  switch (errorCode(error)) {
    case 'ENOENT':
      return `The program ${program} was not found. Install it, or give its path.`;
    case 'EACCES':
      return `The program ${program} may not be executed. Make it executable (chmod +x).`;
    case 'ENOEXEC':
      return `The program ${program} is not executable: its first line must name an interpreter (#!/bin/sh).`;
    case 'E2BIG':
      return 'The hyperparameters and the environment are too long for a command line. Put them into a file of the code.';
    case 'ERR_INVALID_ARG_VALUE':
      return 'A hyperparameter or a variable holds a zero byte. Take it out.';
    default:
      return `The program ${program} did not start: ${(error as Error).message}.`;
  }
}

function endOfExit(code: number | null, signal: NodeJS.Signals | null): ScriptEnd {
  return signal === null
    ? { kind: 'exit', code: code ?? 1 }
    : { kind: 'signal', signal, code: 128 + constants.signals[signal] };
}

async function tooLong(seconds: number, clock: Clock, done: AbortSignal): Promise<ScriptEnd> {
  await clock.sleep(seconds * 1000, done).catch(() => new Promise<never>(() => {}));
  return { kind: 'too-long' };
}

function stopped(signal: AbortSignal, done: AbortSignal): Promise<ScriptEnd> {
  return new Promise((resolve) => {
    const stop = (): void => resolve({ kind: 'stopped' });
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true, signal: done });
  });
}

/** For how many turns of the event loop standard error waits at most. */
const longestWait = 100;

type LineSink = (lines: readonly string[]) => void | Promise<void>;

/**
 * Two pipes do not tell which was written to first. A script that fails has printed before and its traceback comes last, so lines of
 * standard error wait until standard output has nothing more at hand.
 */
function inOrder(onLines: Script['onLines']): { readonly output: LineSink; readonly errors: LineSink } {
  let printed = 0;
  return {
    output: (lines) => {
      printed += 1;
      onLines(lines);
    },
    errors: async (lines) => {
      let seen = printed;
      for (let quiet = 0, turn = 0; quiet < 2 && turn < longestWait; turn++) {
        await immediate();
        quiet = seen === printed ? quiet + 1 : 0;
        seen = printed;
      }
      onLines(lines);
    },
  };
}

async function pump(stream: Readable, started: Promise<void>, onLines: LineSink): Promise<void> {
  const splitter = lineSplitter();
  try {
    for await (const chunk of stream) {
      await started;
      await onLines(splitter.push(chunk as Uint8Array));
    }
  } catch (error) {
    if (errorCode(error) !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
  await onLines(splitter.rest());
}
