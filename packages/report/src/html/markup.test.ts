import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hostileText } from '../testing/hostile.ts';
import { readMarkup } from '../testing/read-markup.ts';
import { formatMoment, formatPValue, formatShare } from './figures.ts';
import { type Content, html, render } from './markup.ts';
import { cut, longName, shortName } from './names.ts';
import { prose } from './parts.ts';

describe('html', () => {
  test('escapes what is put into it, in text and in attributes', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const [element, ...others] = readMarkup(html`<p title="${text}">${text}</p>`.html);
        expect(others).toEqual([]);
        expect(element?.text).toBe(element?.attributes.get('title'));
        expect(element?.text).not.toMatch(/[\p{Cs}\p{Bidi_Control}\p{Noncharacter_Code_Point}\0]/u);
      }),
    );
  });

  test('leaves ordinary text as it is', () => {
    expect(html`<b>${'Müller & Söhne, "5 < 6", 健康 😀'}</b>`.html).toBe(
      '<b>Müller &amp; Söhne, &quot;5 &lt; 6&quot;, 健康 😀</b>',
    );
  });

  test('puts markup, lists and numbers in as they are, and nothing for nothing', () => {
    expect(html`<ul>${[html`<li>${1.5}</li>`, undefined, ['a', '<']]}</ul>`.html).toBe('<ul><li>1.5</li>a&lt;</ul>');
  });

  test('does not take an object from outside for markup', () => {
    expect(render(JSON.parse('{"html":"<script>alert(1)</script>"}') as Content)).toBe('');
  });
});

describe('names', () => {
  test('are cut by characters as a reader counts them', () => {
    expect(cut('👩‍👩‍👧‍👦'.repeat(5), 3)).toBe('👩‍👩‍👧‍👦👩‍👩‍👧‍👦…');
    expect(cut('abcdef', 6)).toBe('abcdef');
    expect(cut('abcdefg', 6)).toBe('abcde…');
  });

  test('are never longer than asked, and cutting twice is cutting once', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 2, max: 80 }), (text, length) => {
        const short = cut(text, length);
        expect([...new Intl.Segmenter('en').segment(short)].length).toBeLessThanOrEqual(length + 1);
        expect(short.length).toBeLessThanOrEqual(length * 8 + 9);
        expect(cut(short, length)).toBe(short);
      }),
    );
  });

  test('that are long open to their whole text, up to 10,000 characters', () => {
    const text = `<${'x'.repeat(9_998)}>`;
    const elements = readMarkup(longName(text).html);
    expect(elements.at(0)?.name).toBe('details');
    expect(elements.at(-1)?.text).toBe(text);
    expect(readMarkup(longName('y'.repeat(1_000_000)).html).at(-1)?.text).toMatch(
      /^y{10000}… \(990000 characters more\)$/,
    );
  });

  test('that are empty say so', () => {
    expect(shortName('').html).toContain('(empty)');
  });
});

describe('figures', () => {
  test.each([
    [0, '0\u00a0%'],
    [1, '100\u00a0%'],
    [0.0004, '<0.1\u00a0%'],
    [0.99999, '>99.9\u00a0%'],
    [0.12345, '12.3\u00a0%'],
    [Number.NaN, 'NaN'],
    [-0.5, '-50\u00a0%'],
  ])('the share %d is %s', (share, text) => expect(formatShare(share)).toBe(text));

  test('a share is never said to be none or all when it is not', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true, minExcluded: true, maxExcluded: true }), (share) => {
        expect(['0\u00a0%', '100\u00a0%']).not.toContain(formatShare(share));
      }),
    );
  });

  test.each([
    [0, '<1e-300'],
    [1e-310, '<1e-300'],
    [0.0341, '0.034'],
    [1, '1'],
    [Number.NaN, 'NaN'],
  ])('the p-value %d is %s', (p, text) => expect(formatPValue(p)).toBe(text));

  test('moments are in UTC, and what is none is a number', () => {
    expect(formatMoment(Date.UTC(2026, 10, 25, 14, 5, 59))).toBe('2026-11-25 14:05 UTC');
    expect(formatMoment(9e15)).toBe('9,000,000,000,000,000');
    expect(formatMoment(Number.NaN)).toBe('NaN');
  });
});

test('a sentence has its code set as code, and nothing in it acts as markup', () => {
  expect(html`${prose('Set `min-samples`, or give <more> rows.')}`.html).toBe(
    'Set <code>min-samples</code>, or give &lt;more&gt; rows.',
  );
  expect(html`${prose('a ` alone, and `<b>`')}`.html).not.toContain('<b>');
});
