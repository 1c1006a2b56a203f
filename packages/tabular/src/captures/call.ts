import { type Json, UserError } from '@mlops-actions/core';
import { digestSet } from '../digest-set.ts';
import type { Body } from './body.ts';

/** One call of a model's endpoint, as it was captured. */
export interface Call {
  readonly file: string;
  readonly line: number;
  /** What the capture says of the call, by column; values that it does not give are left out. */
  readonly facts: ReadonlyMap<string, Json>;
  /** What went in and what came out; absent where it was not captured. */
  readonly input?: Body;
  readonly output?: Body;
  /** What the labels of the call are kept under, the best first. */
  readonly keys: readonly string[];
}

/** What was passed over in captures. */
export const passedOver = {
  truncated: 'Last lines that are cut off were passed over',
  duplicate: 'Calls that were captured twice were read once',
  unreadable: 'Bodies that hold no table were passed over',
  misfit:
    'Calls were passed over whose values do not fit the names given, or whose answer has another number of rows than the request',
  timeless: 'Calls without a time were passed over, as only those of a window are wanted',
  blob: 'Bodies that are kept elsewhere could not be read and were passed over',
  unanswered: 'Inputs have no captured output',
  orphaned: 'Outputs have no captured input and were passed over',
  labelMisfit: 'Labels were passed over that are not as many as the rows of their call',
  relabelled: 'Calls have more than one label; the last was taken',
} as const;
export type PassedOver = keyof typeof passedOver;

/** Counts what is passed over. */
export interface Tally {
  add(what: PassedOver, file: string, line: number): void;
  /** One sentence each, with the place of the first. */
  sentences(): string[];
}

export function newTally(): Tally {
  const seen = new Map<PassedOver, { count: number; first: string }>();
  return {
    add(what, file, line) {
      const before = seen.get(what);
      if (before === undefined) seen.set(what, { count: 1, first: `${file}:${line}` });
      else before.count++;
    },
    sentences: () => [...seen].map(([what, { count, first }]) => `${first}: ${passedOver[what]} (${count} in all).`),
  };
}

/** Says whether an id comes for the first time. Throws a `UserError` that names `file` when there are too many to tell. */
export function newIds(): (id: string, file: string) => boolean {
  const seen = digestSet();
  return (id, file) => {
    try {
      return seen.add(id);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new UserError(
        `${file}: the captures hold ${error.message}, too many to find those that came twice. Read a shorter time.`,
      );
    }
  };
}
