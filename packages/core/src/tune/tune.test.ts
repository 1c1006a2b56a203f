import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../names.ts';
import { gridOf, type Parameter } from './space.ts';
import { bestTrial, type FinishedTrial, halvingRungs, nextRound, rankedTrials, type Trial } from './trials.ts';
import { type Objective, parseTuning, type Tuning } from './tuning.ts';

const directions = fc.constantFrom<Objective['direction']>('maximize', 'minimize');
const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 4 });
const results = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(undefined, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 1),
);

const discrete = fc
  .record({ min: fc.integer({ min: -50, max: 50 }), width: fc.integer({ min: 1, max: 5 }) })
  .map(({ min, width }) => ({ min, max: min + width, type: 'integer' }) satisfies Json);
const listed = fc
  .uniqueArray(fc.integer(), { minLength: 1, maxLength: 4 })
  .map((values) => ({ values }) satisfies Json);
const continuous = fc
  .record({
    min: fc.double({ min: 1e-6, max: 10, noNaN: true }),
    factor: fc.double({ min: 1.01, max: 1e4, noNaN: true }),
    scale: fc.constantFrom('linear', 'log'),
  })
  .map(({ min, factor, scale }) => ({ min, max: min * factor, scale }) satisfies Json);

function space(kinds: fc.Arbitrary<Json>): fc.Arbitrary<Record<string, Json>> {
  return names.chain((keys) =>
    fc
      .tuple(...keys.map(() => kinds))
      .map((bodies) => Object.fromEntries(keys.map((key, i) => [key, bodies[i] ?? null]))),
  );
}

function tuning(more: Record<string, Json>): Tuning {
  return parseTuning({ objective: { metric: 'auc', direction: 'maximize' }, ...more });
}

function finishedWith(values: readonly (number | undefined)[], round = 1): FinishedTrial[] {
  return values.map((objective, index) => ({ trial: { number: index + 1, round, parameters: {} }, objective }));
}

function shuffled<T>(items: readonly T[], keys: readonly number[]): T[] {
  return items
    .map((item, i) => ({ item, key: keys[i] ?? 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

describe('the best trial', () => {
  it('is a true best under the direction, and never one without a finite result', () => {
    fc.assert(
      fc.property(fc.array(results, { maxLength: 30 }), directions, (values, direction) => {
        const best = bestTrial({ metric: 'm', direction }, finishedWith(values));
        const finite = values.filter((value): value is number => value !== undefined && Number.isFinite(value));
        if (finite.length === 0) return best === undefined;
        return (
          best?.objective === finite.reduce((a, b) => (direction === 'maximize' ? Math.max(a, b) : Math.min(a, b)))
        );
      }),
    );
  });

  it('does not depend on the order in which trials end; of equals the first by number wins', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(0, 1, 2, Number.NaN), fc.integer()), { minLength: 1, maxLength: 20 }),
        directions,
        (pairs, direction) => {
          const finished = finishedWith(pairs.map(([value]) => value));
          const other = shuffled(
            finished,
            pairs.map(([, key]) => key),
          );
          const objective = { metric: 'm', direction };
          const best = bestTrial(objective, finished);
          expect(bestTrial(objective, other)).toEqual(best);
          expect(rankedTrials(objective, other)).toEqual(rankedTrials(objective, finished));
          const equals = finished.filter((trial) => trial.objective === best?.objective);
          expect(best?.trial.number).toBe(equals[0]?.trial.number);
        },
      ),
    );
  });

  it('is one of the last round that has a result: an earlier one had less to spend', () => {
    const objective = { metric: 'm', direction: 'maximize' } as const;
    const first = finishedWith([0.9, 0.8]);
    const last = finishedWith([0.7, Number.NaN], 2).map(({ trial, objective: value }) => ({
      trial: { ...trial, number: trial.number + 2 },
      objective: value,
    }));
    expect(bestTrial(objective, [...first, ...last])?.trial.number).toBe(3);
    expect(bestTrial(objective, [...first, ...last.slice(1)])?.trial.number).toBe(1);
  });
});

describe('grid', () => {
  it('covers the product of the values exactly once, in one round', () => {
    fc.assert(
      fc.property(space(fc.oneof(discrete, listed)), (parameters) => {
        const search = tuning({ strategy: 'grid', parameters });
        const trials = nextRound(search, []);
        const product = search.parameters.reduce((size, parameter) => size * (gridOf(parameter)?.length ?? 0), 1);
        expect(trials).toHaveLength(product);
        expect(new Set(trials.map((trial) => JSON.stringify(trial.parameters))).size).toBe(product);
        expect(trials.map(({ number }) => number)).toEqual(trials.map((_, index) => index + 1));
        for (const { parameters: point } of trials) {
          for (const parameter of search.parameters) expect(gridOf(parameter)).toContain(point[parameter.name]);
        }
        expect(
          nextRound(
            search,
            trials.map((trial) => ({ trial, objective: 1 })),
          ),
        ).toEqual([]);
      }),
    );
  });

  it('steps from min to max, both included, without the noise of binary fractions', () => {
    const search = tuning({ strategy: 'grid', parameters: { lr: { min: 0.1, max: 0.7, step: 0.1 } } });
    expect(nextRound(search, []).map(({ parameters }) => parameters.lr)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
  });
});

describe('random', () => {
  it('stays inside the bounds, is made by its seed alone and repeats no point', () => {
    fc.assert(
      fc.property(
        space(fc.oneof(discrete, listed, continuous)),
        fc.nat(),
        fc.integer({ min: 1, max: 30 }),
        (parameters, seed, count) => {
          const search = tuning({ strategy: 'random', parameters, seed, 'max-trials': count });
          const trials = nextRound(search, []);
          expect(trials.length).toBeLessThanOrEqual(count);
          expect(trials.length).toBeGreaterThan(0);
          expect(nextRound(search, [])).toEqual(trials);
          expect(new Set(trials.map((trial) => JSON.stringify(trial.parameters))).size).toBe(trials.length);
          for (const trial of trials) for (const parameter of search.parameters) expectInside(trial, parameter);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('visits a whole finite space when there are trials enough', () => {
    const parameters = { a: { values: [1, 2, 3] }, b: { min: 1, max: 4, type: 'integer' } };
    const trials = nextRound(tuning({ strategy: 'random', parameters, 'max-trials': 100 }), []);
    expect(trials).toHaveLength(12);
  });

  it('spreads a log range evenly over its powers of ten, a linear one over its length', () => {
    const parameters = { log: { min: 1e-4, max: 1, scale: 'log' }, linear: { min: 0, max: 4 } };
    const trials = nextRound(tuning({ strategy: 'random', parameters, seed: 7, 'max-trials': 2000 }), []);
    const share = (name: string, low: number, high: number): number =>
      trials.filter(({ parameters: point }) => Number(point[name]) >= low && Number(point[name]) < high).length / 2000;
    // A quarter each; four standard deviations of a binomial share are 0.039.
    for (const power of [-4, -3, -2, -1])
      expect(Math.abs(share('log', 10 ** power, 10 ** (power + 1)) - 0.25)).toBeLessThan(0.039);
    for (const low of [0, 1, 2, 3]) expect(Math.abs(share('linear', low, low + 1) - 0.25)).toBeLessThan(0.039);
  });

  it('gives another seed other points, and one more parameter the same values for the others', () => {
    const parameters = { lr: { min: 0, max: 1 } };
    const of = (seed: number, more: Record<string, Json> = {}) =>
      nextRound(tuning({ strategy: 'random', parameters: { ...parameters, ...more }, seed, 'max-trials': 5 }), []).map(
        (trial) => trial.parameters.lr,
      );
    expect(of(1)).not.toEqual(of(2));
    expect(of(1, { depth: { min: 0, max: 1 } })).toEqual(of(1));
  });
});

function expectInside(trial: Trial, parameter: Parameter): void {
  const value = trial.parameters[parameter.name];
  if (parameter.kind === 'values') {
    expect(parameter.values).toContain(value);
    return;
  }
  expect(value).toBeGreaterThanOrEqual(parameter.min);
  expect(value).toBeLessThanOrEqual(parameter.max);
  if (parameter.type === 'integer') expect(Number.isInteger(value)).toBe(true);
}

describe('successive halving', () => {
  const resources = fc
    .record({
      min: fc.integer({ min: 1, max: 20 }),
      times: fc.integer({ min: 2, max: 200 }),
      factor: fc.integer({ min: 2, max: 5 }),
    })
    .map(({ min, times, factor }) => ({ parameter: 'epochs', min, max: min * times, factor }));

  it('spends no more trials than allowed, ends at the maximum and gives fewer trials more each round', () => {
    fc.assert(
      fc.property(resources, fc.integer({ min: 1, max: 200 }), (resource, maxTrials) => {
        const rungs = halvingRungs(resource, maxTrials);
        expect(rungs.reduce((sum, rung) => sum + rung.trials, 0)).toBeLessThanOrEqual(maxTrials);
        expect(rungs.at(-1)?.resource).toBe(resource.max);
        for (const [index, rung] of rungs.entries()) {
          const next = rungs[index + 1];
          expect(rung.resource).toBeGreaterThanOrEqual(resource.min);
          if (next === undefined) continue;
          expect(next.resource).toBeGreaterThan(rung.resource);
          expect(next.trials).toBe(Math.max(1, Math.floor((rungs[0]?.trials ?? 0) / resource.factor ** (index + 1))));
        }
      }),
    );
  });

  it('has the textbook plan: 27, 9, 3, 1 trials with 1, 3, 9, 27 epochs', () => {
    const rungs = halvingRungs({ parameter: 'epochs', min: 1, max: 27, factor: 3 }, 40);
    expect(rungs).toEqual([
      { trials: 27, resource: 1 },
      { trials: 9, resource: 3 },
      { trials: 3, resource: 9 },
      { trials: 1, resource: 27 },
    ]);
  });

  it('promotes the best of each round with more to spend, whatever the order in which they ended', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(results, fc.integer()), { minLength: 13, maxLength: 13 }),
        directions,
        (ends, direction) => {
          const search = parseTuning({
            strategy: 'halving',
            objective: { metric: 'm', direction },
            parameters: { lr: { min: 0, max: 1 } },
            'max-trials': 13,
            resource: { parameter: 'epochs', min: 1, max: 9 },
          });
          const all: FinishedTrial[] = [];
          for (let round = nextRound(search, []); round.length > 0; round = nextRound(search, all)) {
            expect(
              nextRound(
                search,
                shuffled(
                  all,
                  ends.map(([, key]) => key),
                ),
              ),
            ).toEqual(round);
            const before = all.filter(({ trial }) => trial.round === (round[0]?.round ?? 0) - 1);
            const chosen = rankedTrials(search.objective, before).slice(0, round.length);
            if (before.length > 0) {
              expect(round.map(({ parameters }) => parameters.lr)).toEqual(
                chosen.map(({ trial }) => trial.parameters.lr),
              );
            }
            for (const trial of round) all.push({ trial, objective: ends[trial.number - 1]?.[0] });
          }
          expect(all.length).toBeLessThanOrEqual(13);
          expect(new Set(all.map(({ trial }) => trial.number)).size).toBe(all.length);
        },
      ),
    );
  });
});

describe('reading a tuning', () => {
  const faultsOf = (value: Json): string => {
    try {
      parseTuning(value);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('no fault was found');
  };

  it('reports every fault at once, each with its place and fix', () => {
    const faults = faultsOf({
      strategy: 'bayes',
      objective: { metric: 'auc' },
      parameters: {
        lr: { min: 1, max: 0 },
        wd: { min: 0, max: 1, scale: 'log' },
        depth: { min: 1.5, max: 3, type: 'integer' },
        kind: { values: [] },
        twice: { values: [1, 1] },
        odd: 3,
        text: { min: '1e-4', max: 1 },
        stray: { min: 0, max: 1, steps: 3 },
      },
      'max-trials': 0,
      parallel: 1000,
      seed: -1,
      budget: 3,
    });
    const lines = faults.split('\n');
    for (const part of [
      'no "budget"',
      'strategy` is "bayes"',
      'objective.direction` is missing',
      'parameters.lr` has min 1 and max 0',
      'parameters.wd.min` is 0',
      'parameters.depth` is of type integer',
      'parameters.kind.values',
      'parameters.twice.values` has a value twice',
      'parameters.odd` must be',
      'parameters.text.min` is "1e-4". It must be a number, without quotes.',
      'parameters.stray` has no "steps"',
      'max-trials` is 0',
      'parallel` is 1000',
      'seed` is -1',
    ]) {
      expect(lines.filter((line) => line.includes(part))).toHaveLength(1);
    }
    expect(lines).toHaveLength(14);
  });

  it('never guesses a direction', () => {
    expect(faultsOf({ strategy: 'grid', objective: { metric: 'auc' }, parameters: { a: { values: [1] } } })).toContain(
      'maximize or minimize',
    );
  });

  it('refuses a grid without end or past the budget, and a halving without a resource', () => {
    const objective = { metric: 'auc', direction: 'maximize' };
    const floats = { lr: { min: 0, max: 1 }, wd: { min: 1, max: 9, scale: 'log', type: 'integer' } };
    const endless = faultsOf({ strategy: 'grid', objective, parameters: floats });
    expect(endless).toContain('parameters.lr` has no end of values');
    expect(endless).toContain('parameters.wd` has no end of values');
    const values = { a: { values: [1, 2, 3] }, b: { values: [1, 2] } };
    expect(faultsOf({ strategy: 'grid', objective, parameters: values, 'max-trials': 5 })).toContain('6 points');
    expect(faultsOf({ strategy: 'random', objective, parameters: floats })).toContain('max-trials` is missing');
    expect(faultsOf({ strategy: 'halving', objective, parameters: floats, 'max-trials': 9 })).toContain('resource');
    const resource = { parameter: 'lr', min: 9, max: 3 };
    const clash = faultsOf({ strategy: 'halving', objective, parameters: floats, 'max-trials': 9, resource });
    expect(clash).toContain('which `parameters` has too');
    expect(clash).toContain('min 9 and max 3');
    expect(faultsOf({ strategy: 'grid', objective, parameters: values, resource })).toContain('does not go with grid');
  });

  it.each([null, [], 'random', 3])('refuses %j', (value) => {
    expect(faultsOf(value)).toContain('must be a mapping');
  });
});
