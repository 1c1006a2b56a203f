import { constants } from 'node:os';
import { systemClock } from '@mlops-actions/core';
import { openProvider } from './open-provider.ts';
import type { Effects } from './run-action.ts';

/** The signals by which a host, a terminal or a service manager asks a process to end. */
const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * One Ctrl-C often arrives twice: from the terminal, and passed on by npm. What comes within this many milliseconds of the first signal
 * is the same wish.
 */
const echo = 500;

/** The effects of this very process. `daemonCommand` starts the background processes of providers, `scanWorker` is the program of threads. */
export function realEffects(daemonCommand: readonly string[], scanWorker: URL): Effects {
  return {
    clock: systemClock,
    random: Math.random,
    scanWorker,
    onSignal,
    openProvider: (inputs, workingDirectory, effects) => openProvider(inputs, workingDirectory, daemonCommand, effects),
  };
}

/** Calls `cancel` on the first signal. A later one that is no echo ends the process at once, as an impatient user means it. */
export function onSignal(cancel: (signal: string) => void): () => void {
  let first: number | undefined;
  function listener(signal: NodeJS.Signals): void {
    if (first === undefined) {
      first = performance.now();
      cancel(signal);
    } else if (performance.now() - first > echo) {
      process.exit(128 + constants.signals[signal]);
    }
  }
  for (const signal of endingSignals) process.on(signal, listener);
  return () => {
    for (const signal of endingSignals) process.off(signal, listener);
  };
}

/**
 * Calls `report` with what escapes every `await`: an error thrown in a callback, or the standstill of a step that waits for something
 * which nothing will do any more. Without this, Node would end such a step as a success.
 */
export function onEscape(report: (thrown: unknown) => void): void {
  process.once('uncaughtException', report);
  process.once('beforeExit', () => report(new Error('The step stood still: what it waited for can never come.')));
}

/** Ends the process once everything printed has left it, whatever else is still open. */
export async function endProcess(code: number): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(flushed));
  process.exit(code);
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
