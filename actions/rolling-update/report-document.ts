import type { Json, Look, RolloutJournal, RolloutStep, Series } from '@mlops-actions/core';
import type { Driven, Moment } from '@mlops-actions/rollout';
import { checkDocument, windowDocument } from '../measured-document.ts';
import type { RolloutResult } from './rollout-result.ts';
import { windowsOf } from './windows.ts';

/** The report for machines; `report.schema.json` describes it. Numbers are unrounded, times in milliseconds since 1970. */
export function rolloutDocument(result: RolloutResult): { readonly [key: string]: Json } {
  const { settings, driven, found } = result;
  const looks = driven?.looks ?? [];
  return {
    format: 1,
    action: 'rolling-update',
    mode: result.mode,
    outcome: result.outcome,
    headline: result.headline,
    endpoint: result.endpoint,
    provider: result.provider,
    rollout: settings.rollout,
    owner: settings.owner,
    'run-url': result.runUrl ?? null,
    stable: settings.stable === '' ? null : settings.stable,
    candidate: settings.candidate === '' ? null : settings.candidate,
    models: { ...result.models },
    begun: result.begunAt,
    ended: result.endedAt,
    'final-traffic': result.finalShares === undefined ? null : { ...result.finalShares },
    plan: {
      strategy: settings.plan.strategy,
      batch: settings.plan.batch ?? null,
      engine: settings.engine,
      steps: settings.plan.steps.map((step, index) => stepDocument(step, index, looks)),
    },
    rules: { ...settings.rules, advisory: [...settings.rules.advisory] } as unknown as Json,
    limits: { 'failure-limits': { ...settings.limits.failureLimits }, 'error-limit': settings.limits.errorLimit },
    choices: { ...settings.choices },
    times: { ...settings.times },
    found: found === undefined ? null : journalDocument(found),
    timeline: (driven?.moments ?? []).map(momentDocument),
    looks: looks.map(lookDocument),
    measurements: measurementsDocument(driven),
    warnings: [...result.warnings],
  };
}

function stepDocument(
  { share, achieved, mirror, settleSeconds, bakeSeconds }: RolloutStep,
  index: number,
  looks: readonly Look[],
): Json {
  const own = looks.filter(({ step }) => step === index);
  return {
    share,
    achieved,
    mirror: mirror ?? null,
    'settle-seconds': settleSeconds,
    'bake-seconds': bakeSeconds,
    looks: own.length,
    verdict: own.at(-1)?.verdict ?? null,
  };
}

function journalDocument({ shares, ...journal }: RolloutJournal): Json {
  return { ...journal, shares: [...shares] };
}

function momentDocument({ at, kind, phase, step, text, milliseconds, shares, failure }: Moment): Json {
  return {
    at,
    kind,
    phase,
    step,
    text,
    milliseconds: milliseconds ?? null,
    shares: shares === undefined ? null : { ...shares },
    failure: failure ?? null,
  };
}

/** The windows themselves stand once, in `measurements`. */
function lookDocument({ at, step, verdict, checks, measured }: Look): Json {
  return {
    at,
    step,
    verdict,
    checks: checks.map(checkDocument),
    latency: { candidate: latencyDocument(measured?.candidate), stable: latencyDocument(measured?.stable) },
  };
}

function latencyDocument(series: Series | undefined): Json {
  return series?.latency === undefined ? null : { ...series.latency };
}

function measurementsDocument(driven: Driven | undefined): Json {
  const { candidate, stable } = windowsOf(driven?.looks ?? []);
  return { candidate: candidate.map(windowDocument), stable: stable.map(windowDocument) };
}
