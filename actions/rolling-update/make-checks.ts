import { spawn } from 'node:child_process';
import type { CustomResult, Verdict } from '@mlops-actions/core';
import type { RolloutTarget } from '@mlops-actions/provider';
import type { CheckedPeriod } from '@mlops-actions/rollout';
import type { Context } from '../action.ts';
import { shortened } from '../expectation.ts';
import type { CommandCheck, CustomCheck, HttpCheck, MetricCheck } from './custom-checks.ts';

/** Whom the checks are about. */
export interface Checked {
  readonly endpoint: string;
  readonly stable: string;
  readonly candidate: string;
}

export interface CheckEffects extends Pick<Context, 'environment' | 'workingDirectory' | 'mask'> {
  readonly target: Pick<RolloutTarget, 'query'>;
}

type Answer = Omit<CustomResult, 'name' | 'advisory'>;

/** A command that ends with this cannot say yet; BSD's sysexits.h calls it EX_TEMPFAIL, "try again". */
const inconclusiveExitCode = 75;

/** Of what a program prints, so much at its end is looked at for the last line. */
const keptCharacters = 2000;

/** Makes all checks at the same time. One that cannot be made, or takes too long, is an `error`; none rejects. */
export function makeChecks(
  checks: readonly CustomCheck[],
  checked: Checked,
  period: CheckedPeriod,
  effects: CheckEffects,
  signal: AbortSignal,
): Promise<readonly CustomResult[]> {
  return Promise.all(
    checks.map(async (check) => {
      const { name, advisory, timeoutSeconds } = check;
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]);
      try {
        return { name, advisory, ...(await answerOf(check, checked, period, effects, limit)) };
      } catch (error) {
        const isLate = limit.aborted && !signal.aborted;
        const why = isLate ? `it took longer than ${timeoutSeconds} s` : effects.mask(causeOf(error as Error));
        return { name, advisory, verdict: 'error', reason: `${name} could not be asked: ${why}` } as const;
      }
    }),
  );
}

/** What `fetch` throws says why only in its cause. */
function causeOf({ message, cause }: Error): string {
  return (cause as Error | undefined)?.message || message;
}

function answerOf(
  check: CustomCheck,
  checked: Checked,
  period: CheckedPeriod,
  effects: CheckEffects,
  signal: AbortSignal,
): Promise<Answer> {
  switch (check.kind) {
    case 'http':
      return askAddress(check, effects, signal);
    case 'command':
      return runCommand(check, checked, period, effects, signal);
    case 'metric':
      return queryMetric(check, checked, period, effects, signal);
  }
}

async function askAddress(
  { name, url, expect }: HttpCheck & { readonly name: string },
  { mask }: CheckEffects,
  signal: AbortSignal,
): Promise<Answer> {
  const response = await fetch(url, { signal });
  const body = await response.text();
  const fault = response.ok ? expect(body) : `has status ${response.status}`;
  return fault === undefined
    ? { verdict: 'pass', reason: `${name} answered with status ${response.status}, as expected` }
    : { verdict: 'fail', reason: mask(`the answer of ${name} ${fault}`) };
}

/**
 * Runs the command in a shell. It ends with 0: pass; with 75: it cannot say yet; with anything else: fail. Its last line is the reason. It
 * is ended with all that it started when the time is over.
 */
function runCommand(
  { name, command }: CommandCheck & { readonly name: string },
  { endpoint, stable, candidate }: Checked,
  { from, to, share }: CheckedPeriod,
  { environment, workingDirectory, mask }: CheckEffects,
  signal: AbortSignal,
): Promise<Answer> {
  const isWindows = process.platform === 'win32';
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = spawn(command, {
      shell: true,
      cwd: workingDirectory,
      env: {
        ...environment,
        ROLLOUT_ENDPOINT: endpoint,
        ROLLOUT_STABLE: stable,
        ROLLOUT_CANDIDATE: candidate,
        ROLLOUT_SHARE: String(share),
        ROLLOUT_FROM: new Date(from).toISOString(),
        ROLLOUT_TO: new Date(to).toISOString(),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that what it started ends with it.
      detached: !isWindows,
    });
    const end = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(isWindows ? child.pid : -child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    };
    signal.addEventListener('abort', end, { once: true });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed = (printed + text).slice(-keptCharacters);
      });
    }
    child.once('error', reject);
    child.once('close', (code) => {
      signal.removeEventListener('abort', end);
      if (signal.aborted) return reject(signal.reason);
      if (code === null) return reject(new Error('it was killed'));
      const last = printed.trim().split('\n').at(-1)?.trim() ?? '';
      const said = last === '' ? '' : `: ${shortened(mask(last))}`;
      resolve({ verdict: verdictOf(code), reason: `${name} ended with exit code ${code}${said}` });
    });
  });
}

function verdictOf(code: number): Verdict {
  if (code === 0) return 'pass';
  return code === inconclusiveExitCode ? 'inconclusive' : 'fail';
}

async function queryMetric(
  { name, query, operator, threshold }: MetricCheck & { readonly name: string },
  { candidate }: Checked,
  { from, to }: CheckedPeriod,
  { target }: CheckEffects,
  signal: AbortSignal,
): Promise<Answer> {
  if (target.query === undefined) throw new Error('this provider has no metrics to be asked for');
  const { verdict, value, reason } = await target.query(
    { name, deployment: candidate, query, operator, threshold, from, to },
    { signal },
  );
  return { verdict, threshold, reason, ...(value === undefined ? {} : { value }) };
}
