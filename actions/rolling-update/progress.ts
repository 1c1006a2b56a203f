import {
  formatNumber,
  type Log,
  type Look,
  type RolloutState,
  requestsOf,
  type Series,
  shareOf,
  worstFirst,
} from '@mlops-actions/core';
import type { Moment } from '@mlops-actions/rollout';

/** Told as they happen; the rest of the timeline is in the report. */
const told: readonly Moment['kind'][] = [
  'provision',
  'smoke',
  'shift',
  'start-guarded',
  'abort-guarded',
  'probe',
  'retire',
];

/** A line for what a reader waits for, and a warning for what failed. */
export function tellMoment({ kind, text, failure }: Moment, state: RolloutState, log: Log): void {
  if (failure !== undefined) log.log('warning', `${where(state)}${text}: ${failure}`);
  else if (kind === 'cancelled') log.log('warning', `${where(state)}${text}`);
  else if (told.includes(kind)) log.log('info', `${where(state)}${text}`);
}

/** `25 %: pass: green 120 requests, 0.8 % errors, p95 12 ms; blue 380 requests, 0 % errors, p95 11 ms`. */
export function tellLook({ verdict, measured, checks }: Look, state: RolloutState, log: Log): void {
  const { stable, candidate } = state.journal;
  const figures = [
    [candidate, measured?.candidate],
    [stable, measured?.stable],
  ] as const;
  const shown = figures.flatMap(([name, series]) => (series === undefined ? [] : [`${name} ${figuresText(series)}`]));
  log.log('info', `${where(state)}${verdict}: ${shown.join('; ') || 'no figures'}`);
  const [worst] = worstFirst(checks.filter(({ advisory }) => !advisory));
  if (worst !== undefined && worst.verdict !== 'pass')
    log.log('info', `${where(state)}  ${worst.name}: ${worst.reason}`);
}

/** The share of the step that the rollout is in, as it is achieved. */
function where({ journal, settings }: RolloutState): string {
  const step = settings.plan.steps[journal.step];
  return step === undefined ? '' : `${formatNumber(step.achieved, 3)} %: `;
}

function figuresText({ windows, latency }: Series): string {
  const requests = requestsOf(windows);
  if (requests === undefined || requests === 0) return 'no requests';
  const errors = shareOf(windows, 'serverErrors');
  const last = windows.findLast((window) => window.latency !== undefined)?.latency;
  const p95 = latency?.p95 ?? last?.p95;
  return [
    `${formatNumber(requests)} requests`,
    ...(errors === undefined
      ? []
      : [`${formatNumber((100 * errors.count) / Math.max(1, errors.requests), 2)} % errors`]),
    ...(p95 === undefined ? [] : [`p95 ${formatNumber(p95, 3)} ms`]),
  ].join(', ');
}
