import {
  type ColumnExamination,
  type Decision,
  type DriftReport,
  type DriftRules,
  formatNumber,
  type QualityFinding,
} from '@mlops-actions/core';
import type { Decided } from './decide-columns.ts';
import type { OverTime } from './over-time.ts';
import type { LeftOut } from './plan.ts';
import type { RowFindings } from './rows/row-signals.ts';
import type { SideName } from './side.ts';
import { type CheckVerdict, type SignalName, type SignalResult, worstVerdict } from './signals.ts';

export type CheckedColumn = ColumnExamination & Decision & { readonly signal: 'data' | 'prediction' };

/** What one side is. */
export interface SideFacts {
  /** As messages name it. */
  readonly source: string;
  readonly kind: 'table' | 'profile';
  readonly rows: number;
}

/** What the step came to, before anyone writes it down. */
export interface Check {
  readonly verdict: CheckVerdict;
  /** One sentence. */
  readonly headline: string;
  readonly sides: Readonly<Record<SideName, SideFacts>>;
  readonly rules: DriftRules;
  readonly mode: string;
  readonly signals: readonly SignalResult[];
  /** The drifted first, then by score over threshold. */
  readonly columns: readonly CheckedColumn[];
  readonly drifted: readonly string[];
  readonly driftedShare: DriftReport['driftedShare'];
  readonly findings: readonly QualityFinding[];
  readonly leftOut: readonly LeftOut[];
  readonly readAgain: readonly string[];
  /** What signals about the model found. */
  readonly rows: RowFindings;
  /** Where rows have moments. */
  readonly overTime?: OverTime;
  readonly warnings: readonly string[];
}

interface Given {
  readonly sides: Check['sides'];
  readonly rules: DriftRules;
  readonly mode: string;
  readonly asked: readonly SignalName[];
  readonly decided: Decided;
  readonly rows: RowFindings;
  readonly warnings: readonly string[];
}

/** Puts together what the signals say. */
export function checkOf({ sides, rules, mode, asked, decided, rows, warnings }: Given): Check {
  const { data, prediction, findings, leftOut, readAgain } = decided;
  const signals = [
    ...(asked.includes('data') ? [columnsResult('data', data, rules, sides)] : []),
    ...(asked.includes('prediction') ? [columnsResult('prediction', prediction, rules, sides)] : []),
    ...(asked.includes('quality') ? [qualityResult(findings)] : []),
    ...rows.results,
  ];
  const columns = [
    ...(asked.includes('data') || asked.includes('quality') ? tagged(data, 'data') : []),
    ...(asked.includes('prediction') ? tagged(prediction, 'prediction') : []),
  ];
  const drifted = signals.flatMap(({ signal }) =>
    signal === 'data' ? data.drifted : signal === 'prediction' ? prediction.drifted : [],
  );
  const verdict = worstVerdict(signals);
  return {
    verdict,
    headline: headlineOf(verdict, signals, { data, prediction }, rules),
    sides,
    rules,
    mode,
    signals,
    columns: columns.sort(worstFirst),
    drifted,
    driftedShare: (asked.includes('data') ? data : prediction).driftedShare,
    findings: asked.includes('quality') ? findings : [],
    leftOut,
    readAgain,
    rows,
    warnings: [...warnings, ...rows.warnings],
  };
}

/** Why a column is not compared, in one sentence. */
export function leftOutText({ column, reason }: LeftOut): string {
  return `Column ${column} was left out: ${reason}.`;
}

function tagged({ columns }: DriftReport, signal: CheckedColumn['signal']): CheckedColumn[] {
  return columns.map((column) => ({ ...column, signal }));
}

const ranks: Readonly<Record<Decision['verdict'], number>> = {
  drift: 0,
  undecided: 1,
  'no-drift': 2,
  'insufficient-data': 3,
};

function worstFirst(a: CheckedColumn, b: CheckedColumn): number {
  return ranks[a.verdict] - ranks[b.verdict] || excess(b) - excess(a);
}

/** Score over threshold. */
export function excess({ score }: Pick<ColumnExamination, 'score'>): number {
  return score === undefined ? 0 : score.value.lo / score.threshold;
}

function columnsResult(
  signal: 'data' | 'prediction',
  report: DriftReport,
  rules: DriftRules,
  sides: Check['sides'],
): SignalResult {
  const blind = [...rules.columns].filter(
    ([name, { critical }]) => signal === 'data' && critical === true && report.extra.includes(name),
  );
  const verdict = blind.length > 0 && report.verdict !== 'drift' ? 'insufficient-data' : report.verdict;
  return {
    signal,
    verdict: verdict === 'undecided' ? 'error' : verdict,
    reason: columnsReason(signal, verdict, report, rules, sides),
  };
}

function columnsReason(
  signal: 'data' | 'prediction',
  verdict: DriftReport['verdict'],
  report: DriftReport,
  rules: DriftRules,
  sides: Check['sides'],
): string {
  const { columns, drifted, undecided, driftedShare } = report;
  const count = countText(signal, report);
  switch (verdict) {
    case 'drift': {
      const critical = drifted.filter((name) => rules.columns.get(name)?.critical === true);
      const because =
        critical.length > 0
          ? areCritical(critical)
          : `a share of ${formatNumber(driftedShare.lo, 3)} by weight, and ${formatNumber(rules.driftShare)} is a drift`;
      return `${count} drifted (${worstText(columns)}); ${because}.`;
    }
    case 'warn':
      return `${count} drifted (${worstText(columns)}), a share of ${formatNumber(driftedShare.hi, 3)} by weight; ${formatNumber(rules.driftShare)} would be a drift.`;
    case 'ok': {
      const judged = judgedOf(report);
      return judged === 1 ? `The one judged column did not drift.` : `None of ${judged} ${kinds[signal]} drifted.`;
    }
    case 'insufficient-data':
      return insufficientReason(report, rules);
    case 'undecided':
      return `${listed(undecided)} could not be decided: the threshold lies within the bounds of the histograms. ${undecidedAdvice(sides)}`;
  }
}

const kinds = { data: 'columns', prediction: 'prediction columns' } as const;

function judgedOf({ columns }: DriftReport): number {
  return columns.filter(({ verdict }) => verdict !== 'insufficient-data').length;
}

function countText(signal: 'data' | 'prediction', report: DriftReport): string {
  return `${report.drifted.length} of ${judgedOf(report)} ${kinds[signal]}`;
}

function areCritical(names: readonly string[]): string {
  return `${listed(names)} ${names.length === 1 ? 'is' : 'are'} critical`;
}

function undecidedAdvice(sides: Check['sides']): string {
  const profiles = Object.values(sides).filter(({ kind }) => kind === 'profile');
  if (profiles.length === 0) return 'Set `mode` to auto or exact, so that all values are compared.';
  return `Give the data instead of the profile ${profiles.map(({ source }) => source).join(' and ')}, so that all values are compared.`;
}

function insufficientReason({ columns, missing, extra }: DriftReport, rules: DriftRules): string {
  const isCritical = (name: string): boolean => rules.columns.get(name)?.critical === true;
  const lost = missing.filter(isCritical);
  if (lost.length > 0)
    return `The current data lack ${listed(lost)}, which ${lost.length === 1 ? 'is' : 'are'} critical.`;
  const unknown = extra.filter(isCritical);
  if (unknown.length > 0) {
    return `The reference lacks ${listed(unknown)}, which ${unknown.length === 1 ? 'is' : 'are'} critical.`;
  }
  const poor = columns.filter(({ verdict }) => verdict === 'insufficient-data');
  const [first] = [...poor.filter(({ name }) => isCritical(name)), ...poor];
  if (first === undefined) return 'No column could be judged.';
  const others = poor.length === 1 ? '' : ` (and ${poor.length - 1} more)`;
  return `Too little data to judge ${first.name}${others}: ${first.reason}.`;
}

/** The worst columns with their figures. */
function worstText(columns: DriftReport['columns']): string {
  const drifted = driftedByExcess(columns);
  const shown = drifted.slice(0, 3).map(({ name, score }) => {
    if (score === undefined) return name;
    return `${name}: ${score.method} ${formatNumber(score.value.lo, 3)}, threshold ${formatNumber(score.threshold)}`;
  });
  return `${shown.join('; ')}${drifted.length > 3 ? '; …' : ''}`;
}

function driftedByExcess(columns: DriftReport['columns']): DriftReport['columns'][number][] {
  return columns.filter(({ verdict }) => verdict === 'drift').sort((a, b) => excess(b) - excess(a));
}

function qualityResult(findings: readonly QualityFinding[]): SignalResult {
  if (findings.length === 0)
    return { signal: 'quality', verdict: 'ok', reason: 'No finding about the quality of the data.' };
  const columns = new Set(findings.map(({ column }) => column));
  const what = findings.length === 1 ? '1 finding' : `${findings.length} findings`;
  return {
    signal: 'quality',
    verdict: 'warn',
    reason: `${what} about the quality of ${columns.size === 1 ? 'column' : 'columns'} ${listed([...columns])}.`,
  };
}

const openings: Readonly<Record<CheckVerdict, string>> = {
  ok: 'No drift',
  warn: 'No drift of the data as a whole, but a warning',
  drift: 'Drift',
  'insufficient-data': 'Not enough data to tell',
  error: 'It could not be told whether there is drift',
};

/** Of drifted columns the names alone: their figures are the reason of their signal. */
function headlineOf(
  verdict: CheckVerdict,
  signals: readonly SignalResult[],
  reports: Readonly<Record<'data' | 'prediction', DriftReport>>,
  rules: DriftRules,
): string {
  const same = signals.filter((each) => each.verdict === verdict);
  const sentences = same.map(({ signal, reason }) =>
    (signal === 'data' || signal === 'prediction') && (verdict === 'drift' || verdict === 'warn')
      ? driftedText(signal, verdict, reports[signal], rules)
      : reason,
  );
  return `${openings[verdict]}: ${sentences.join(' ')}`;
}

/** `13 of 31 columns, mean_radius, mean_area and worst_area first.` */
function driftedText(
  signal: 'data' | 'prediction',
  verdict: 'drift' | 'warn',
  report: DriftReport,
  rules: DriftRules,
): string {
  const critical = report.drifted.filter((name) => rules.columns.get(name)?.critical === true);
  const because = critical.length === 0 ? '' : `; ${areCritical(critical)}`;
  const names = driftedByExcess(report.columns).map(({ name }) => name);
  const first = `${conjoined(names.slice(0, 3))}${names.length > 3 ? ' first' : ''}`;
  return `${countText(signal, report)}${verdict === 'warn' ? ' drifted' : ''}, ${first}${because}.`;
}

function conjoined(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Names for a sentence: the first five. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
