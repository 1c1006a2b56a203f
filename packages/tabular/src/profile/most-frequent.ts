/** Some of a list of counts. */
export interface MostFrequent {
  readonly indices: readonly number[];
  /** The sum and the greatest of all other counts. */
  readonly otherTotal: number;
  readonly otherMost: number;
}

/**
 * The `most` greatest of more `counts` than that. Which of equal counts belong to them is decided by hashes, which do not depend on the order
 * of the rows; a column of a million different texts need not have them all made into strings for it.
 */
export function mostFrequent(counts: Float64Array, most: number, hashAt: (index: number) => number): MostFrequent {
  const sorted = counts.slice().sort();
  const least = sorted[counts.length - most] as number;
  const indices: number[] = [];
  const ties: { readonly index: number; readonly hash: number }[] = [];
  counts.forEach((count, index) => {
    if (count > least) indices.push(index);
    else if (count === least) ties.push({ index, hash: hashAt(index) });
  });
  const tied = firstByHash(ties, most - indices.length);
  const rest = sorted.subarray(0, counts.length - most);
  return {
    indices: [...indices, ...tied],
    otherTotal: rest.reduce((sum, count) => sum + count, 0),
    otherMost: rest[rest.length - 1] ?? 0,
  };
}

function firstByHash(ties: readonly { readonly index: number; readonly hash: number }[], wanted: number): number[] {
  const hashes = Uint32Array.from(ties, ({ hash }) => hash).sort();
  const last = hashes[wanted - 1] as number;
  const below = ties.filter(({ hash }) => hash < last);
  const equal = ties.filter(({ hash }) => hash === last);
  return [...below, ...equal].slice(0, wanted).map(({ index }) => index);
}
