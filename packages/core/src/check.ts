/** What a check can come to, from best to worst. */
export const verdicts = ['pass', 'inconclusive', 'error', 'fail'] as const;

/**
 * - `pass`: what was asked holds.
 * - `inconclusive`: the evidence is too thin to say.
 * - `error`: it could not be judged, for reasons that are not the subject's (no baseline, no data).
 * - `fail`: the subject is bad, or does not show what was asked of it.
 */
export type Verdict = (typeof verdicts)[number];

/** One question put to a model or an endpoint, and its answer. Numbers are unrounded. */
export interface Check {
  /** What was asked, in the user's own terms. */
  readonly name: string;
  readonly verdict: Verdict;
  /** What the subject shows; absent when it shows nothing. */
  readonly value?: number;
  /** What it is compared with. */
  readonly baseline?: number;
  /** Where pass ends. */
  readonly threshold?: number;
  /** `threshold − baseline`. */
  readonly margin?: number;
  /** One sentence with the figures, without a full stop. */
  readonly reason: string;
  /** Shown, and never part of the run's verdict. */
  readonly advisory: boolean;
}

/** The worst verdict of the checks that count. When none counts, nothing was judged: an error, never a pass. */
export function overallVerdict(checks: readonly Check[]): Verdict {
  const binding = checks.filter((check) => !check.advisory);
  if (binding.length === 0) return 'error';
  return binding.map((check) => check.verdict).reduce(worse);
}

function worse(a: Verdict, b: Verdict): Verdict {
  return verdicts.indexOf(a) > verdicts.indexOf(b) ? a : b;
}

/** Worst first; of equals the one that counts first; otherwise the order given. */
export function worstFirst<C extends Check>(checks: readonly C[]): C[] {
  const rank = (check: Check): number => verdicts.indexOf(check.verdict) * 2 + (check.advisory ? 0 : 1);
  return [...checks].sort((a, b) => rank(b) - rank(a));
}
