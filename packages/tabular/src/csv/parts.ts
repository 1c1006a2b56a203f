import type { TablePart } from '../scan.ts';

/** The bytes from `from` to `to` in up to `count` parts of equal size; a record is known to start at `from`. */
export function equalParts(from: number, to: number, count: number): TablePart[] {
  const size = Math.ceil((to - from) / Math.max(1, count));
  const parts: TablePart[] = [];
  for (let start = from; start < to; start += size) {
    parts.push({ from: start, to: Math.min(start + size, to), ...(start === from ? { isRecordStart: true } : {}) });
  }
  return parts;
}
