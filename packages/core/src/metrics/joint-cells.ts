import type { RandomGenerator } from '../statistics/index.ts';
import { drawBinomial } from './binomial-draw.ts';
import type { Tally } from './metric.ts';
import type { BinaryTruth, MulticlassTruth } from './predictions.ts';
import { addToTally, classCount, clearTally } from './tally.ts';

/** Rows by their class and what two models predicted, ascending by class; cells without rows are left out. */
export interface JointCells {
  readonly classes: number;
  readonly labels: Uint32Array;
  readonly first: Uint32Array;
  readonly second: Uint32Array;
  readonly rows: Float64Array;
}

/** More cells than this are no shorter way than the rows. */
const mostCells = 2 ** 16;

/** The joint cells of two models' predictions; undefined where they say less than the rows: with weights, or of too many classes. */
export function jointCells(
  truth: BinaryTruth | MulticlassTruth,
  first: Uint32Array,
  second: Uint32Array,
): JointCells | undefined {
  const classes = classCount(truth);
  if (truth.weights !== undefined || classes ** 3 > mostCells) return undefined;
  const all = new Float64Array(classes ** 3);
  for (let row = 0; row < truth.labels.length; row++) {
    const cell = ((truth.labels[row] as number) * classes + (first[row] as number)) * classes + (second[row] as number);
    all[cell] = (all[cell] as number) + 1;
  }
  const cells = Uint32Array.from(all.keys()).filter((cell) => all[cell] !== 0);
  return {
    classes,
    labels: cells.map((cell) => Math.floor(cell / (classes * classes))),
    first: cells.map((cell) => Math.floor(cell / classes) % classes),
    second: cells.map((cell) => cell % classes),
    rows: Float64Array.from(cells, (cell) => all[cell] as number),
  };
}

/**
 * Draws the cells as a bootstrap of the rows would fill them, which is exactly multinomial, into the tallies of both models. With `byClass` each
 * class keeps its number of rows.
 */
export function drawTallies(
  cells: JointCells,
  byClass: boolean,
  generator: RandomGenerator,
  first: Tally,
  second: Tally,
): void {
  clearTally(first);
  clearTally(second);
  let left = 0;
  let draws = 0;
  for (let cell = 0; cell < cells.rows.length; cell++) {
    if (left === 0) {
      left = rowsFrom(cells, cell, byClass);
      draws = left;
    }
    const rows = cells.rows[cell] as number;
    const drawn = drawBinomial(draws, rows / left, generator);
    draws -= drawn;
    left -= rows;
    addToTally(first, cells.labels[cell] as number, cells.first[cell] as number, drawn);
    addToTally(second, cells.labels[cell] as number, cells.second[cell] as number, drawn);
  }
}

function rowsFrom(cells: JointCells, start: number, byClass: boolean): number {
  let rows = 0;
  for (let cell = start; cell < cells.rows.length; cell++) {
    if (byClass && cells.labels[cell] !== cells.labels[start]) break;
    rows += cells.rows[cell] as number;
  }
  return rows;
}
