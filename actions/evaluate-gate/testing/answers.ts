/** A table of one example a row, as evaluation scripts write them. */
export interface Example {
  readonly id: string;
  readonly label: number;
  readonly candidate: number;
  readonly champion: number;
  readonly candidateScore: number;
  readonly championScore: number;
  readonly segment: string;
}

/** Numbers in [0, 1), the same for the same seed (Numerical Recipes' generator). */
export function numbersOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export interface ExampleOptions {
  readonly rows: number;
  /** How often each model is right. */
  readonly candidate: number;
  readonly champion: number;
  readonly seed?: number;
}

/** Answers of two models that err independently of each other on most rows. */
export function examplesOf({ rows, candidate, champion, seed = 1 }: ExampleOptions): Example[] {
  const next = numbersOf(seed);
  return Array.from({ length: rows }, (_, row) => {
    const label = next() < 0.5 ? 1 : 0;
    const answer = (accuracy: number): number => (next() < accuracy ? label : 1 - label);
    const [own, other] = [answer(candidate), answer(champion)];
    const score = (value: number): number => Number((0.25 + 0.5 * value + 0.24 * (next() - 0.5)).toFixed(6));
    return {
      id: `r${row}`,
      label,
      candidate: own,
      champion: other,
      candidateScore: score(own),
      championScore: score(other),
      segment: next() < 0.3 ? 'new' : 'old',
    };
  });
}

/** A CSV file with the given columns of each example. */
export function csvOf<T>(rows: readonly T[], columns: Readonly<Record<string, (row: T) => unknown>>): string {
  const lines = rows.map((row) =>
    Object.values(columns)
      .map((cell) => String(cell(row)))
      .join(','),
  );
  return `${[Object.keys(columns).join(','), ...lines].join('\n')}\n`;
}

/** Both models in one file. */
export function sharedCsv(rows: readonly Example[]): string {
  return csvOf(rows, {
    id: (row) => row.id,
    label: (row) => row.label,
    segment: (row) => row.segment,
    prediction: (row) => row.candidate,
    champion_prediction: (row) => row.champion,
    probability: (row) => row.candidateScore,
    champion_probability: (row) => row.championScore,
  });
}
