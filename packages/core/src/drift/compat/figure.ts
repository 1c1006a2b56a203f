import { jensenShannonTerm } from '../divergence.ts';
import type { CategoricalColumn } from '../sample.ts';

/** One number as another tool prints it. */
export interface CompatFigure {
  readonly tool: string;
  /** The tool's own name of it. */
  readonly method: string;
  readonly value: number;
  /** The tool's default; absent where it has none, or takes it from the reference's chunks. */
  readonly threshold?: number;
  /** Whether the tool would report drift by its default threshold. */
  readonly flagged?: boolean;
}

/** Two distributions in the same bins or categories. */
export interface Histograms {
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

/** Counts of the union of two columns' categories. */
export function categoryCounts(reference: CategoricalColumn, current: CategoricalColumn): Histograms {
  const names = [...new Set([...reference.counts.keys(), ...current.counts.keys()])];
  return {
    reference: names.map((name) => reference.counts.get(name) ?? 0),
    current: names.map((name) => current.counts.get(name) ?? 0),
  };
}

/** Jensen–Shannon distance in the given base, both sides brought to sum 1 first, as `scipy.spatial.distance.jensenshannon`. */
export function jensenShannon({ reference, current }: Histograms, base: number): number {
  const left = sum(reference);
  const right = sum(current);
  let nats = 0;
  for (const [bin, count] of reference.entries()) {
    nats += jensenShannonTerm(count / left, (current[bin] as number) / right);
  }
  return Math.sqrt(nats / 2 / Math.log(base));
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Each count as a share of `total`. */
export function shares(counts: readonly number[], total: number): number[] {
  return counts.map((count) => count / total);
}
