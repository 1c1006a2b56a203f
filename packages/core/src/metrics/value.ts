import type { Answered } from './answered.ts';
import type { Prepared } from './metric.ts';
import { isUndefined, type Undefined } from './paired.ts';

/** The value of a prepared metric on the data as they are. */
export function metricValue(prepared: Prepared, data: Answered): number | Undefined {
  switch (prepared.kind) {
    case 'proportion':
      return prepared.weights === undefined
        ? prepared.hits.reduce((sum, hit) => sum + hit, 0) / prepared.hits.length
        : mean(Float64Array.from(prepared.hits), prepared.weights);
    case 'mean': {
      const average = mean(prepared.values, prepared.weights);
      return finite(prepared.of === undefined ? average : prepared.of(average));
    }
    case 'tally': {
      const tally = data.tally(ones(data.units));
      return isUndefined(tally) ? tally : prepared.of(tally);
    }
    case 'counts': {
      const value = prepared.of(ones(data.units));
      return typeof value === 'number' ? finite(value) : value;
    }
  }
}

/** Each unit once. */
export function ones(units: number): Uint8Array {
  return new Uint8Array(units).fill(1);
}

function finite(value: number): number | Undefined {
  return Number.isFinite(value) ? value : { undefined: 'it is too large for a number' };
}

/** Weighted mean by compensated sums (Neumaier 1974), which keep their digits on millions of rows. */
function mean(values: Float64Array, weights: Float64Array | undefined): number {
  let [sum, lost, total] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const weight = weights === undefined ? 1 : (weights[i] as number);
    const term = weight * (values[i] as number);
    const next = sum + term;
    lost += Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum;
    sum = next;
    total += weight;
  }
  return (sum + lost) / total;
}
