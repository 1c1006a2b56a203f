import type { Signal, StreamDetector } from './stream-detector.ts';

export interface DdmOptions {
  /** Values before the first judgement. */
  readonly warmStart?: number;
  /** Standard deviations above the best error rate at which to warn. */
  readonly warning?: number;
  /** Standard deviations above the best error rate that are a drift. */
  readonly drift?: number;
}

/**
 * The drift detection method for a stream of errors (1) and hits (0): how far the error rate has risen above the lowest that it has been,
 * in its standard deviations then. Gama et al., "Learning with drift detection", 2004; defaults and signals of river's `DDM`.
 */
export function ddm({ warmStart = 30, warning = 2, drift = 3 }: DdmOptions = {}): StreamDetector {
  let count = 0;
  let rate = 0;
  let best = { rate: 0, deviation: 0, sum: Number.POSITIVE_INFINITY };

  function restart(): void {
    count = 0;
    rate = 0;
    best = { rate: 0, deviation: 0, sum: Number.POSITIVE_INFINITY };
  }

  return {
    update(value): Signal {
      count++;
      rate += (1 / count) * (value - rate);
      if (count <= warmStart) return 'none';
      const deviation = Math.sqrt(Math.max(0, rate * (1 - rate)) / count);
      const sum = rate + deviation;
      if (sum <= best.sum) best = { rate, deviation, sum };
      if (sum > best.rate + drift * best.deviation) {
        restart();
        return 'drift';
      }
      return sum > best.rate + warning * best.deviation ? 'warning' : 'none';
    },
  };
}
