import { canonicalJson, sha256 } from '../names.ts';
import { gridOf, type Parameter, type ParameterValue, sizeOf, valueAt } from './space.ts';
import type { Objective, Resource, Tuning } from './tuning.ts';

export type Parameters = Readonly<Record<string, ParameterValue>>;

/** One run of the script with certain hyperparameters. */
export interface Trial {
  /** Counts from 1 over all rounds. */
  readonly number: number;
  /** Counts from 1; only halving has more than one. */
  readonly round: number;
  readonly parameters: Parameters;
}

/** A trial that ended. `objective` is undefined when it failed or did not report the metric. */
export interface FinishedTrial {
  readonly trial: Trial;
  readonly objective: number | undefined;
}

/**
 * The trials to run next, given all that have ended; none when the search is over. Call it first with none, then after each round with
 * the results of all rounds, in any order. The same tuning and results always give the same trials.
 */
export function nextRound(tuning: Tuning, finished: readonly FinishedTrial[]): readonly Trial[] {
  switch (tuning.strategy.kind) {
    case 'grid':
      return finished.length > 0 ? [] : numbered(gridPoints(tuning.parameters), 1, 1);
    case 'random':
      return finished.length > 0 ? [] : numbered(randomPoints(tuning, tuning.maxTrials), 1, 1);
    case 'halving':
      return nextRung(tuning, tuning.strategy.resource, finished);
  }
}

/**
 * The best trial of those that reached the last round with a result; undefined when none has one. Of equals the first by number wins. A
 * trial of an earlier round had less to spend, and is not compared.
 */
export function bestTrial(objective: Objective, finished: readonly FinishedTrial[]): FinishedTrial | undefined {
  return rankedTrials(objective, finished)[0];
}

/** The trials that have a result, the best first: those of a later round before those of an earlier one. */
export function rankedTrials(objective: Objective, finished: readonly FinishedTrial[]): FinishedTrial[] {
  const sign = objective.direction === 'maximize' ? -1 : 1;
  return finished
    .filter(isValid)
    .sort(
      (a, b) =>
        b.trial.round - a.trial.round ||
        (a.objective === b.objective ? 0 : sign * (a.objective - b.objective)) ||
        a.trial.number - b.trial.number,
    );
}

function isValid(result: FinishedTrial): result is FinishedTrial & { readonly objective: number } {
  return result.objective !== undefined && Number.isFinite(result.objective);
}

function numbered(points: readonly Parameters[], round: number, first: number): Trial[] {
  return points.map((parameters, index) => ({ number: first + index, round, parameters }));
}

/** Every combination once; the last parameter changes fastest. */
function gridPoints(parameters: readonly Parameter[]): Parameters[] {
  return parameters.reduce<Parameters[]>(
    (points, parameter) =>
      points.flatMap((point) => (gridOf(parameter) ?? []).map((value) => ({ ...point, [parameter.name]: value }))),
    [{}],
  );
}

/** How often a draw may hit a point that is there already, before the space counts as used up. */
const patience = 1000;

/** `count` different points, fewer when the space has no more. */
function randomPoints({ parameters, seed }: Tuning, count: number): Parameters[] {
  const size = parameters.reduce((product, parameter) => product * (sizeOf(parameter) ?? Number.POSITIVE_INFINITY), 1);
  const points = new Map<string, Parameters>();
  for (let draw = 0, misses = 0; points.size < Math.min(count, size) && misses < patience; draw++) {
    const point = Object.fromEntries(
      parameters.map((parameter) => [parameter.name, valueAt(parameter, uniform(seed, draw, parameter.name))]),
    );
    const key = canonicalJson(point);
    misses = points.has(key) ? misses + 1 : 0;
    points.set(key, point);
  }
  return [...points.values()];
}

/** A number in [0, 1) that depends on its arguments alone: the first 52 bits of a SHA-256. */
function uniform(seed: number, draw: number, name: string): number {
  return Number.parseInt(sha256(canonicalJson([seed, draw, name])).slice(0, 13), 16) / 2 ** 52;
}

/** One round of successive halving: how many trials it has, and what each may spend. */
export interface Rung {
  readonly trials: number;
  readonly resource: number;
}

/**
 * The rounds of successive halving (Jamieson and Talwalkar 2016, "Non-stochastic best arm identification and hyperparameter optimization"):
 * each round keeps one in `factor` of the trials and gives them `factor` times as much, up to the maximum. As many trials begin as
 * `maxTrials` allows for all rounds together; when it is too small for every round, the first rounds are left out.
 */
export function halvingRungs(resource: Resource, maxTrials: number): readonly Rung[] {
  const { min, max, factor } = resource;
  const resources = [max];
  while ((resources[0] ?? 0) / factor >= min) resources.unshift((resources[0] ?? 0) / factor);
  const spent = resources.map((amount) => Math.max(min, Math.round(amount))).slice(-maxTrials);
  const planFor = (first: number): Rung[] =>
    spent.map((amount, index) => ({ trials: Math.max(1, Math.floor(first / factor ** index)), resource: amount }));
  const total = (rungs: readonly Rung[]): number => rungs.reduce((sum, rung) => sum + rung.trials, 0);
  let first = 1;
  while (total(planFor(first + 1)) <= maxTrials) first++;
  return planFor(first);
}

function nextRung(tuning: Tuning, resource: Resource, finished: readonly FinishedTrial[]): readonly Trial[] {
  const rungs = halvingRungs(resource, tuning.maxTrials);
  const round = 1 + Math.max(0, ...finished.map(({ trial }) => trial.round));
  const rung = rungs[round - 1];
  if (rung === undefined) return [];
  const points = round === 1 ? randomPoints(tuning, rung.trials) : promoted(tuning, finished, round - 1, rung.trials);
  const spending = points.map((point) => ({ ...point, [resource.parameter]: rung.resource }));
  return numbered(spending, round, finished.length + 1);
}

function promoted(
  { objective }: Tuning,
  finished: readonly FinishedTrial[],
  round: number,
  count: number,
): readonly Parameters[] {
  const ofRound = finished.filter(({ trial }) => trial.round === round);
  return rankedTrials(objective, ofRound)
    .slice(0, count)
    .map(({ trial }) => trial.parameters);
}
