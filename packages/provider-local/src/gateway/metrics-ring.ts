/** Buckets of equal length, side by side, the old ones giving way to the new. Times are whole seconds since 1970. */
export interface TimeRing<Bucket> {
  readonly bucketSeconds: number;
  /** The bucket that `second` lies in, made when it is the first to. */
  at(second: number): Bucket;
  /** Those that were made of the time from `from` up to but not including `to`, oldest first. */
  between(from: number, to: number): Bucket[];
  /** Where the oldest bucket that is still whole begins. */
  oldest(now: number): number;
}

interface Slot<Bucket> {
  readonly start: number;
  readonly bucket: Bucket;
}

/**
 * At least `keptSeconds` can be looked back, counted from a minute ago: who asks for the last hour gets it though asking takes time. `make` is
 * given the bucket that the new one replaces.
 */
export function timeRing<Bucket>(
  bucketSeconds: number,
  keptSeconds: number,
  make: (old: Bucket | undefined) => Bucket,
): TimeRing<Bucket> {
  const capacity = Math.ceil((keptSeconds + 60) / bucketSeconds) + 1;
  const slots = new Array<Slot<Bucket> | undefined>(capacity);
  const startOf = (second: number): number => Math.floor(second / bucketSeconds) * bucketSeconds;
  const indexOf = (start: number): number => (start / bucketSeconds) % capacity;
  return {
    bucketSeconds,
    at: (second) => {
      const start = startOf(second);
      const index = indexOf(start);
      const known = slots[index];
      if (known?.start === start) return known.bucket;
      const bucket = make(known?.bucket);
      slots[index] = { start, bucket };
      return bucket;
    },
    between: (from, to) => {
      const found: Bucket[] = [];
      for (let start = startOf(from); start < to; start += bucketSeconds) {
        const slot = slots[indexOf(start)];
        if (slot?.start === start) found.push(slot.bucket);
      }
      return found;
    },
    oldest: (now) => startOf(now) - (capacity - 1) * bucketSeconds,
  };
}
