/** How much a profile may hold of each column. Profiles of parts of one table have the same limits, so that they merge to the whole's. */
export interface ProfileLimits {
  /** Different values of a numeric column up to which they are counted one by one: 3 · 2^k. */
  readonly distinct: number;
  /** Bins of equal width of a numeric column: 2^k. */
  readonly bins: number;
  /** Pages of 4096 bins of equal ratio of a numeric column. */
  readonly pages: number;
  /** Categories of a column that are shown one by one. */
  readonly categories: number;
  /** Categories of a column that are held, so that those shown are right after merges too. */
  readonly heldCategories: number;
  /** Bytes of values that all columns together may keep as they are; what is more goes into bins. */
  readonly keptBytes: number;
}

export const pageBins = 4096;

/** What all columns of a table may take in the kernel: for counts (which is used again for bins), and for each kind of bins. */
const countBytes = 256 << 20;
const binBytes = 128 << 20;
/** Of a value with its count. */
export const slotBytes = 16;
const mostCountBits = 16;
const fewestCountBits = 6;
const mostBins = 65_536;
const fewestBins = 1024;
const mostPages = 64;

/** How many categories are held when nobody says otherwise, where so many are shown. */
export function usualHeldCategories(shown: number): number {
  return 4 * shown;
}

/** The limits of a table of `columns` numeric columns: the full ones up to some hundred columns, then less for each. */
export function limitsFor(
  columns: number,
  options: Pick<ProfileLimits, 'categories' | 'heldCategories' | 'keptBytes'>,
): ProfileLimits {
  const share = binBytes / Math.max(columns, 1);
  const slots = countBytes / Math.max(columns, 1) / slotBytes;
  const bits = Math.min(mostCountBits, Math.max(fewestCountBits, Math.floor(Math.log2(slots))));
  return {
    distinct: 3 << (bits - 2),
    bins: Math.min(mostBins, Math.max(fewestBins, 2 ** Math.floor(Math.log2(share / 4)))),
    pages: Math.min(mostPages, Math.max(1, Math.floor(share / (pageBins * 4)))),
    ...options,
  };
}

/** The limits within which both profiles lie. */
export function stricterLimits(a: ProfileLimits, b: ProfileLimits): ProfileLimits {
  return {
    distinct: Math.min(a.distinct, b.distinct),
    bins: Math.min(a.bins, b.bins),
    pages: Math.min(a.pages, b.pages),
    categories: Math.min(a.categories, b.categories),
    heldCategories: Math.min(a.heldCategories, b.heldCategories),
    keptBytes: Math.min(a.keptBytes, b.keptBytes),
  };
}
