import {
  type Column,
  columnOfNumbers,
  columnOfTexts,
  compareColumn,
  type DriftRules,
  fewestSamples,
} from '@mlops-actions/core';
import { columnOf, type ScanColumn } from '@mlops-actions/tabular';
import type { CheckedColumn } from './check.ts';
import type { PlannedColumn } from './plan.ts';
import { type SampledCells, sampleRows } from './sample-rows.ts';
import type { Sides } from './scan.ts';
import type { SideName, TableSide } from './side.ts';

/** The score of the worst columns against the whole reference, in slices of equal time. */
export interface OverTime {
  /** Every so many-th row was read. */
  readonly stride: number;
  /** Milliseconds since 1970. */
  readonly slices: readonly { readonly from: number; readonly to: number; readonly rows: number }[];
  readonly columns: readonly {
    readonly name: string;
    readonly method: string;
    readonly threshold: number;
    /** By slice; NaN where one has too few values. */
    readonly scores: readonly number[];
  }[];
}

const mostSlices = 12;
const mostColumns = 20;
/** Of a table no more rows are held. */
const mostRows = 240_000;

/** What `driftOverTime` has to know. */
export interface OverTimeRequest {
  readonly sides: Sides;
  readonly rows: Readonly<Record<SideName, number>>;
  readonly planned: readonly PlannedColumn[];
  /** The worst first. */
  readonly columns: readonly CheckedColumn[];
  readonly timestamp: string;
  readonly rules: DriftRules;
  readonly signal: AbortSignal;
}

/**
 * Reads a sample of the rows once more. Undefined when the current data have no moments, all at one, or no columns to look at.
 */
export async function driftOverTime(request: OverTimeRequest): Promise<OverTime | undefined> {
  const { sides, rows, planned, columns, timestamp, rules, signal } = request;
  const { current } = sides;
  const type = current.columns.find(({ name }) => name === timestamp)?.type;
  if (current.kind !== 'table' || type === undefined) return undefined;
  const shown = columns.filter(({ score }) => score !== undefined).slice(0, mostColumns);
  const chosen = shown.map(({ name }) => planned.find((column) => column.name === name) as PlannedColumn);
  const moment: ScanColumn = { name: timestamp, type: type === 'number' ? 'number' : 'timestamp' };
  const stride = strideOf(rows.current);
  const wanted = [moment, ...chosen.map(({ name, current: as }) => ({ name, type: as }))];
  const [moments, ...cells] = await sampleRows(current.scanner, wanted, stride, signal);
  const slices = slicesOf(moments as Float64Array);
  if (slices === undefined) return undefined;
  const references = await referenceColumns(request, chosen);
  return {
    stride,
    slices: slices.map(({ from, to, members }) => ({ from, to, rows: members.length * stride })),
    columns: shown.flatMap((column, index) => {
      const [reference, own] = [references[index], cells[index]];
      if (reference === undefined || own === undefined || column.score === undefined) return [];
      const scores = slices.map(({ members }) => scoreOf(column.name, reference, columnOfCells(own, members), rules));
      const { method, threshold } = column.score;
      return [{ name: column.name, method, threshold, scores }];
    }),
  };
}

function strideOf(rows: number): number {
  return Math.max(1, Math.ceil(rows / mostRows));
}

async function referenceColumns(
  { sides: { reference }, rows, signal }: OverTimeRequest,
  chosen: readonly PlannedColumn[],
): Promise<(Column | undefined)[]> {
  if (reference.kind === 'profile') return chosen.map(({ name }) => columnOf(reference.sketch, name));
  const wanted = chosen.map(({ name, reference: type }) => ({ name, type }));
  const cells = await sampleRows((reference as TableSide).scanner, wanted, strideOf(rows.reference), signal);
  return cells.map((each) => each && columnOfCells(each));
}

interface Slice {
  readonly from: number;
  readonly to: number;
  /** Indices of its rows. */
  readonly members: readonly number[];
}

function slicesOf(moments: Float64Array): readonly Slice[] | undefined {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const moment of moments) {
    if (moment < first) first = moment;
    if (moment > last && moment < Number.POSITIVE_INFINITY) last = moment;
  }
  if (!(last > first)) return undefined;
  const count = Math.max(2, Math.min(mostSlices, Math.floor(moments.length / (4 * fewestSamples))));
  const width = (last - first) / count;
  const members: number[][] = Array.from({ length: count }, () => []);
  for (const [row, moment] of moments.entries()) {
    if (Number.isFinite(moment)) members[Math.min(count - 1, Math.floor((moment - first) / width))]?.push(row);
  }
  return members.map((rows, index) => ({
    from: first + index * width,
    to: first + (index + 1) * width,
    members: rows,
  }));
}

function columnOfCells(cells: SampledCells, rows?: readonly number[]): Column {
  if (cells instanceof Float64Array) {
    return columnOfNumbers(rows === undefined ? cells : Float64Array.from(rows, (row) => cells[row] as number));
  }
  return columnOfTexts(rows === undefined ? cells : rows.map((row) => cells[row]));
}

function scoreOf(name: string, reference: Column, slice: Column, rules: DriftRules): number {
  const { score, current } = compareColumn(name, reference, slice, rules);
  if (score === undefined || current.values < fewestSamples) return Number.NaN;
  return score.value.lo;
}
