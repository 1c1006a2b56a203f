import type { Clock } from '@mlops-actions/core';

/**
 * What `call` comes to, if it does within `seconds` and before `signal` aborts. Otherwise it rejects, and the call's own signal aborts:
 * whatever the call does afterwards, nobody waits for it.
 */
export async function bounded<T>(
  call: (signal: AbortSignal) => Promise<T>,
  seconds: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<T> {
  signal.throwIfAborted();
  const own = new AbortController();
  const done = new AbortController();
  const givenUp = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { signal: done.signal });
    clock.sleep(seconds * 1000, done.signal).then(
      () => reject(new Error(`there was no answer in ${seconds} s`)),
      () => {},
    );
  });
  try {
    return await Promise.race([call(own.signal), givenUp]);
  } catch (error) {
    own.abort(error);
    throw error;
  } finally {
    done.abort();
  }
}
