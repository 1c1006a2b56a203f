/** Runs programs for the demo, and stops them with it. */
import { spawn } from 'node:child_process';
import { say } from './show.mjs';

/** What the demo says when it cannot go on; anything else thrown is a fault of the demo itself. */
export class Stop extends Error {}

/** Aborts when the demo is interrupted. */
export const interruption = new AbortController();

export function stopOnSignals() {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => interruption.abort(new Stop(`${signal}: stopping.`)));
  }
}

/**
 * Runs a program. With `--verbose` its standard error is shown as it comes, else when its exit code is not the `expected` one; never when
 * `quiet`. An interruption is passed on, and then thrown once it has ended.
 */
export function execute(
  program,
  args,
  { cwd, env = process.env, expected = 0, quiet = false, uninterruptible = false } = {},
) {
  const verbose = process.argv.includes('--verbose');
  const { signal } = interruption;
  if (!uninterruptible) signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    // Its own process group: Ctrl-C reaches the demo alone, which passes it on once.
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const pass = () => child.kill('SIGINT');
    if (!uninterruptible) signal.addEventListener('abort', pass, { once: true });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
      if (!quiet && verbose) process.stdout.write(text.replace(/^(?=.)/gm, '  │ '));
    });
    const settle = (code, shown) => {
      signal.removeEventListener('abort', pass);
      if (signal.aborted && !uninterruptible) return reject(signal.reason);
      if (code !== expected && !quiet && !verbose) say(shown.trimEnd().replace(/^(?=.)/gm, '  │ '));
      resolve({ code, stdout, stderr });
    };
    child.on('error', (error) => settle(127, `${error.message}\n`));
    child.on('close', (code) => settle(code ?? 1, stderr));
  });
}

/** Processes that have `text` in their command line, once those that are ending have ended. */
export async function processesWith(text) {
  const until = performance.now() + 10_000;
  for (;;) {
    const { stdout } = await execute('ps', ['-eo', 'pid,args'], { quiet: true, uninterruptible: true });
    const left = stdout.split('\n').filter((line) => line.includes(text));
    if (left.length === 0 || performance.now() > until) return left;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
