/** Where a figure lies: for certain, or with a confidence that stands beside it. Exact when `lo === hi`. */
export interface Interval {
  readonly lo: number;
  readonly hi: number;
}
