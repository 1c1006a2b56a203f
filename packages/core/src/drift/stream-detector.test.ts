import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { adwin } from './adwin.ts';
import { ddm } from './ddm.ts';
import { pageHinkley } from './page-hinkley.ts';
import type { Signal, StreamDetector } from './stream-detector.ts';

/** x ← (1103515245 x + 12345) mod 2³¹, as fractions of 2³¹. */
function fractions(seed: bigint, count: number): number[] {
  let x = seed;
  return Array.from({ length: count }, () => {
    x = (1_103_515_245n * x + 12_345n) % 2n ** 31n;
    return Number(x) / 2 ** 31;
  });
}

function signalled(detector: StreamDetector, values: readonly number[], signal: Signal = 'drift'): number[] {
  return values.flatMap((value, index) => (detector.update(value) === signal ? [index] : []));
}

// Changes at 1000 and 2000.
const third = (index: number): number => Math.floor(index / 1000);
const errors = fractions(1n, 3000).map((value, index) => Number(value < ([0.2, 0.6, 0.3][third(index)] as number)));
const numbers = fractions(1n, 3000).map((value, index) => value + ([0, 1, 0.5][third(index)] as number));

describe('golden values of river 0.26.1', () => {
  test('ADWIN', () => {
    expect(signalled(adwin(), errors)).toEqual([1055, 2111]);
    expect(signalled(adwin(), numbers)).toEqual([1023, 2047]);
  });

  test('Page-Hinkley', () => {
    expect(signalled(pageHinkley(), errors)).toEqual([1109, 2167]);
    expect(signalled(pageHinkley(), numbers)).toEqual([1035, 2105]);
    expect(signalled(pageHinkley({ mode: 'up', threshold: 20 }), errors)).toEqual([315, 1041]);
    expect(signalled(pageHinkley({ mode: 'up', threshold: 20 }), numbers)).toEqual([1005]);
  });

  test('DDM', () => {
    expect(signalled(ddm(), errors)).toEqual([1118]);
    const warnings = signalled(ddm(), errors, 'warning');
    expect(warnings.slice(0, 5)).toEqual([272, 273, 274, 275, 276]);
    expect(warnings).toHaveLength(705);
  });
});

describe('a detector', () => {
  const detectors = { adwin, pageHinkley, ddm };

  test.each(Object.entries(detectors))('%s says nothing of a stream that stays the same', (_, detector) => {
    fc.assert(
      fc.property(fc.constantFrom(0, 1), fc.integer({ min: 1, max: 2000 }), (value, length) => {
        expect(signalled(detector(), new Array(length).fill(value))).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  test.each(Object.entries(detectors))('%s starts anew after a drift', (_, detector) => {
    const [drift = 0] = signalled(detector(), errors);
    const rest = errors.slice(drift + 1);
    const later = signalled(detector(), errors).filter((index) => index > drift);
    expect(signalled(detector(), rest).map((index) => index + drift + 1)).toEqual(later);
  });

  test('ADWIN keeps a number of buckets that grows with the logarithm of the stream', () => {
    const detector = adwin({ clock: 1e9 });
    for (let count = 0; count < 200_000; count++) detector.update(count % 2);
    expect(detector.update(0)).toBe('none');
  });
});
