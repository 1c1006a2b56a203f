/** A rising, piecewise linear function: `values[i]` at `places[i]`, straight between them, constant outside. */
export interface IsotonicRegression {
  /** Ascending, each once. */
  readonly places: Float64Array;
  readonly values: Float64Array;
}

/** The mean of values whose mean does not fall, over consecutive places. */
interface Block {
  mean: number;
  weight: number;
  readonly first: number;
  last: number;
}

/**
 * The rising function that is nearest to the finite `y` over the finite `x` by least squares: neighbours that fall are pooled (Ayer et al.,
 * "An empirical distribution function for sampling with incomplete information", 1955). Values at the same place count with their mean. As
 * scikit-learn's `IsotonicRegression`.
 *
 * @throws RangeError without a value, or when the lengths differ.
 */
export function fitIsotonic(x: ArrayLike<number>, y: ArrayLike<number>): IsotonicRegression {
  if (x.length === 0 || x.length !== y.length) {
    throw new RangeError(`Isotonic regression needs one value for each place, not ${y.length} for ${x.length}.`);
  }
  const blocks: Block[] = [];
  for (const block of atPlaces(x, y)) {
    blocks.push(block);
    pool(blocks);
  }
  const ends = blocks.flatMap(({ first, last, mean }) =>
    first === last
      ? [{ place: first, mean }]
      : [
          { place: first, mean },
          { place: last, mean },
        ],
  );
  return {
    places: Float64Array.from(ends, ({ place }) => place),
    values: Float64Array.from(ends, ({ mean }) => mean),
  };
}

/** The function's value at `x`. */
export function isotonicAt({ places, values }: IsotonicRegression, x: number): number {
  let low = 0;
  let high = places.length - 1;
  if (x <= (places[low] as number)) return values[low] as number;
  if (x >= (places[high] as number)) return values[high] as number;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((places[middle] as number) <= x) low = middle;
    else high = middle;
  }
  const [left, right] = [places[low] as number, places[high] as number];
  const [bottom, top] = [values[low] as number, values[high] as number];
  return bottom + ((top - bottom) / (right - left)) * (x - left);
}

/** scikit-learn takes places that are nearer to each other than this for one. */
const samePlace = 1e-15;

/** One block a place, ascending. */
function atPlaces(x: ArrayLike<number>, y: ArrayLike<number>): Block[] {
  const order = Uint32Array.from({ length: x.length }, (_, index) => index);
  order.sort((one, other) => (x[one] as number) - (x[other] as number));
  const blocks: Block[] = [];
  for (const index of order) {
    const place = x[index] as number;
    const added = { mean: y[index] as number, weight: 1, first: place, last: place };
    const block = blocks.at(-1);
    if (block !== undefined && place - block.first < samePlace) absorb(block, { ...added, last: block.last });
    else blocks.push(added);
  }
  return blocks;
}

/** Joins the last blocks until none has a mean below its neighbour's. */
function pool(blocks: Block[]): void {
  while (blocks.length > 1) {
    const [before, last] = blocks.slice(-2) as [Block, Block];
    if (before.mean < last.mean) return;
    absorb(before, last);
    blocks.pop();
  }
}

function absorb(block: Block, other: Block): void {
  block.weight += other.weight;
  block.mean += ((other.mean - block.mean) * other.weight) / block.weight;
  block.last = other.last;
}
