import { verdicts } from '../check.ts';
import { formatNumber } from '../figures.ts';
import { findMetric, type MetricSet, metricKey } from '../metrics/metric-set.ts';
import { isUndefined } from '../metrics/paired.ts';
import { type Champion, judgeFiles, slicesOf } from './judge-files.ts';
import { type Certainty, judgeRows, type Trial } from './judge-rows.ts';
import { judgeFigures, outcome } from './outcome.ts';
import type { Outcome, PartCheck, SmallPart } from './rule-check.ts';
import { type Rule, subjectText } from './rules.ts';
import type { Part, TestSet } from './test-set.ts';

/** What one rule is judged by. */
export interface Evidence {
  readonly candidate: MetricSet;
  readonly champion: Champion;
  /** Present when the rule's metric can be reckoned from its rows. */
  readonly testSet: TestSet | undefined;
  readonly certainty: Certainty;
}

/** One rule's trials, and how their outcomes are put together once they are corrected. */
export interface RuleTrials {
  readonly trials: readonly Trial[];
  settle(outcomes: readonly Outcome[]): SettledRule;
}

export interface SettledRule extends Outcome {
  readonly parts?: readonly PartCheck[];
  readonly tooSmall?: readonly SmallPart[];
}

/** Every group must meet the bound: one trial a group. */
export function worstOfGroups(rule: Rule, evidence: Evidence): RuleTrials {
  const groups = groupsOf(rule, evidence);
  if (isUndefined(groups))
    return settled(outcome('error', `${subjectText(rule)} cannot be judged: ${groups.undefined}`));
  const { judged, tooSmall } = groups;
  if (judged.length === 0) return settled(nothingLarge(rule, evidence, tooSmall), { tooSmall });
  return {
    trials: judged.map(({ name, part }) => trialOf(rule, name, part, evidence)),
    settle: (outcomes) => {
      const parts = judged.map(({ name, part }, index): PartCheck => {
        return { name, ...(part === undefined ? {} : { rows: part.rows.length }), ...(outcomes[index] as Outcome) };
      });
      const worst = parts.reduce((a, b) => (isWorse(rule, b, a) ? b : a));
      const { name: _, rows: __, ...figures } = worst;
      const among = judged.length === 1 ? 'the only group' : `the worst of ${judged.length} groups`;
      return { ...figures, reason: `${among}: ${worst.reason}${smallText(tooSmall)}`, parts, tooSmall };
    },
  };
}

/** The largest difference, or the smallest ratio, between the figures of groups. */
export function betweenGroups(rule: Rule, evidence: Evidence): RuleTrials {
  const name = subjectText(rule);
  const groups = groupsOf(rule, evidence);
  if (isUndefined(groups)) return settled(outcome('error', `${name} cannot be judged: ${groups.undefined}`));
  const { judged, tooSmall } = groups;
  if (judged.length < 2) return settled(nothingLarge(rule, evidence, tooSmall), { tooSmall });
  const own = figuresBy(rule, 'candidate', judged, evidence);
  if ('reason' in own) return settled(own, { tooSmall });
  const parts = own.map((figure, index): PartCheck => ({ ...figure, ...partOutcome(figure, judged[index] as Group) }));
  const value = spread(rule, own);
  if (Number.isNaN(value))
    return settled(outcome('error', `${name} is no ratio: every group shows 0`), { parts, tooSmall });
  const [low, high] = extremes(own);
  const which = ` (${low.name} ${formatNumber(low.value)}, ${high.name} ${formatNumber(high.value)})${smallText(tooSmall)}`;
  const judgedFigure = againstBound(rule, name, value, judged, evidence);
  return settled({ ...judgedFigure, reason: judgedFigure.reason + which }, { parts, tooSmall });
}

function settled(fixed: Outcome, more: Partial<SettledRule> = {}): RuleTrials {
  return { trials: [{ outcome: fixed }], settle: ([first]) => ({ ...(first as Outcome), ...more }) };
}

function againstBound(rule: Rule, name: string, value: number, judged: readonly Group[], evidence: Evidence): Outcome {
  if (rule.bound.kind === 'absolute') return judgeFigures(rule, name, value);
  const { champion, testSet } = evidence;
  if (champion.kind === 'missing' && !testSet?.paired) {
    return outcome('error', `${name} cannot be compared: ${champion.reason}`, { value });
  }
  const others = figuresBy(rule, 'champion', judged, evidence);
  if ('reason' in others) return { ...others, verdict: 'error', shortfall: 0, value };
  return { ...judgeFigures(rule, name, value, spread(rule, others)), significance: 'not available' };
}

/** One group, on rows or as a slice of a metrics file. */
interface Group {
  readonly name: string;
  readonly part: Part | undefined;
}

function groupsOf(
  rule: Rule,
  { candidate, champion, testSet, certainty }: Evidence,
): { readonly judged: readonly Group[]; readonly tooSmall: readonly SmallPart[] } | { readonly undefined: string } {
  const columns = rule.groups?.columns ?? [];
  if (testSet !== undefined) {
    const parts = testSet.groups(columns);
    if (isUndefined(parts)) return parts;
    const isLarge = (part: Part): boolean => part.rows.length >= certainty.minSlice;
    return {
      judged: parts.filter(isLarge).map((part) => ({ name: part.name, part })),
      tooSmall: parts.filter((part) => !isLarge(part)).map(({ name, rows }) => ({ name, rows: rows.length })),
    };
  }
  const compared = rule.bound.kind === 'champion' && champion.kind === 'found';
  const names = new Set([
    ...slicesOf(candidate, rule.metric, columns),
    ...(compared ? slicesOf(champion.metrics, rule.metric, columns) : []),
  ]);
  if (names.size === 0) {
    return { undefined: `${candidate.source} has no slices of ${rule.metric} by ${columns.join(', ')}` };
  }
  return { judged: [...names].sort().map((name) => ({ name, part: undefined })), tooSmall: [] };
}

function trialOf(rule: Rule, slice: string, part: Part | undefined, evidence: Evidence): Trial {
  const { candidate, champion, testSet, certainty } = evidence;
  if (testSet === undefined || part === undefined) return { outcome: judgeFiles(rule, slice, candidate, champion) };
  return judgeRows(rule, part, testSet, champion, certainty);
}

function nothingLarge(rule: Rule, { testSet, certainty }: Evidence, tooSmall: readonly SmallPart[]): Outcome {
  const wanted = rule.groups?.kind === 'worst' ? 'no group' : 'no two groups';
  const least = testSet === undefined ? '' : ` of at least \`min-slice\` ${certainty.minSlice} rows`;
  return outcome('inconclusive', `${subjectText(rule)} has ${wanted}${least}${smallText(tooSmall)}`);
}

interface GroupFigure {
  readonly name: string;
  readonly value: number;
}

/** Each group's figure of one model; or the outcome when one has none. */
function figuresBy(
  rule: Rule,
  model: 'candidate' | 'champion',
  groups: readonly Group[],
  { candidate, champion, testSet }: Evidence,
): readonly GroupFigure[] | Outcome {
  const figures: GroupFigure[] = [];
  for (const { name, part } of groups) {
    const key = metricKey(rule.metric, name);
    const onRows = testSet !== undefined && (model === 'candidate' || testSet.paired);
    const set = model === 'candidate' ? candidate : champion.kind === 'found' ? champion.metrics : undefined;
    const value = onRows
      ? testSet.value(rule.metric, model, part)
      : ((set && findMetric(set, rule.metric, name)?.value) ?? { undefined: 'its metrics do not have it' });
    if (isUndefined(value)) return outcome('error', `${key} of the ${model} is undefined: ${value.undefined}`);
    if (!Number.isFinite(value)) return outcome('fail', `${key} of the ${model} is ${formatNumber(value)}`);
    figures.push({ name, value });
  }
  return figures;
}

function partOutcome({ value }: GroupFigure, { part }: Group): Outcome & { readonly rows?: number } {
  return {
    verdict: 'pass',
    reason: `shows ${formatNumber(value)}`,
    value,
    shortfall: 0,
    ...(part && { rows: part.rows.length }),
  };
}

function extremes(figures: readonly GroupFigure[]): readonly [GroupFigure, GroupFigure] {
  const low = figures.reduce((a, b) => (b.value < a.value ? b : a));
  const high = figures.reduce((a, b) => (b.value > a.value ? b : a));
  return [low, high];
}

/** NaN for a ratio of zeros. */
function spread(rule: Rule, figures: readonly GroupFigure[]): number {
  const [low, high] = extremes(figures);
  return rule.groups?.kind === 'ratio' ? low.value / high.value : high.value - low.value;
}

/** Whether `a` is the worse answer to the rule: by its verdict, then by how far it is on the wrong side, then by its figure. */
function isWorse(rule: Rule, a: PartCheck, b: PartCheck): boolean {
  const order = verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict);
  if (order !== 0) return order > 0;
  if (a.shortfall !== b.shortfall) return a.shortfall > b.shortfall;
  return slack(rule, a) < slack(rule, b);
}

/** How far the figure lies on the good side of where pass ends. */
function slack(rule: Rule, { value = Number.NaN, threshold = Number.NaN }: PartCheck): number {
  return rule.operator.startsWith('>') ? value - threshold : threshold - value;
}

function smallText(tooSmall: readonly SmallPart[]): string {
  if (tooSmall.length === 0) return '';
  const shown = tooSmall.slice(0, 3).map(({ name, rows }) => `${name} with ${rows}`);
  const more = tooSmall.length > shown.length ? ` and ${tooSmall.length - shown.length} more` : '';
  return `; too small to judge: ${shown.join(', ')}${more}`;
}
