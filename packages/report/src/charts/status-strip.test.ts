import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyNumber, hostileText } from '../testing/hostile.ts';
import { readMarkup } from '../testing/read-markup.ts';
import { statusStrip } from './status-strip.ts';

const start = Date.UTC(2026, 10, 25, 14, 0);
const minute = 60_000;

describe('a status strip', () => {
  test('has a cell for each stretch of time, taller where it was worse', () => {
    const tones = ['good', 'bad', 'unknown'] as const;
    const cells = tones.map((tone, index) => ({
      from: start + index * minute,
      to: start + (index + 1) * minute,
      tone,
      tip: `${index} errors`,
    }));
    const elements = readMarkup(
      statusStrip({ title: 'Status', rows: [{ name: 'green', figure: '99 %', cells }] }).html,
    );
    const boxes = elements
      .filter(({ name }) => name === 'rect')
      .map(({ attributes }) => [attributes.get('class'), Number(attributes.get('height'))]);
    expect(boxes).toEqual([
      ['good-bar', 10],
      ['bad-bar', 16],
      ['track', 4],
      ['good-bar', 10],
      ['bad-bar', 16],
      ['track', 4],
    ]);
    const titles = elements.filter(({ name }) => name === 'title').map(({ text }) => text);
    expect(titles).toContain('2026-11-25 14:01 UTC: 1 errors');
  });

  test('draws the newest of very many', () => {
    const cells = Array.from({ length: 10_000 }, (_, index) => ({
      from: start + index * minute,
      to: start + (index + 1) * minute,
      tone: 'good' as const,
      tip: 'none',
    }));
    const markup = statusStrip({ title: 'Status', rows: [{ name: 'green', figure: '', cells }] }).html;
    expect(readMarkup(markup).filter(({ name }) => name === 'rect')).toHaveLength(2 * 240);
  });

  test('is sound markup with finite coordinates, whatever it is given', () => {
    const tone = fc.constantFrom('good' as const, 'warn' as const, 'bad' as const, 'unknown' as const);
    const cell = fc.record({ from: anyNumber, to: anyNumber, tone, tip: hostileText });
    const row = fc.record({ name: hostileText, figure: hostileText, cells: fc.array(cell, { maxLength: 10 }) });
    fc.assert(
      fc.property(hostileText, fc.array(row, { maxLength: 4 }), (title, rows) => {
        for (const { name, attributes } of readMarkup(statusStrip({ title, rows }).html)) {
          expect(name).not.toMatch(/script|img/);
          for (const [key, value] of attributes) {
            if (/^(x|y|width|height|viewBox)$/.test(key)) expect(value).not.toMatch(/NaN|Infinity|undefined|e[+-]?\d/);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
