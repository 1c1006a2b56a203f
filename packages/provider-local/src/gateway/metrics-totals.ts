import type { AnsweredRequest, AnswerOrigin } from './metrics-bucket.ts';

/** What a deployment did since it began; these only ever grow. */
export interface MetricsTotals {
  /** By who answered and the first digit of the status. */
  readonly answers: Readonly<Record<AnswerOrigin, number[]>>;
  /** Requests by the first of `durationBounds` that they did not exceed; in the last place those that exceeded all. */
  readonly durations: number[];
  durationSumSeconds: number;
  restarts: number;
}

/** In seconds: the bounds that Prometheus' own clients use, from 5 ms to 10 s, and beyond them for faster and slower models. */
export const durationBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;

export function emptyTotals(): MetricsTotals {
  return {
    answers: { model: [0, 0, 0, 0, 0, 0], gateway: [0, 0, 0, 0, 0, 0] },
    durations: [...durationBounds, Number.POSITIVE_INFINITY].map(() => 0),
    durationSumSeconds: 0,
    restarts: 0,
  };
}

export function addToTotals(totals: MetricsTotals, { milliseconds, status, origin }: AnsweredRequest): void {
  const answers = totals.answers[origin];
  const digit = Math.floor(status / 100);
  answers[digit] = (answers[digit] ?? 0) + 1;
  const seconds = milliseconds / 1000;
  const within = durationBounds.findIndex((bound) => seconds <= bound);
  const place = within === -1 ? durationBounds.length : within;
  totals.durations[place] = (totals.durations[place] ?? 0) + 1;
  totals.durationSumSeconds += seconds;
}
