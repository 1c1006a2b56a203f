import {
  formatDuration,
  formatNumber,
  type Look,
  type RolloutOutcome,
  type Verdict,
  worstFirst,
} from '@mlops-actions/core';
import {
  badge,
  bullets,
  dataTable,
  type Fact,
  formatMoment,
  formatPValue,
  htmlPage,
  note,
  paragraph,
  prose,
  type Section,
  type Tone,
} from '@mlops-actions/report';
import type { Moment } from '@mlops-actions/rollout';
import { nextSteps } from './next-steps.ts';
import { measurementsSection, pictureSection } from './report-pictures.ts';
import type { RolloutResult } from './rollout-result.ts';
import { figuresOf } from './windows.ts';

const tones: Readonly<Record<RolloutOutcome, Tone>> = {
  promoted: 'good',
  'no-op': 'good',
  observed: 'unknown',
  'rolled-back': 'bad',
  'rollback-failed': 'bad',
  paused: 'unknown',
  superseded: 'warn',
  refused: 'warn',
};

const verdictTones: Readonly<Record<Verdict, Tone>> = {
  pass: 'good',
  inconclusive: 'unknown',
  error: 'warn',
  fail: 'bad',
};

/** The report as one HTML file. */
export function rolloutPage(result: RolloutResult): string {
  const { outcome, headline, endpoint, driven, settings, warnings, endedAt } = result;
  const next = nextSteps(result);
  const looks = driven?.looks ?? [];
  const observed = looks.at(-1)?.verdict;
  return htmlPage({
    title: `Rollout · ${endpoint}`,
    verdict: {
      tone: outcome === 'observed' && observed !== undefined ? verdictTones[observed] : tones[outcome],
      word: outcome,
    },
    headline,
    facts: factsOf(result),
    sections: [
      ...(next === undefined ? [] : [{ title: 'What to do now', body: paragraph(prose(next)) }]),
      ...pictureSection(result),
      ...(driven === undefined ? [] : [stepsSection(result)]),
      ...looksSection(looks, result),
      ...(driven === undefined ? [] : [timelineSection(driven.moments, result)]),
      ...measurementsSection(result),
      ...(warnings.length === 0 ? [] : [{ title: 'Remarks', body: warnings.map((each) => note('warn', prose(each))) }]),
      rulesSection(result),
    ],
    footer: `mlops-actions rolling-update · ${settings.rollout} · ${formatMoment(endedAt)} · all figures unrounded in report.json`,
  });
}

function factsOf({ settings, models, finalShares, begunAt, endedAt, provider, mode }: RolloutResult): Fact[] {
  const { stable, candidate, plan } = settings;
  const named = (name: string): string => (models[name] === undefined ? name : `${name} (${models[name]})`);
  const serving = Object.entries(finalShares ?? {}).filter(([, share]) => share > 0);
  return [
    ...(candidate === '' ? [] : [{ label: 'Candidate', value: named(candidate) }]),
    ...(stable === '' ? [] : [{ label: 'Stable', value: named(stable) }]),
    { label: 'Strategy', value: plan.strategy },
    ...(mode === 'run' ? [] : [{ label: 'Mode', value: mode }]),
    { label: 'Provider', value: provider },
    { label: 'Took', value: formatDuration((endedAt - begunAt) / 1000) },
    ...(serving.length === 0
      ? []
      : [{ label: 'Traffic now', value: serving.map(([name, share]) => `${name} ${percent(share)}`).join(', ') }]),
  ];
}

function stepsSection({ settings, driven }: RolloutResult): Section {
  const looks = driven?.looks ?? [];
  return {
    title: 'Plan and what came of it',
    lead: 'The share that was asked for next to the one that was achieved, and what was seen there.',
    body: dataTable({
      caption: 'Steps',
      columns: [
        { label: 'Asked' },
        { label: 'Achieved', kind: 'number' },
        { label: 'Baked' },
        { label: 'Candidate: requests', kind: 'number' },
        { label: 'errors', kind: 'number' },
        { label: 'Stable: requests', kind: 'number' },
        { label: 'errors', kind: 'number' },
        { label: 'Verdict' },
      ],
      rows: settings.plan.steps,
      row: ({ share, achieved, mirror, settleSeconds, bakeSeconds }, index) => {
        const own = looks.filter(({ step }) => step === index);
        const last = own.at(-1);
        const measured = own.findLast((look) => look.measured !== undefined)?.measured;
        const [candidate, stable] = [figuresOf(measured?.candidate.windows), figuresOf(measured?.stable?.windows)];
        return {
          ...(last === undefined ? {} : { tone: verdictTones[last.verdict] }),
          cells: [
            mirror === undefined ? percent(share) : `copies of ${percent(mirror)}`,
            percent(achieved),
            formatDuration(settleSeconds + bakeSeconds),
            candidate.requests,
            candidate.serverErrors,
            stable.requests,
            stable.serverErrors,
            last === undefined ? 'not reached' : badge({ tone: verdictTones[last.verdict], word: last.verdict }),
          ],
        };
      },
    }),
  };
}

/** Each judgement with its checks; the last one, which decided, is open. */
function looksSection(looks: readonly Look[], { begunAt, settings }: RolloutResult): Section[] {
  if (looks.length === 0) return [];
  return [
    {
      title: 'Judgements',
      lead: 'The newest first. A row opens to its checks.',
      body: dataTable({
        caption: 'Judgements',
        columns: [{ label: 'After' }, { label: 'Step' }, { label: 'Verdict' }, { label: 'Why', wide: true }],
        rows: [...looks].reverse(),
        row: (look, index) => {
          const [worst] = worstFirst(look.checks.filter(({ advisory }) => !advisory));
          return {
            tone: verdictTones[look.verdict],
            open: index === 0,
            cells: [
              after(look.at, begunAt),
              percent(settings.plan.steps[look.step]?.achieved ?? 0),
              badge({ tone: verdictTones[look.verdict], word: look.verdict }),
              paragraph(prose(worst === undefined || worst.verdict === 'pass' ? 'all checks pass' : worst.reason)),
            ],
            details: () => checksTable(look),
          };
        },
      }),
    },
  ];
}

function checksTable({ checks }: Look) {
  return dataTable({
    caption: 'Checks',
    columns: [{ label: 'Check' }, { label: 'Verdict' }, { label: 'p', kind: 'number' }, { label: 'Why', wide: true }],
    rows: worstFirst(checks),
    row: ({ name, verdict, advisory, p, reason }) => ({
      tone: advisory ? 'unknown' : verdictTones[verdict],
      cells: [
        name,
        badge({
          tone: advisory ? 'unknown' : verdictTones[verdict],
          word: `${verdict}${advisory ? ' (advisory)' : ''}`,
        }),
        p === undefined ? '' : formatPValue(p),
        paragraph(prose(reason)),
      ],
    }),
  });
}

function timelineSection(moments: readonly Moment[], { begunAt }: RolloutResult): Section {
  return {
    title: 'Timeline',
    lead: 'Every call and what came of it.',
    body: dataTable({
      caption: 'Timeline',
      columns: [{ label: 'After' }, { label: 'Phase' }, { label: 'What', wide: true }, { label: 'Took' }],
      rows: moments,
      row: ({ at, phase, text, milliseconds, failure }) => ({
        ...(failure === undefined ? {} : { tone: 'warn' as const }),
        cells: [
          after(at, begunAt),
          phase,
          paragraph(prose(failure === undefined ? text : `${text} – failed: ${failure}`)),
          milliseconds === undefined ? '' : formatDuration(milliseconds / 1000),
        ],
      }),
    }),
  };
}

function rulesSection({ settings }: RolloutResult): Section {
  const { rules, choices, limits, times } = settings;
  return {
    title: 'How it was decided',
    body: bullets([
      `A step takes ${formatNumber(rules.minRequests)} requests of the candidate, and is looked at every ${formatDuration(times.intervalSeconds)}.`,
      `Server errors may exceed those of stable by less than ${percent(100 * rules.errorMargin)} of the requests, and must not be above ${percent(100 * rules.maxErrorRate)} for certain; evidence counts below p = ${formatNumber(rules.significance)}.`,
      `Latency may be ${formatNumber(rules.latencyRatio)} times that of stable${rules.maxLatencyMs === undefined ? '' : `, and ${formatNumber(rules.maxLatencyMs)} ms at the most`}.`,
      `A check may err ${limits.errorLimit} times in a row; then: ${choices.onError}. Without enough evidence for ${formatDuration(times.maxHoldSeconds)} longer: ${choices.onInconclusive}. Without traffic: ${choices.onNoTraffic}. When cancelled: ${choices.onCancel}.`,
    ]),
  };
}

function after(at: number, begunAt: number): { readonly show: string; readonly sort: number } {
  return { show: formatDuration(Math.max(0, at - begunAt) / 1000), sort: at };
}

function percent(share: number): string {
  return `${formatNumber(share, 3)}\u00a0%`;
}
