import { setTimeout } from 'node:timers/promises';
import { UserError } from '@mlops-actions/core';
import { shortened, tableFault } from '../fault.ts';

/** How often something is tried, and how long before the second time; before each further time twice as long. */
export interface Retries {
  readonly times: number;
  readonly waitMs: number;
}

const defaultRetries: Retries = { times: 5, waitMs: 250 };

/**
 * What `attempt` returns. An error that it throws, other than a `UserError`, is taken for a passing one: it is called again, and the last error
 * ends in a `UserError` about `label`. When `signal` aborts its reason is thrown.
 */
export async function withRetries<Value>(
  label: string,
  attempt: () => Promise<Value>,
  { times, waitMs }: Retries = defaultRetries,
  signal?: AbortSignal,
): Promise<Value> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof UserError) throw error;
      if (tried >= times) {
        const sentence = `could not be read in ${times} tries (${shortened(reasonOf(error))}). Check the address and the network.`;
        throw tableFault({ file: label }, sentence);
      }
      await setTimeout(waitMs * 2 ** (tried - 1), undefined, { signal });
    }
  }
}

/** The innermost reason: what `fetch` throws says "fetch failed" and keeps why in its cause. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  if (cause instanceof Error && cause.message !== '') return reasonOf(cause);
  return message ?? String(error);
}
