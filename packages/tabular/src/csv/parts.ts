import type { PartExtent, TablePart } from '../scan.ts';

/** The bytes from `from` to `to` in up to `count` parts of equal size; a record is known to start at `from`. */
export function equalParts(from: number, to: number, count: number): TablePart[] {
  const size = Math.ceil((to - from) / Math.max(1, count));
  const parts: TablePart[] = [];
  for (let start = from; start < to; start += size) {
    parts.push({ from: start, to: Math.min(start + size, to), ...(start === from ? { isRecordStart: true } : {}) });
  }
  return parts;
}

/**
 * The index of the first part that does not start where the one before it ended, because a newline inside quotes looked like the end of a record;
 * undefined when all fit. That part is to be scanned again from there, with `isRecordStart`.
 */
export function firstMisfit(extents: readonly PartExtent[]): number | undefined {
  const index = extents.findIndex(({ from }, position) => position > 0 && from !== extents[position - 1]?.to);
  return index === -1 ? undefined : index;
}
