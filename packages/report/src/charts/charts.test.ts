import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Html } from '../html/index.ts';
import { anyNumber, hostileText } from '../testing/hostile.ts';
import { type Element, readMarkup } from '../testing/read-markup.ts';
import {
  calibrationCurves,
  categoryBars,
  confusionMatrix,
  disagreementMatrix,
  forestPlot,
  histogramPair,
  histogramSpark,
  lineChart,
  movementSpark,
  precisionRecallCurves,
  rocCurves,
  scoreBar,
} from './index.ts';

const elementsOfCharts = new Set(
  'figure figcaption bdi p ul ol li details summary div table thead tbody tr th td strong svg title desc rect path circle text'.split(
    ' ',
  ),
);
const coordinates = new Set([
  'd',
  'x',
  'y',
  'cx',
  'cy',
  'r',
  'width',
  'height',
  'viewBox',
  'transform',
  'fill-opacity',
]);

/** Reads a chart and holds it to what every chart promises. */
function readChart(chart: Html): Element[] {
  const elements = readMarkup(chart.html);
  const pictures = elements.filter(({ name, attributes }) => name === 'svg' && !attributes.has('aria-hidden'));
  expect(pictures.length).toBe(chart.html.split('<svg role="img"').length - 1);
  for (const [index, element] of elements.entries()) {
    expect(elementsOfCharts).toContain(element.name);
    for (const [name, value] of element.attributes) {
      if (coordinates.has(name)) expect(value).not.toMatch(/NaN|Infinity|undefined|e[+-]?\d/);
      expect(name).not.toMatch(/^on|^style$|^href$|^src$/);
    }
    if (pictures.includes(element)) {
      expect(element.attributes.get('role')).toBe('img');
      expect(elements[index + 1]).toMatchObject({ name: 'title' });
      expect(elements[index + 2]).toMatchObject({ name: 'desc' });
      expect(elements[index + 2]?.text).not.toBe('');
    }
  }
  return elements;
}

function texts(chart: Html): string[] {
  return readChart(chart)
    .filter(({ name }) => name === 'text')
    .map(({ text }) => text);
}

/** The numbers below a chart. */
function numbers(chart: Html): string[] {
  return readChart(chart)
    .flatMap((cell, index, all) =>
      cell.name === 'td' ? `${cell.text}${all[index + 1]?.name === 'bdi' ? all[index + 1]?.text : ''}` : [],
    )
    .map((text) => text.replace('\u00a0', ' '));
}

const list = fc.array(anyNumber, { maxLength: 90 });
const point = fc.record({ name: hostileText, x: list, y: list, figure: hostileText });
const tone = fc.constantFrom('good', 'warn', 'bad', 'unknown') as fc.Arbitrary<'good' | 'warn' | 'bad' | 'unknown'>;

describe('every chart is sound markup with finite coordinates, whatever it is given', () => {
  const runs = { numRuns: 50 };

  test('histograms', () => {
    fc.assert(
      fc.property(
        hostileText,
        list,
        list,
        list,
        fc.constantFrom('number', 'time'),
        (title, edges, reference, current, kind) => {
          const sorted = [...edges].sort((left, right) => left - right);
          for (const each of [edges, sorted]) {
            readChart(
              histogramPair({
                title,
                edges: each,
                reference,
                current,
                kind: kind as 'number' | 'time',
                names: [title, title],
              }),
            );
            readChart(histogramSpark({ title, edges: each, reference, current }));
          }
        },
      ),
      runs,
    );
  });

  test('categories', () => {
    const category = fc.record({ name: hostileText, reference: anyNumber, current: anyNumber });
    fc.assert(
      fc.property(
        hostileText,
        fc.array(category, { maxLength: 30 }),
        fc.option(fc.tuple(anyNumber, anyNumber)),
        (title, categories, totals) => {
          readChart(categoryBars({ title, categories, ...(totals ? { totals } : {}) }));
          readChart(movementSpark({ title, categories, ...(totals ? { totals } : {}) }));
        },
      ),
      runs,
    );
  });

  test('lines', () => {
    const series = fc.array(fc.record({ name: hostileText, values: list }), { maxLength: 6 });
    const event = fc.record({ time: anyNumber, label: hostileText });
    fc.assert(
      fc.property(
        hostileText,
        list,
        series,
        anyNumber,
        anyNumber,
        fc.array(event),
        (title, times, lines, value, other, events) => {
          readChart(
            lineChart({
              title,
              times,
              series: lines,
              threshold: { value, label: title, bad: 'above' },
              band: { low: value, high: other, label: title },
              events,
            }),
          );
        },
      ),
      runs,
    );
  });

  test('forest plots', () => {
    const row = fc.record({
      name: hostileText,
      estimate: anyNumber,
      low: anyNumber,
      high: anyNumber,
      tone,
      remark: hostileText,
    });
    fc.assert(
      fc.property(hostileText, fc.array(row, { maxLength: 40 }), anyNumber, (title, rows, margin) => {
        readChart(forestPlot({ title, rows, margin, measure: title }));
      }),
      runs,
    );
  });

  test('curves', () => {
    fc.assert(
      fc.property(hostileText, point, point, anyNumber, anyNumber, (title, champion, candidate, x, y) => {
        const chart = { title, champion, candidate: { ...candidate, point: [x, y] as const } };
        readChart(rocCurves(chart));
        readChart(precisionRecallCurves({ ...chart, prevalence: x }));
        readChart(calibrationCurves({ ...chart, candidate: { ...chart.candidate, rows: candidate.y } }));
      }),
      runs,
    );
  });

  test('matrices', () => {
    fc.assert(
      fc.property(
        hostileText,
        fc.array(hostileText, { maxLength: 14 }),
        fc.array(list, { maxLength: 14 }),
        (title, labels, counts) => {
          readChart(confusionMatrix({ title, labels, counts }));
        },
      ),
      runs,
    );
    fc.assert(
      fc.property(
        hostileText,
        anyNumber,
        anyNumber,
        anyNumber,
        anyNumber,
        (title, bothRight, onlyCandidate, onlyChampion, bothWrong) => {
          readChart(disagreementMatrix({ title, bothRight, onlyCandidate, onlyChampion, bothWrong }));
        },
      ),
      runs,
    );
  });

  test('scores', () => {
    fc.assert(
      fc.property(hostileText, anyNumber, anyNumber, anyNumber, tone, (title, value, atMost, threshold, verdict) => {
        readChart(scoreBar({ title, value, atMost, threshold, tone: verdict }));
      }),
      runs,
    );
  });
});

test.each([
  ['histograms', histogramPair({ title: 'a', edges: [], reference: [], current: [] })],
  ['histograms of no rows', histogramPair({ title: 'a', edges: [0, 1], reference: [0], current: [0] })],
  ['categories', categoryBars({ title: 'a', categories: [] })],
  ['lines', lineChart({ title: 'a', times: [], series: [] })],
  [
    'lines of no values',
    lineChart({ title: 'a', times: [1, 2], series: [{ name: 'b', values: [Number.NaN, Number.NaN] }] }),
  ],
  ['a forest', forestPlot({ title: 'a', rows: [] })],
  ['curves', rocCurves({ title: 'a', candidate: { name: 'b', x: [], y: [] } })],
  ['a confusion', confusionMatrix({ title: 'a', labels: [], counts: [] })],
  ['a disagreement', disagreementMatrix({ title: 'a', bothRight: 0, onlyCandidate: 0, onlyChampion: 0, bothWrong: 0 })],
])('%s without data say so in a sentence', (_, chart) => {
  const elements = readChart(chart);
  expect(elements.some(({ name }) => name === 'svg')).toBe(false);
  expect(elements.find(({ attributes }) => attributes.get('class') === 'empty')?.text).toMatch(/^No .+\.$/);
});

describe('histogramPair', () => {
  test('shows shares of rows, so that sides of any size compare', () => {
    const chart = histogramPair({ title: 'a', edges: [0, 1, 2], reference: [30, 10], current: [3, 1] });
    expect(numbers(chart)).toEqual(['75 %', '75 %', '25 %', '25 %']);
  });

  test('names its tails and writes their shares', () => {
    const chart = histogramPair({
      title: 'a',
      edges: [Number.NEGATIVE_INFINITY, 0, 10, 20, Number.POSITIVE_INFINITY],
      reference: [1, 4, 4, 1],
      current: [0, 2, 2, 6],
    });
    expect(texts(chart)).toEqual(expect.arrayContaining(['< 0', '≥ 20', '0\u00a0%', '60\u00a0%']));
  });

  test('draws one value, one bin, and bins without width', () => {
    for (const edges of [
      [5, 5],
      [0, 1],
      [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    ]) {
      expect(
        readChart(histogramPair({ title: 'a', edges, reference: [3], current: [4] })).some(
          ({ name }) => name === 'path',
        ),
      ).toBe(true);
    }
  });

  test('says when bins differ in width, and draws them equally wide when they would be too thin to see', () => {
    const uneven = histogramPair({ title: 'a', edges: [0, 1, 5, 20], reference: [1, 1, 1], current: [1, 1, 1] });
    expect(uneven.html).toContain('areas are shares of rows');
    const skewed = histogramPair({
      title: 'a',
      edges: [0, 1, 2, 3, 1e6],
      reference: [1, 1, 1, 1],
      current: [1, 1, 1, 1],
    });
    expect(skewed.html).toContain('drawn equally wide');
  });

  test('joins neighbours when there are more bins than can be seen, and keeps every row', () => {
    const edges = Array.from({ length: 1001 }, (_, index) => index);
    const counts = edges.slice(1).map(() => 1);
    const shares = numbers(histogramPair({ title: 'a', edges, reference: counts, current: counts }));
    expect(shares.length / 2).toBeLessThanOrEqual(60);
    for (const side of [0, 1]) {
      const own = shares.filter((_, index) => index % 2 === side).map((share) => Number.parseFloat(share));
      expect(own.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 0);
    }
  });
});

describe('categoryBars', () => {
  test('has the largest movement first, the others summed, and names what is new and gone', () => {
    const chart = categoryBars({
      title: 'a',
      most: 2,
      categories: [
        { name: 'same', reference: 50, current: 5 },
        { name: '__proto__', reference: 50, current: 0 },
        { name: 'new', reference: 0, current: 5 },
      ],
    });
    expect(texts(chart)).toEqual([
      '__proto__',
      'gone, was 50\u00a0%',
      'new',
      'new, 50\u00a0%',
      '1 other',
      '50 → 50\u00a0%',
    ]);
  });

  test('counts the rows of categories that were not kept', () => {
    const chart = categoryBars({ title: 'a', categories: [{ name: 'b', reference: 5, current: 5 }], totals: [10, 20] });
    expect(numbers(chart)).toEqual(['50 %', '25 %', '-25', '50 %', '75 %', '+25']);
  });
});

describe('lineChart', () => {
  const times = [0, 1, 2, 3].map((day) => day * 86_400_000);

  test('marks points beyond the limit by a shape, leaves gaps, and lists its events', () => {
    const chart = lineChart({
      title: 'a',
      times,
      series: [{ name: 'score', values: [1, Number.NaN, 3, 5] }],
      threshold: { value: 3, label: 'limit 3', bad: 'above' },
      events: [{ time: times[2] as number, label: '<deploy>' }],
    });
    const marks = readChart(chart).filter(({ attributes }) => attributes.get('class') === 'bad-mark');
    expect(marks).toHaveLength(4);
    expect(chart.html).toContain('2 of 3 points are beyond limit 3.');
    expect(chart.html).toContain('1970-01-03 00:00 UTC · <bdi>&lt;deploy&gt;</bdi>');
    expect(numbers(chart)).toEqual(['1', '–', '3', '5']);
  });

  test('draws a single point', () => {
    expect(
      readChart(lineChart({ title: 'a', times: [5], series: [{ name: 'b', values: [1] }] })).some(
        ({ name }) => name === 'circle',
      ),
    ).toBe(true);
  });
});

describe('forestPlot', () => {
  test('writes its differences to one length and points where an interval has no end', () => {
    const chart = forestPlot({
      title: 'a',
      margin: 0.01,
      rows: [
        { name: 'auc', estimate: 0.0123, low: 0.002, high: 0.03, tone: 'good' },
        { name: 'f1', estimate: -0.02, low: -0.04, high: Number.POSITIVE_INFINITY, tone: 'bad' },
      ],
    });
    expect(texts(chart)).toEqual(
      expect.arrayContaining(['+0.012 [+0.002, +0.030]', '-0.020 [-0.040, +∞]', '← worse', 'better →']),
    );
  });

  test('draws at most 30 rows and counts the others', () => {
    const rows = Array.from({ length: 45 }, (_, index) => ({
      name: `s${index}`,
      estimate: 0,
      low: -1,
      high: 1,
      tone: 'good' as const,
    }));
    expect(forestPlot({ title: 'a', rows }).html).toContain('15 more in report.json.');
  });
});

describe('confusionMatrix', () => {
  test('writes counts and shares of the row, and the most common mistake', () => {
    const chart = confusionMatrix({
      title: 'a',
      labels: ['no', 'yes'],
      counts: [
        [90, 10],
        [5, 15],
      ],
    });
    expect(texts(chart)).toEqual(expect.arrayContaining(['90', '90\u00a0%', '10', '10\u00a0%', '5', '25\u00a0%']));
    expect(chart.html).toContain('87.5\u00a0% of 120 rows are right. Most common mistake: no taken for yes, 10 rows.');
  });

  test('joins the rarest classes and keeps every row', () => {
    const size = 25;
    const counts = Array.from({ length: size }, (_, actual) =>
      Array.from({ length: size }, (_, predicted) => (actual === predicted ? actual : 0)),
    );
    const chart = confusionMatrix({ title: 'a', labels: counts.map((_, index) => `class ${index}`), counts });
    expect(texts(chart)).toContain('16 others');
    expect(chart.html).toContain('100\u00a0% of 300 rows are right.');
  });
});

describe('scoreBar', () => {
  const barsOf = (score: Partial<Parameters<typeof scoreBar>[0]>): (string | undefined)[] =>
    readChart(scoreBar({ title: 'a', value: 0.1, threshold: 0.1, tone: 'bad', ...score }))
      .filter(({ attributes }) => attributes.get('class')?.startsWith('bad-bar'))
      .map(({ attributes }) => attributes.get('width'));

  test('has the square root of the multiple for its length, and ends at ten times the threshold', () => {
    const lengths = [0.1, 0.4, 1, 50].map((value) => barsOf({ value })[0]);
    expect(lengths).toEqual(['29.1', '58.2', '92', '92']);
  });

  test('is empty for what lies on the other side of zero than the threshold', () => {
    expect(barsOf({ value: -5 })).toEqual(['0']);
    expect(barsOf({ value: Number.NEGATIVE_INFINITY })).toEqual(['0']);
    expect(barsOf({ value: -0.1, threshold: -0.1 })).toEqual(['29.1']);
  });

  test('draws what lies between two bounds as a part of its own, and writes the upper bound', () => {
    expect(barsOf({ value: 0.1, atMost: 0.4 })).toEqual(['29.1', '29.1']);
    expect(texts(scoreBar({ title: 'a', value: 0.017, atMost: 0.836, threshold: 0.1, tone: 'warn' }))).toEqual([
      '≤\u20098.4×',
    ]);
  });

  test('takes its colour from the verdict, whatever the score', () => {
    const kinds = (tone: 'good' | 'bad' | 'unknown'): string =>
      scoreBar({ title: 'a', value: 5, threshold: 0.1, tone }).html;
    expect(kinds('good')).toContain('good-bar');
    expect(kinds('bad')).toContain('bad-bar');
    expect(kinds('unknown')).toContain('unknown-bar');
  });
});

describe('calibrationCurves', () => {
  const chart = calibrationCurves({
    title: 'a',
    candidate: { name: 'b', x: [0.1, 0.3, 0.5, 0.9], y: [0, 0.2, 1, 0.9], rows: [80, 30, 3, 40] },
  });

  test('draws no line through a point of few rows, and says which those are', () => {
    const elements = readChart(chart);
    expect(elements.filter(({ attributes }) => attributes.get('class') === 'current-dot faint')).toHaveLength(1);
    const [, ...lines] = elements.filter(({ attributes }) => attributes.get('class') === 'current-line');
    expect(lines.map(({ attributes }) => attributes.get('d')?.split('L').length)).toEqual([2, 1]);
    expect(chart.html).toContain('Hollow points are of fewer than 20 rows.');
  });

  test('has the rows of each point among its numbers', () => {
    expect(numbers(chart)).toEqual(['0.1', '0', '80', '0.3', '0.2', '30', '0.5', '1', '3', '0.9', '0.9', '40']);
  });
});

test('movements of many categories go up and down from the middle, and small ones stay small', () => {
  const lengths = (change: number): (string | undefined)[] =>
    readChart(
      movementSpark({
        title: 'a',
        categories: [
          { name: 'b', reference: 1000, current: 1000 + change },
          { name: 'c', reference: 1000, current: 1000 - change },
        ],
        totals: [10_000, 10_000],
      }),
    )
      .filter(({ attributes }) => /^(?:current|reference)-bar$/.test(attributes.get('class') ?? ''))
      .map(({ attributes }) => attributes.get('height'));
  expect(lengths(500)).toEqual(['12', '12']);
  expect(lengths(20)).toEqual(['1.2', '1.2']);
});
