import { formatNumber } from '@mlops-actions/core';
import { isFilled, type SideRows } from './read-rows.ts';

/** How many of the current rows have a label. */
export interface Coverage {
  readonly labelled: number;
  /** Rows that are old enough to have one. */
  readonly due: number;
}

/** Rows later than the watermark are too young for a label; rows without a moment are not. */
export function coverageOf({ rows, label, moments }: SideRows, watermark: number | undefined): Coverage {
  let [labelled, due] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const isYoung = watermark !== undefined && moments !== undefined && (moments[row] as number) > watermark;
    const hasLabel = label !== undefined && isFilled(label, row);
    if (hasLabel) labelled++;
    if (hasLabel || !isYoung) due++;
  }
  return { labelled, due };
}

/** Why labels do not say enough, in one sentence; undefined when they do. */
export function tooFew(
  { labelled, due }: Coverage,
  leastShare: number,
  leastRows: number,
  shown: string,
): string | undefined {
  if (labelled === 0) return `No row of ${shown} has a label.`;
  const share = labelled / due;
  if (labelled >= leastRows && share >= leastShare) return undefined;
  const what = `${formatNumber(labelled)} of ${formatNumber(due)} rows of ${shown} have a label`;
  if (labelled < leastRows) return `${what}, and ${formatNumber(leastRows)} are needed.`;
  return `${what}, a share of ${formatNumber(share, 3)} where ${formatNumber(leastShare)} is needed.`;
}
