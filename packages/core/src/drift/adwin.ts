import type { Signal, StreamDetector } from './stream-detector.ts';

export interface AdwinOptions {
  /** The chance of a false alarm that a cut may have. */
  readonly delta?: number;
  /** Judges after every so many values. */
  readonly clock?: number;
  /** Buckets of one size; one more makes two of them one of the next size. */
  readonly maxBuckets?: number;
  /** The shortest part of the window that is compared with the rest. */
  readonly minLength?: number;
  /** Values before the first judgement. */
  readonly gracePeriod?: number;
}

/** All values since the last drift, in a number of buckets that grows with their logarithm. */
interface Window {
  count: number;
  total: number;
  /** The sum of the squared distances from the mean. */
  squares: number;
  /** Row i holds the sums of runs of 2^i values each, oldest first; the last row the oldest runs. */
  readonly rows: number[][];
}

/**
 * Adaptive windowing: whether the window of all values since the last drift can be cut into an older and a newer part whose means differ
 * by more than chance. Bifet and Gavaldà, "Learning from time-changing data with adaptive windowing", 2007, ADWIN2; defaults and signals
 * of river's `ADWIN`, which starts anew after a drift instead of keeping the newer part.
 */
export function adwin({
  delta = 0.002,
  clock = 32,
  maxBuckets = 5,
  minLength = 5,
  gracePeriod = 10,
}: AdwinOptions = {}): StreamDetector {
  let window = emptyWindow();
  return {
    update(value): Signal {
      insert(window, value, maxBuckets);
      const due = window.count % clock === 0 && window.count > gracePeriod;
      if (!due || !hasCut(window, delta, minLength)) return 'none';
      window = emptyWindow();
      return 'drift';
    },
  };
}

function emptyWindow(): Window {
  return { count: 0, total: 0, squares: 0, rows: [[]] };
}

function insert(window: Window, value: number, maxBuckets: number): void {
  if (window.count > 0) {
    const distance = value - window.total / window.count;
    window.squares += (window.count * distance * distance) / (window.count + 1);
  }
  window.count++;
  window.total += value;
  window.rows[0]?.push(value);
  for (const [index, row] of window.rows.entries()) {
    if (row.length <= maxBuckets) break;
    const [one = 0, other = 0] = row.splice(0, 2);
    const next = window.rows[index + 1];
    if (next === undefined) window.rows.push([one + other]);
    else next.push(one + other);
  }
}

function hasCut(window: Window, delta: number, minLength: number): boolean {
  const variance = window.squares / window.count;
  const confidence = Math.log((2 * Math.log(window.count)) / delta);
  let older = 0;
  let olderTotal = 0;
  let newer = window.count;
  let newerTotal = window.total;
  for (let index = window.rows.length - 1; index >= 0; index--) {
    const size = 2 ** index;
    for (const total of window.rows[index] ?? []) {
      older += size;
      olderTotal += total;
      newer -= size;
      newerTotal -= total;
      if (older < minLength || newer < minLength) continue;
      const inverse = 1 / (older - minLength + 1) + 1 / (newer - minLength + 1);
      const bound = Math.sqrt(2 * inverse * variance * confidence) + (2 / 3) * confidence * inverse;
      if (Math.abs(olderTotal / older - newerTotal / newer) > bound) return true;
    }
  }
  return false;
}
