import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareColumn } from './compare.ts';
import { type ColumnDecision, decideDrift } from './decide.ts';
import { sharedHistogram } from './picture.ts';
import { qualityFindings } from './quality.ts';
import { type DriftRules, defaultDriftRules, scoreMethods } from './rules.ts';
import type { Column, Sample } from './sample.ts';
import {
  binnedSampleOf,
  categoricalColumn,
  congruential,
  exactSampleOf,
  linearSampleOf,
  normals,
  numericColumn,
} from './testing/columns.ts';

function decide(reference: Column, current: Column, rules: Partial<DriftRules> = {}): ColumnDecision {
  const all = { ...defaultDriftRules, ...rules };
  return decideDrift([compareColumn('x', reference, current, all)], all).columns[0] as ColumnDecision;
}

function verdictOf(reference: Column, current: Column, rules: Partial<DriftRules> = {}): string {
  return decide(reference, current, rules).verdict;
}

function repeated(value: number, times: number): number[] {
  return Array.from({ length: times }, () => value);
}

function shifted(values: readonly number[], by: number): number[] {
  return values.map((value) => value + by);
}

describe('by the two keys a column', () => {
  const many = normals(1, 5000);

  test('drifts when the change is large and certain', () => {
    const decision = decide(numericColumn(many), numericColumn(shifted(normals(2, 1000), 0.5)));
    expect(decision.verdict).toBe('drift');
    expect(decision.score?.method).toBe('wasserstein');
    expect(decision.adjustedP?.hi).toBeLessThan(1e-6);
  });

  test('does not drift by a trifle, however certain', () => {
    const [a, b] = [normals(3, 300_000), shifted(normals(4, 300_000), 0.02)];
    expect(verdictOf(numericColumn(a), numericColumn(b))).toBe('no-drift');
    expect(verdictOf(numericColumn(a), numericColumn(b), { rule: 'pvalue' })).toBe('drift');
  });

  test('does not drift by chance, however large', () => {
    const small = numericColumn(shifted(normals(5, 100), 0.15));
    expect(decide(numericColumn(many), small).score?.value.lo).toBeGreaterThan(0.1);
    expect(verdictOf(numericColumn(many), small)).toBe('no-drift');
    expect(verdictOf(numericColumn(many), small, { rule: 'score' })).toBe('drift');
  });

  test.each([
    [29, 1, 'insufficient-data'],
    [30, 1, 'drift'],
    [29, 100, 'insufficient-data'],
    [99, 100, 'insufficient-data'],
    [100, 100, 'drift'],
  ])('with %d values, at least %d wanted, is %s', (length, minSamples, verdict) => {
    const few = numericColumn(shifted(normals(6, length), 2));
    expect(verdictOf(numericColumn(many), few, { minSamples })).toBe(verdict);
    expect(verdictOf(few, numericColumn(many), { minSamples })).toBe(verdict);
  });

  test.each([0, 1, 2])('with %d values is not decided and says why', (length) => {
    const decision = decide(numericColumn(many), numericColumn(normals(7, length)));
    expect(decision.verdict).toBe('insufficient-data');
    expect(decision.reason).toBe(
      length === 0 ? 'no values in the current data' : `${length} values in the current data, 100 are needed`,
    );
  });

  test('with far more rows in the reference than now is decided by the few', () => {
    const reference = numericColumn(congruential(8, 200_000));
    expect(verdictOf(reference, numericColumn(congruential(11, 100)))).toBe('no-drift');
    expect(verdictOf(reference, numericColumn(congruential(11, 100).map((u) => u ** 2)))).toBe('drift');
  });
});

describe('columns at the edge', () => {
  test('the same constant on both sides: score 0, p 1, no drift', () => {
    const decision = decide(numericColumn(repeated(7, 200)), numericColumn(repeated(7, 300)));
    expect(decision.verdict).toBe('no-drift');
    expect(decision.score?.value).toEqual({ lo: 0, hi: 0 });
    expect(decision.significance?.p).toEqual({ lo: 1, hi: 1 });
  });

  test('a constant and another constant: drift, in any unit', () => {
    for (const unit of [1e-9, 1, 1e9]) {
      const [a, b] = [numericColumn(repeated(5 * unit, 200)), numericColumn(repeated(6 * unit, 200))];
      expect(verdictOf(a, b)).toBe('drift');
      expect(verdictOf(a, b, { numericMethod: 'wasserstein' })).toBe('drift');
    }
  });

  test('a constant that begins to vary, and one that stops: drift', () => {
    const [constant, varying] = [numericColumn(repeated(0, 200)), numericColumn(normals(10, 200))];
    expect(verdictOf(constant, varying)).toBe('drift');
    expect(verdictOf(varying, constant)).toBe('drift');
  });

  test('units of 1e-9 drift like units of 1', () => {
    const a = normals(11, 1000).map((value) => value * 1e-9);
    const b = normals(12, 1000).map((value) => value * 1e-9);
    expect(verdictOf(numericColumn(a), numericColumn(b))).toBe('no-drift');
    expect(verdictOf(numericColumn(a), numericColumn(shifted(b, 0.5e-9)))).toBe('drift');
  });

  test('a spread up to 1e308 is decided without overflow', () => {
    const wide = normals(13, 1000)
      .map((value) => value * 5e307)
      .filter(Number.isFinite);
    const moved = wide.map((value) => value / 4);
    expect(verdictOf(numericColumn(wide), numericColumn(wide))).toBe('no-drift');
    const decision = decide(numericColumn(wide), numericColumn(moved));
    expect(decision.verdict).toBe('drift');
    expect(Number.isFinite(decision.score?.value.hi)).toBe(true);
  });

  test('heavy ties do not make a drift', () => {
    const tied = (seed: number): number[] => congruential(seed, 1000).map((u) => (u < 0.8 ? 0 : u));
    expect(verdictOf(numericColumn(tied(14)), numericColumn(tied(15)))).toBe('no-drift');
  });

  test('-0 and 0 are one value', () => {
    const decision = decide(numericColumn(repeated(-0, 200)), numericColumn(repeated(0, 200)));
    expect(decision.score?.value).toEqual({ lo: 0, hi: 0 });
  });

  test('whole numbers over 2⁵³ are compared as the floating-point numbers they are', () => {
    const ids = Array.from({ length: 200 }, (_, index) => 2 ** 60 + 256 * index);
    expect(verdictOf(numericColumn(ids), numericColumn(ids))).toBe('no-drift');
    expect(verdictOf(numericColumn(ids), numericColumn(shifted(ids, 2 ** 16)))).toBe('drift');
  });

  test('no values on one side or both is not decided', () => {
    const empty = numericColumn([], { nulls: 500 });
    const names = categoricalColumn([], { nulls: 500 });
    expect(decide(numericColumn(normals(16, 500)), empty).reason).toBe('no values in the current data');
    expect(decide(empty, numericColumn(normals(16, 500))).reason).toBe('no values in the reference');
    expect(decide(empty, empty).reason).toBe('no values on either side');
    expect(decide(names, names).reason).toBe('no values on either side');
  });

  test('numbers against names are not compared', () => {
    const decision = decide(numericColumn(normals(17, 500)), categoricalColumn([['a', 500]]));
    expect(decision.verdict).toBe('insufficient-data');
    expect(decision.reason).toBe('numbers in the reference, categories in the current data');
  });

  test('20 different numbers are compared by value, 21 are not', () => {
    const cycle = (different: number): number[] => Array.from({ length: 420 }, (_, index) => index % different);
    expect(decide(numericColumn(cycle(20)), numericColumn(cycle(20))).treatedAs).toBe('categories');
    expect(decide(numericColumn(cycle(20)), numericColumn(cycle(21))).treatedAs).toBe('numbers');
    expect(decide(numericColumn(cycle(2)), numericColumn(cycle(2)), { numericMethod: 'ks' }).treatedAs).toBe('numbers');
  });

  test('1000 and 1001 reference rows are decided by the same score', () => {
    const methods = [1000, 1001].map(
      (rows) => decide(numericColumn(normals(18, rows)), numericColumn(normals(19, 500))).score?.method,
    );
    expect(methods).toEqual(['wasserstein', 'wasserstein']);
  });

  test('a p-value too small for a number is 0, not NaN', () => {
    const decision = decide(numericColumn(normals(20, 20_000)), numericColumn(shifted(normals(21, 20_000), 50)));
    expect(decision.significance?.p).toEqual({ lo: 0, hi: 0 });
    expect(decision.verdict).toBe('drift');
  });
});

describe('categories', () => {
  const usual = categoricalColumn([
    ['a', 500],
    ['b', 300],
    ['c', 200],
  ]);

  test('one row of a new category is no drift, many are', () => {
    const one = categoricalColumn([
      ['a', 500],
      ['b', 300],
      ['c', 200],
      ['new', 1],
    ]);
    const many = categoricalColumn([
      ['a', 400],
      ['b', 200],
      ['c', 100],
      ['new', 300],
    ]);
    expect(verdictOf(usual, one)).toBe('no-drift');
    expect(verdictOf(usual, one, { rule: 'pvalue' })).toBe('no-drift');
    expect(verdictOf(usual, many)).toBe('drift');
  });

  test('a category that is gone is a drift', () => {
    expect(
      verdictOf(
        usual,
        categoricalColumn([
          ['a', 600],
          ['b', 400],
        ]),
      ),
    ).toBe('drift');
  });

  test('one row of a new category against a large reference is not certain by itself', () => {
    const large = categoricalColumn([
      ['a', 500_000],
      ['b', 500_000],
    ]);
    const p = decide(
      large,
      categoricalColumn([
        ['a', 50],
        ['b', 49],
        ['new', 1],
      ]),
    ).significance?.p.lo as number;
    // Of 1,000,100 rows one is new, and it is among the last 100: p = 1e-4, doubled for two tests.
    expect(p).toBeCloseTo(2e-4, 6);
    const decision = decide(
      large,
      categoricalColumn([
        ['a', 47],
        ['b', 48],
        ['new', 5],
      ]),
    );
    expect(decision.significance?.test).toBe('chi-square and fisher');
    expect(decision.verdict).toBe('drift');
  });

  test('names from prototypes are categories like others', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const [a, b] = [
      names.map((name) => [name, 100] as const),
      names.map((name, index) => [name, index === 0 ? 400 : 10] as const),
    ];
    expect(decide(categoricalColumn(a), categoricalColumn(a)).score?.value).toEqual({ lo: 0, hi: 0 });
    expect(verdictOf(categoricalColumn(a), categoricalColumn(b))).toBe('drift');
  });

  test('spellings that differ are different categories', () => {
    const [composed, apart] = [categoricalColumn([['é', 200]]), categoricalColumn([['e\u0301', 200]])];
    expect(verdictOf(composed, apart)).toBe('drift');
  });

  test('ids, each of its own, are no drift: there is nothing to be certain of', () => {
    const ids = (prefix: string): Column =>
      categoricalColumn(Array.from({ length: 1000 }, (_, index) => [`${prefix}${index}`, 1] as const));
    const decision = decide(ids('a'), ids('b'));
    expect(decision.score?.value).toEqual({ lo: 1, hi: 1 });
    expect(decision.significance).toEqual({ test: 'none', p: { lo: 1, hi: 1 } });
    expect([decision.looksLikeIds, decide(usual, usual).looksLikeIds]).toEqual([true, false]);
    expect(decision.verdict).toBe('no-drift');
  });

  test('missing values count when they are asked to', () => {
    const [few, many] = [
      categoricalColumn([['a', 900]], { nulls: 100 }),
      categoricalColumn([['a', 500]], { nulls: 500 }),
    ];
    expect(verdictOf(few, many)).toBe('no-drift');
    expect(verdictOf(few, many, { missingAsCategory: true })).toBe('drift');
    const [low, high] = [
      numericColumn(repeated(1, 900), { nans: 100 }),
      numericColumn(repeated(1, 500), { nulls: 500 }),
    ];
    expect(verdictOf(low, high)).toBe('no-drift');
    expect(verdictOf(low, high, { missingAsCategory: true })).toBe('drift');
  });

  test('that were not kept leave the column undecided where they could decide', () => {
    const top = categoricalColumn([['a', 500]], { other: 500, distinct: 400 });
    expect(verdictOf(top, categoricalColumn([['a', 500]], { other: 500, distinct: 400 }))).toBe('no-drift');
    const moved = categoricalColumn([['a', 460]], { other: 540, distinct: 400 });
    expect(decide(top, moved, { correction: 'none', alpha: 0.2 }).verdict).toBe('undecided');
    expect(
      verdictOf(
        top,
        categoricalColumn([
          ['b', 900],
          ['a', 100],
        ]),
      ),
    ).toBe('drift');
  });

  test('of two tables hold the true score whatever was kept', () => {
    const counts = fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 8 });
    const column = (all: readonly number[], kept: readonly boolean[]): Column => {
      const named = all.map((count, index) => [`c${index}`, count] as const).filter(([, count]) => count > 0);
      const others = named.filter((_, index) => kept[index] === false).reduce((sum, [, count]) => sum + count, 0);
      return categoricalColumn(
        named.filter((_, index) => kept[index] !== false),
        { other: others, distinct: named.length },
      );
    };
    const kept = fc.array(fc.boolean(), { maxLength: 8 });
    fc.assert(
      fc.property(counts, counts, kept, kept, (a, b, left, right) => {
        fc.pre(a.some((count) => count > 0) && b.some((count) => count > 0));
        const truth = decide(column(a, []), column(b, []));
        const known = decide(column(a, left), column(b, right));
        for (const method of scoreMethods) {
          const [inside, outside] = [truth.figures[method], known.figures[method]];
          if (inside === undefined || outside === undefined) continue;
          expect(inside.lo).toBe(inside.hi);
          expect([method, outside.lo <= inside.lo + 1e-12 && inside.hi <= outside.hi + 1e-12]).toEqual([method, true]);
        }
      }),
    );
  });
});

describe('a threshold inside an interval', () => {
  const a = normals(22, 3000);
  const b = shifted(a, 0.1);
  const rough = (all: readonly number[]): Sample[] => [linearSampleOf(all, 0.25)];

  test('leaves the column undecided, and the exact values decide it', () => {
    const columns = new Map([['x', { threshold: 0.1 / numericColumn(a).deviation }]]);
    const decision = decide(numericColumn(a, {}, rough), numericColumn(b, {}, rough), { columns });
    expect(decision.verdict).toBe('undecided');
    const threshold = decision.score?.threshold as number;
    expect(decision.score?.value.lo).toBeLessThan(threshold);
    expect(decision.score?.value.hi).toBeGreaterThan(threshold);
    expect(['drift', 'no-drift']).toContain(verdictOf(numericColumn(a), numericColumn(b), { columns }));
  });

  test('is never decided differently from the exact values', () => {
    const sizes = fc.integer({ min: 30, max: 120 });
    fc.assert(
      fc.property(
        sizes,
        sizes,
        fc.nat({ max: 1e6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.02, max: 3, noNaN: true }),
        (n, m, seed, shift, width) => {
          const rules = { minSamples: 30 };
          const [left, right] = [normals(seed, n), shifted(normals(seed + 1, m), shift)];
          const binned = (all: readonly number[]): Sample[] => [linearSampleOf(all, width)];
          const known = verdictOf(numericColumn(left, {}, binned), numericColumn(right, {}, binned), rules);
          if (known !== 'undecided') expect(known).toBe(verdictOf(numericColumn(left), numericColumn(right), rules));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('needs the values themselves where numbers are compared by value', () => {
    const coins = congruential(23, 500).map(Math.round);
    const column = numericColumn(coins, {}, rough);
    expect(verdictOf(column, column)).toBe('undecided');
    expect(
      verdictOf(
        column,
        numericColumn(coins, {}, (all) => [exactSampleOf(all)]),
      ),
    ).toBe('undecided');
  });
});

describe('laws', () => {
  const sizes = fc.integer({ min: 30, max: 150 });
  const methods = fc.constantFrom(...scoreMethods, 'auto' as const);

  test('a column against itself never drifts, whatever the method', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 30, maxLength: 90 }),
        methods,
        (all, method) => {
          const rules = { minSamples: 30, numericMethod: method };
          const decision = decide(numericColumn(all), numericColumn([...all].reverse()), rules);
          expect(decision.score?.value).toEqual({ lo: 0, hi: 0 });
          expect(decision.verdict).toBe('no-drift');
        },
      ),
    );
  });

  test('no columns make a figure that is no number', () => {
    const finite = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(0, -0, 5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 1e-9),
    );
    const values = fc.oneof(
      fc.array(finite, { maxLength: 70 }),
      fc
        .array(finite, { minLength: 1, maxLength: 3 })
        .map((few) => Array.from({ length: 40 }, (_, i) => few[i % few.length] as number)),
    );
    const asBins = fc.array(finite, { maxLength: 6 });
    const column = fc
      .tuple(values, fc.option(asBins, { nil: undefined }))
      .map(([all, inner]) =>
        numericColumn(all, {}, (each) => [
          inner === undefined
            ? exactSampleOf(each)
            : binnedSampleOf(each, [-Number.MAX_VALUE, ...inner], [Number.MAX_VALUE]),
        ]),
      );
    fc.assert(
      fc.property(column, column, methods, (a, b, numericMethod) => {
        const decision = decide(a, b, { minSamples: 30, numericMethod });
        const intervals = [
          decision.score?.value,
          decision.significance?.p,
          decision.adjustedP,
          ...Object.values(decision.figures),
        ];
        for (const interval of intervals) {
          if (interval !== undefined) expect([interval, interval.lo <= interval.hi]).toEqual([interval, true]);
        }
        if (decision.score !== undefined) expect(decision.score.value.lo).toBeGreaterThanOrEqual(0);
        if (a.count > 0 && b.count > 0) sharedHistogram(a, b);
        qualityFindings('x', a, b);
      }),
      { numRuns: 500 },
    );
  });

  test('a higher threshold or a lower alpha never makes a drift', () => {
    fc.assert(
      fc.property(
        sizes,
        sizes,
        fc.nat({ max: 1e6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        methods,
        fc.constantFrom('two-key', 'score', 'pvalue'),
        (n, m, seed, shift, numericMethod, rule) => {
          const [left, right] = [numericColumn(normals(seed, n)), numericColumn(shifted(normals(seed + 7, m), shift))];
          const rules = { minSamples: 30, numericMethod, rule } as const;
          const drifts = (threshold: number, alpha: number): boolean =>
            verdictOf(left, right, { ...rules, alpha, columns: new Map([['x', { threshold }]]) }) === 'drift';
          for (const [low, high] of [
            [0, 0.1],
            [0.1, 0.2],
            [0.2, 1],
          ] as const) {
            if (drifts(high, 0.05)) expect(drifts(low, 0.05)).toBe(true);
          }
          if (drifts(0.1, 0.01)) expect(drifts(0.1, 0.05)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('the dataset', () => {
  const calm = (name: string, seed: number, rules: DriftRules) =>
    compareColumn(name, numericColumn(normals(seed, 500)), numericColumn(normals(seed + 1, 500)), rules);
  const moved = (name: string, seed: number, rules: DriftRules) =>
    compareColumn(name, numericColumn(normals(seed, 500)), numericColumn(shifted(normals(seed + 1, 500), 1)), rules);
  const empty = (name: string, rules: DriftRules) =>
    compareColumn(name, numericColumn([], { nulls: 9 }), numericColumn([], { nulls: 9 }), rules);

  function verdict(rules: Partial<DriftRules>, ...makers: ((rules: DriftRules) => ReturnType<typeof calm>)[]) {
    const all = { ...defaultDriftRules, ...rules };
    return decideDrift(
      makers.map((make) => make(all)),
      all,
    );
  }

  const four = [
    (rules: DriftRules) => moved('a', 31, rules),
    (rules: DriftRules) => calm('b', 41, rules),
    (rules: DriftRules) => calm('c', 51, rules),
    (rules: DriftRules) => calm('d', 61, rules),
  ];

  test('warns of one column in four, and drifts by weight, by share and by a critical column', () => {
    const warned = verdict({}, ...four);
    expect([warned.verdict, warned.drifted, warned.driftedShare]).toEqual(['warn', ['a'], { lo: 0.25, hi: 0.25 }]);
    expect(verdict({ driftShare: 0.25 }, ...four).verdict).toBe('drift');
    expect(verdict({ columns: new Map([['a', { weight: 3 }]]) }, ...four).driftedShare.lo).toBe(0.5);
    expect(verdict({ columns: new Map([['a', { weight: 3 }]]) }, ...four).verdict).toBe('drift');
    expect(verdict({ columns: new Map([['a', { critical: true }]]) }, ...four).verdict).toBe('drift');
    expect(verdict({}, ...four.slice(1)).verdict).toBe('ok');
  });

  test('without a drifted column does not drift, even at a share of 0', () => {
    expect(verdict({ driftShare: 0 }, ...four.slice(1)).verdict).toBe('ok');
  });

  test('counts columns without enough values in no share, and cannot do without a critical one', () => {
    const withEmpty = [...four, (rules: DriftRules) => empty('e', rules)];
    expect(verdict({}, ...withEmpty).driftedShare.lo).toBe(0.25);
    expect(verdict({ columns: new Map([['e', { critical: true }]]) }, ...withEmpty).verdict).toBe('insufficient-data');
    expect(verdict({}, (rules) => empty('e', rules)).verdict).toBe('insufficient-data');
    expect(verdict({}).verdict).toBe('insufficient-data');
  });

  test('says which columns are to be read again', () => {
    const rough = (all: readonly number[]): Sample[] => [linearSampleOf(all, 1)];
    const unclear = (rules: DriftRules) =>
      compareColumn('u', numericColumn(normals(71, 500), {}, rough), numericColumn(normals(72, 500), {}, rough), rules);
    const decision = verdict({}, ...four, unclear);
    expect([decision.verdict, decision.undecided]).toEqual(['undecided', ['u']]);
    expect(decision.driftedShare).toEqual({ lo: 0.2, hi: 0.4 });
  });

  test.each(['bh', 'holm', 'bonferroni', 'none'] as const)('corrects by %s', (correction) => {
    const { columns } = verdict({ correction }, ...four);
    for (const { significance, adjustedP } of columns) {
      const raw = significance?.p.lo as number;
      expect(adjustedP?.lo).toBeGreaterThanOrEqual(raw);
      if (correction === 'none') expect(adjustedP?.lo).toBe(raw);
      if (correction === 'bonferroni') expect(adjustedP?.lo).toBe(Math.min(1, 4 * raw));
    }
  });
});
