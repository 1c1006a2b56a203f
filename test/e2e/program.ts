import { type ChildProcess, spawn } from 'node:child_process';

/** How a program ended and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs. `ended` never rejects. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once `text` was printed, on either stream; rejects when the program ends without. */
  printed(text: string): Promise<void>;
}

export interface ProgramOptions {
  readonly cwd: string;
  /** The whole environment: nothing of the test's own is passed on. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a program, its standard input closed. */
export function start(command: readonly string[], options: ProgramOptions): Running {
  const [file = '', ...words] = command;
  const child = spawn(file, words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
      for (const watcher of watchers) watcher();
    });
  }
  const ended = new Promise<Ended>((resolve) => {
    child.on('error', (error) => resolve({ code: null, signal: null, stdout: text.stdout, stderr: error.message }));
    child.on('close', (code, signal) => resolve({ code, signal, ...text }));
  });
  const printed = (wanted: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!text.stdout.includes(wanted) && !text.stderr.includes(wanted)) return;
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      look();
      void ended.then(() => reject(new Error(`It ended without printing "${wanted}":\n${text.stdout}${text.stderr}`)));
    });
  return { child, ended, printed };
}

/** Runs a program to its end. */
export function run(command: readonly string[], options: ProgramOptions): Promise<Ended> {
  return start(command, options).ended;
}

/** What every process on this machine needs to find programs, and nothing that says who runs it. */
export function bareEnvironment(home: string): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: home, LANG: 'C.UTF-8' };
}

/** The outputs that a step printed on a command line, by name. */
export function outputsIn(stdout: string): Record<string, string> {
  const lines = stdout.split('\n').filter((line) => line.includes('='));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}
