import { type Look, type Measurement, requestsOf, shareOf } from '@mlops-actions/core';

export interface MeasuredWindows {
  readonly candidate: readonly Measurement[];
  readonly stable: readonly Measurement[];
}

/** All that was measured, each window once: a look has everything since its step began, so that the last one of a step has it all. */
export function windowsOf(looks: readonly Look[]): MeasuredWindows {
  return { candidate: each(looks, 'candidate'), stable: each(looks, 'stable') };
}

function each(looks: readonly Look[], whose: keyof MeasuredWindows): Measurement[] {
  const byStart = new Map<number, Measurement>();
  for (const { measured } of looks)
    for (const window of measured?.[whose]?.windows ?? []) byStart.set(window.from, window);
  return [...byStart.values()].sort((a, b) => a.from - b.from);
}

/** What one deployment did in a step. */
export interface StepFigures {
  readonly requests: number | undefined;
  readonly serverErrors: number | undefined;
}

export function figuresOf(windows: readonly Measurement[] | undefined): StepFigures {
  return {
    requests: requestsOf(windows ?? []),
    serverErrors: shareOf(windows ?? [], 'serverErrors')?.count,
  };
}
