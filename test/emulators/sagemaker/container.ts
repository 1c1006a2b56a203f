import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A process in the place of a container. */
export interface Container {
  /** Resolves with the exit code; 128 and the signal's number when it was killed. */
  readonly ended: Promise<number>;
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
}

export interface ContainerOptions {
  readonly entrypoint: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What is `/opt/ml` inside. */
  readonly root: string;
  onLine(line: string): void;
}

const signals: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Starts the command in a process group of its own, whose members end with it as those of a container do. */
export function runContainer({ entrypoint, environment, root, onLine }: ContainerOptions): Container {
  const [program = '', ...words] = entrypoint.map((word) => word.replace(/^\/opt\/ml(?=\/|$)/, root));
  const child = spawn(program, words, {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const readers = [child.stdout, child.stderr].map((stream) => createInterface({ input: stream }));
  for (const reader of readers) reader.on('line', onLine);
  // SIGTERM is for the first process of a container, which passes it on; SIGKILL ends all of them.
  const signal = (name: 'SIGTERM' | 'SIGKILL'): void => {
    try {
      if (child.pid !== undefined) process.kill(name === 'SIGTERM' ? child.pid : -child.pid, name);
    } catch {
      // It is gone.
    }
  };
  const read = Promise.all(readers.map((reader) => new Promise((resolve) => reader.on('close', resolve))));
  const ended = new Promise<number>((resolve) => {
    child.on('error', () => resolve(127));
    child.on('exit', (code, name) => {
      signal('SIGKILL');
      void read.then(() => resolve(code ?? 128 + (signals[name ?? ''] ?? 0)));
    });
  });
  return { ended, signal };
}
