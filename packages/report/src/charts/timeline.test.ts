import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyNumber, hostileText } from '../testing/hostile.ts';
import { readMarkup } from '../testing/read-markup.ts';
import { timelineChart } from './timeline.ts';

const start = Date.UTC(2026, 10, 25, 14, 0);
const seconds = (count: number, value: (index: number) => number): [number, number][] =>
  Array.from({ length: count }, (_, index) => [start + index * 1000, value(index)]);

function pathsOf(chart: ReturnType<typeof timelineChart>, style: string): string[] {
  return readMarkup(chart.html)
    .filter(({ name, attributes }) => name === 'path' && attributes.get('class') === style)
    .map(({ attributes }) => attributes.get('d') ?? '');
}

describe('a timeline', () => {
  const panel = { title: 'Errors', series: [{ name: 'green', points: seconds(60, (at) => at / 100) }] };

  test('has the time since its beginning on one axis, and its events numbered in each drawing', () => {
    const events = [
      { time: start + 10_000, label: '10 %' },
      { time: start + 40_000, label: 'back to blue' },
    ];
    const elements = readMarkup(timelineChart({ title: 'Rollout', panels: [panel, panel], events }).html);
    const texts = elements.filter(({ name }) => name === 'text').map(({ text }) => text);
    expect(texts.filter((text) => text === '10 s')).toHaveLength(1);
    expect(texts.filter((text) => text === '1')).toHaveLength(2);
    expect(elements.filter(({ name }) => name === 'li')).toHaveLength(3);
    expect(elements.filter(({ name }) => name === 'svg')).toHaveLength(3);
  });

  test('of shares goes up in steps: a share holds until the next one', () => {
    const points = [
      [start, 10],
      [start + 10_000, 25],
      [start + 20_000, 25],
    ] as const;
    const stepped = timelineChart({
      title: 'Rollout',
      panels: [{ title: 'Traffic', stepped: true, series: [{ name: 'green', points }] }],
      events: [],
    });
    const heights = [...(pathsOf(stepped, 'current-line')[1] ?? '').matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => y);
    expect(heights).toEqual([heights[0], heights[0], heights[2], heights[2], heights[2]]);
    expect(heights[0]).not.toBe(heights[2]);
  });

  test('has a gap where there is no value', () => {
    const points = seconds(9, (at) => (at === 4 ? Number.NaN : at));
    const chart = timelineChart({
      title: 'Rollout',
      panels: [{ title: 'p95', series: [{ name: 'green', points }] }],
      events: [],
    });
    // The legend's, and two runs in each drawing.
    expect(pathsOf(chart, 'current-line')).toHaveLength(1 + 2 * 2);
  });

  test('of a hundred thousand points is no larger than a picture has to be', () => {
    const points = seconds(100_000, (at) => at % 7);
    const chart = timelineChart({
      title: 'Rollout',
      panels: [{ ...panel, series: [{ name: 'green', points }] }],
      events: [],
    });
    expect(chart.html.length).toBeLessThan(40_000);
  });

  test('without values says so', () => {
    expect(timelineChart({ title: 'Rollout', panels: [], events: [] }).html).toContain('No figures to show.');
  });

  test('is sound markup with finite coordinates, whatever it is given', () => {
    const points = fc.array(fc.tuple(anyNumber, anyNumber), { maxLength: 20 });
    const series = fc.array(fc.record({ name: hostileText, points }), { maxLength: 5 });
    const panels = fc.array(fc.record({ title: hostileText, series, stepped: fc.boolean() }), { maxLength: 4 });
    const events = fc.array(fc.record({ time: anyNumber, label: hostileText }), { maxLength: 5 });
    fc.assert(
      fc.property(hostileText, panels, events, (title, each, marks) => {
        for (const { name, attributes } of readMarkup(timelineChart({ title, panels: each, events: marks }).html)) {
          expect(name).not.toMatch(/script|img/);
          for (const [key, value] of attributes) {
            if (/^(d|cx?|cy?|x|y|viewBox)$/.test(key)) expect(value).not.toMatch(/NaN|Infinity|undefined|e[+-]?\d/);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
