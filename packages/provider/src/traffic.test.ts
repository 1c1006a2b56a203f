import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { areSameShares, isMirror, isTraffic, promotedAfter, requireTraffic, type Shares } from './traffic.ts';

const names = ['blue', 'green', 'red'];

test.each([
  [{ blue: 100 }, true],
  [{ blue: 90, green: 10 }, true],
  [{ blue: 100, green: 0 }, true],
  [{}, true],
  [{ blue: 0 }, false],
  [{ blue: 99 }, false],
  [{ blue: 101, green: -1 }, false],
  [{ blue: 99.5, green: 0.5 }, false],
  [{ pink: 100 }, false],
  [{ blue: '100' }, false],
  [[100], false],
  [null, false],
])('%j is traffic: %s', (value, is) => {
  expect(isTraffic(value, names)).toBe(is);
});

test.each([
  [{ deployment: 'green', percent: 10 }, { blue: 100 }, true],
  [{ deployment: 'green', percent: 0 }, { blue: 100 }, false],
  [{ deployment: 'green', percent: 101 }, { blue: 100 }, false],
  [{ deployment: 'green', percent: 10 }, { blue: 50, green: 50 }, false],
  [{ deployment: 'pink', percent: 10 }, { blue: 100 }, false],
  [{ deployment: 'green', percent: 10 }, {}, false],
])('%j beside %j is a mirror: %s', (mirror, shares, is) => {
  expect(isMirror(mirror, names, shares as Shares)).toBe(is);
});

test('traffic that is refused names the endpoint, what was asked for and who is there', () => {
  expect(() => requireTraffic('shop', { shares: { pink: 100 } }, names)).toThrow(
    'Traffic {"pink":100} cannot be set on endpoint "shop". Give whole percents that sum to 100 for deployments in service (blue, green, red).',
  );
  expect(() => requireTraffic('shop', { shares: {} }, [])).toThrow('in service (none)');
  const mirror = { deployment: 'blue', percent: 5 };
  expect(() => requireTraffic('shop', { shares: { blue: 100 }, mirror }, names)).toThrow('that has no traffic');
});

describe('who had all the traffic', () => {
  test.each([
    ['the first', [], {}, { blue: 100 }, ['blue']],
    ['the next', ['blue'], { blue: 50, green: 50 }, { green: 100 }, ['green', 'blue']],
    ['the same again', ['green', 'blue'], { green: 100 }, { green: 100 }, ['green', 'blue']],
    ['nobody, half-way', ['blue'], { blue: 100 }, { blue: 90, green: 10 }, ['blue']],
    ['an older one: those after it were given up', ['red', 'green', 'blue'], { red: 100 }, { blue: 100 }, ['blue']],
    ['nobody any more', ['green', 'blue'], { green: 100 }, {}, ['blue']],
  ])('%s', (_who, promoted, before, after, expected) => {
    expect(promotedAfter(promoted, before as Shares, after as Shares)).toEqual(expected);
  });

  test('is remembered newest first, once each, eleven at the most', () => {
    const holder = fc.integer({ min: 0, max: 15 }).map((index): Shares => ({ [`d${index}`]: 100 }));
    fc.assert(
      fc.property(fc.array(holder, { maxLength: 40 }), (history) => {
        let promoted: readonly string[] = [];
        let before: Shares = {};
        for (const after of history) {
          promoted = promotedAfter(promoted, before, after);
          before = after;
          expect(promoted[0]).toBe(Object.keys(after)[0]);
          expect(new Set(promoted).size).toBe(promoted.length);
          expect(promoted.length).toBeLessThanOrEqual(11);
        }
      }),
    );
  });
});

test('zeros make no difference between shares', () => {
  expect(areSameShares({ blue: 100, green: 0 }, { blue: 100 })).toBe(true);
  expect(areSameShares({ green: 10, blue: 90 }, { blue: 90, green: 10 })).toBe(true);
  expect(areSameShares({ blue: 100 }, { green: 100 })).toBe(false);
});
