import type { FilePosition, LogLevel } from '@mlops-actions/core';

/** The levels that a CI system shows beside the code and on the run's page. */
export type AnnotationLevel = Extract<LogLevel, 'notice' | 'warning' | 'error'>;

/** Both GitHub's runner and Azure's agent keep the first ten of each type a step. */
const shownOfEach = 10;

/** Counts annotations, so that what the CI system would drop without a word goes to the log and is counted. */
export interface AnnotationBudget {
  /** Whether one more of this level will be shown. The last error is kept back for the step's ending. */
  take(level: AnnotationLevel): boolean;
  /** One sentence about those that were not shown; undefined when all were. */
  leftOut(): string | undefined;
}

export function annotationBudget(): AnnotationBudget {
  const asked = { error: 0, warning: 0, notice: 0 };
  const limits = { error: shownOfEach - 1, warning: shownOfEach, notice: shownOfEach };

  function leftOut(): string | undefined {
    const parts = (['error', 'warning', 'notice'] as const)
      .map((level) => ({ level, count: Math.max(0, asked[level] - limits[level]) }))
      .filter(({ count }) => count > 0)
      .map(({ level, count }) => `${count} more ${level}${count === 1 ? '' : 's'}`);
    return parts.length === 0
      ? undefined
      : `Only in the log above, because each step may show ten: ${parts.join(', ')}.`;
  }

  return {
    take: (level) => ++asked[level] <= limits[level],
    leftOut,
  };
}

/** `src/train.py:3:7: error: …`: a message as compilers print it. */
export function plainMessage(level: Exclude<LogLevel, 'info'>, message: string, at?: FilePosition): string {
  const place = [at?.file, at?.line, at?.line === undefined ? undefined : at.column].filter(
    (part) => part !== undefined,
  );
  return [...(place.length === 0 ? [] : [place.join(':')]), level, message].join(': ');
}
