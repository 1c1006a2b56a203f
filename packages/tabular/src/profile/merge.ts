import { UserError } from '@mlops-actions/core';
import { binned } from './binned.ts';
import { mergeCategories } from './category-column.ts';
import { type ProfileLimits, stricterLimits } from './limits.ts';
import { mergeLinearBins } from './linear-bins.ts';
import { addMarks, type Marks, marksIn } from './marks.ts';
import { mergeMoments } from './moments.ts';
import { mergePrefixBins } from './prefix-bins.ts';
import type { ColumnSketch, NumericSketch, TableSketch, Values } from './sketch.ts';
import { mergeTallies, type Tally, tallyOf, totalOf } from './tally.ts';

/**
 * The profile of both tables' rows together. Of a table's parts, whatever they are and in whatever order they are merged, it has the counts
 * and the bins of the whole table's profile. Both need the same columns of the same types; a `UserError` names the one that differs.
 */
export function mergeProfiles(a: TableSketch, b: TableSketch): TableSketch {
  const limits = stricterLimits(a.limits, b.limits);
  requireSameColumns(a, b);
  const columns = [...a.columns].map(
    ([name, column]) => [name, mergeColumns(column, b.columns.get(name) as ColumnSketch, limits)] as const,
  );
  const merged = { rows: a.rows + b.rows, limits, columns: new Map(columns) };
  return keptBytesOf(merged) <= limits.keptBytes ? merged : { ...merged, columns: allWithoutKept(merged) };
}

function requireSameColumns(a: TableSketch, b: TableSketch): void {
  const names = new Set([...a.columns.keys(), ...b.columns.keys()]);
  for (const name of names) {
    const types = [a, b].map(({ columns }) => columns.get(name)?.type);
    if (types[0] === types[1]) continue;
    const [first = 'absent', second = 'absent'] = types;
    throw new UserError(
      `Two profiles cannot be merged: column ${JSON.stringify(name)} is ${first} in one and ${second} in the other. Make both with the same columns and types.`,
    );
  }
}

function mergeColumns(a: ColumnSketch, b: ColumnSketch, limits: ProfileLimits): ColumnSketch {
  if (a.kind === 'numeric' && b.kind === 'numeric') return mergeNumeric(a, b, limits, true);
  if (a.kind === 'categorical' && b.kind === 'categorical') return mergeCategories(a, b, limits);
  throw new Error('The columns were to have the same types.');
}

function keptBytesOf({ columns }: TableSketch): number {
  let bytes = 0;
  for (const column of columns.values()) {
    if (column.kind === 'numeric' && column.values.kind === 'kept') bytes += column.values.sorted.byteLength;
  }
  return bytes;
}

function allWithoutKept({ columns, limits }: TableSketch): TableSketch['columns'] {
  return new Map(
    [...columns].map(([name, column]) => [name, column.kind === 'numeric' ? withoutKept(column, limits) : column]),
  );
}

/** The column with values that are kept in bins. */
export function withoutKept(column: NumericSketch, limits: ProfileLimits): NumericSketch {
  return column.values.kind === 'kept' ? { ...column, values: binned(column.values, limits) } : column;
}

/** `mayKeep`: whether too many different values to count may be kept. */
export function mergeNumeric(
  a: NumericSketch,
  b: NumericSketch,
  limits: ProfileLimits,
  mayKeep: boolean,
): NumericSketch {
  const min = Math.min(a.min, b.min);
  const max = Math.max(a.max, b.max);
  return {
    kind: 'numeric',
    type: a.type,
    rows: a.rows + b.rows,
    nulls: a.nulls + b.nulls,
    nans: a.nans + b.nans,
    infinities: a.infinities + b.infinities,
    mistyped: a.mistyped + b.mistyped,
    moments: mergeMoments(a.moments, b.moments),
    min,
    max,
    atMin: (a.min === min ? a.atMin : 0) + (b.min === min ? b.atMin : 0),
    atMax: (a.max === max ? a.atMax : 0) + (b.max === max ? b.atMax : 0),
    values: mergeValues(a.values, b.values, { min, max, limits, mayKeep }),
  };
}

interface Merging {
  readonly min: number;
  readonly max: number;
  readonly limits: ProfileLimits;
  readonly mayKeep: boolean;
}

function mergeValues(a: Values, b: Values, merging: Merging): Values {
  const { limits, mayKeep } = merging;
  if (a.kind === 'binned' || b.kind === 'binned') return mergeBinned(a, b, merging);
  if (a.kind === 'counted' && b.kind === 'counted') {
    const tally = mergeTallies(a.tally, b.tally);
    if (tally.keys.length <= limits.distinct) return { kind: 'counted', tally };
    const kept = mayKeep && totalOf(tally) * 8 <= limits.keptBytes;
    return kept
      ? { kind: 'kept', sorted: sortedOf({ kind: 'counted', tally }) }
      : binned({ kind: 'counted', tally }, limits);
  }
  return { kind: 'kept', sorted: mergeSorted(sortedOf(a), sortedOf(b)) };
}

/** A part whose values are known exactly knows what is below every mark of the other. */
function mergeBinned(a: Values, b: Values, { min, max, limits }: Merging): Values {
  const left = a.kind === 'binned' ? a : binned(a, limits);
  const right = b.kind === 'binned' ? b : binned(b, limits);
  return {
    kind: 'binned',
    linear: mergeLinearBins(left.linear, right.linear, min, max, limits.bins),
    prefix: mergePrefixBins(left.prefix, right.prefix, limits.pages),
    marks: addMarks(marksAt(a, right.marks) ?? left.marks, marksAt(b, left.marks) ?? right.marks),
  };
}

function marksAt(values: Values, { values: at }: Marks): Marks | undefined {
  return values.kind === 'binned' ? undefined : marksIn(exactTally(values), at);
}

function exactTally(values: Exclude<Values, { kind: 'binned' }>): Tally {
  return values.kind === 'counted' ? values.tally : tallyOf(values.sorted);
}

function sortedOf(values: Exclude<Values, { kind: 'binned' }>): Float64Array {
  if (values.kind === 'kept') return values.sorted;
  const { keys, counts } = values.tally;
  const sorted = new Float64Array(totalOf(values.tally));
  let at = 0;
  keys.forEach((key, index) => {
    sorted.fill(key, at, at + (counts[index] as number));
    at += counts[index] as number;
  });
  return sorted;
}

function mergeSorted(a: Float64Array, b: Float64Array): Float64Array {
  const sorted = new Float64Array(a.length + b.length);
  let i = 0;
  let j = 0;
  for (let at = 0; at < sorted.length; at++) {
    const takeLeft = j === b.length || (i < a.length && (a[i] as number) <= (b[j] as number));
    sorted[at] = (takeLeft ? a[i++] : b[j++]) as number;
  }
  return sorted;
}
