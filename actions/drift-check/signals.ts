/** What is checked, each with a verdict of its own. */
export const signalNames = [
  'data',
  'prediction',
  'quality',
  'performance',
  'estimated-performance',
  'concept',
] as const;
export type SignalName = (typeof signalNames)[number];

/** From what may be passed over to what must not be. */
const checkVerdicts = ['ok', 'warn', 'insufficient-data', 'error', 'drift'] as const;
export type CheckVerdict = (typeof checkVerdicts)[number];

/** What one signal comes to. */
export interface SignalResult {
  readonly signal: SignalName;
  readonly verdict: CheckVerdict;
  /** One sentence. */
  readonly reason: string;
}

/**
 * The verdict of all signals together: a drift is one whatever else could not be told; what could not be told is never passed over for a
 * warning.
 */
export function worstVerdict(results: readonly Pick<SignalResult, 'verdict'>[]): CheckVerdict {
  const ranks = results.map(({ verdict }) => checkVerdicts.indexOf(verdict));
  return checkVerdicts[Math.max(0, ...ranks)] as CheckVerdict;
}
