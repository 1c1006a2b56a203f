import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bold, code, escapeText, link, table } from './markdown.ts';

/** Text made of what Markdown, HTML and terminals care about. */
const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '|',
      '\\',
      '`',
      '*',
      '_',
      '\n',
      '\r',
      '<',
      '>',
      '&',
      '[',
      ']',
      '(',
      ')',
      '!',
      '~',
      'a',
      ' ',
      '\u202e',
      '\u001b',
    ),
    fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
  ),
});

describe('table', () => {
  test('is set as GitHub reads it', () => {
    expect(
      table(
        ['metric', 'value', 'note'],
        [
          ['val_loss', 1234.5, bold('low')],
          ['a|b', 0.25],
        ],
        ['left', 'right', 'center'],
      ),
    ).toBe(
      [
        '| metric | value | note |',
        '| --- | --: | :-: |',
        '| val_loss | 1,235 | **low** |',
        '| a&#124;b | 0.25 |  |',
      ].join('\n'),
    );
  });

  test('keeps its shape whatever its cells hold', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(nasty, nasty), { maxLength: 5 }), (rows) => {
        const lines = table(
          ['a', 'b'],
          rows.map(([left, right]) => [left, code(right)]),
        ).split('\n');
        expect(lines).toHaveLength(rows.length + 2);
        for (const line of lines) expect(line.split('|')).toHaveLength(4);
      }),
    );
  });

  test('a row with too many cells is refused', () => {
    expect(() => table(['a'], [['1', '2']])).toThrow(RangeError);
  });
});

describe('escapeText', () => {
  test.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['a\r\nb\rc\nd', 'a<br>b<br>c<br>d'],
    ['`rm -rf`', '\\`rm -rf\\`'],
    ['![x](http://evil)', '\\!\\[x\\](http://evil)'],
    ['val_loss _private_', 'val_loss \\_private\\_'],
    ['\u001b[31mred', '\ufffd\\[31mred'],
    ['\ud800', '\ufffd'],
    ['😀', '😀'],
    ['&lt;', '&amp;lt;'],
  ])('%j is %s', (text, escaped) => expect(escapeText(text)).toBe(escaped));

  test('leaves no tag, no break and no bare backtick', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const escaped = escapeText(text).replaceAll('<br>', '');
        expect(escaped).not.toMatch(/[<>\n\r|]|(?<!\\)(?:\\\\)*(?<!\\)`/);
      }),
    );
  });
});

test('code holds backticks, pipes and tags', () => {
  expect(code('a`b|<c>_d').markdown).toBe('<code>a&#96;b&#124;&#60;c&#62;&#95;d</code>');
});

test('a link leads to http or https only', () => {
  expect(link('run [1]', 'https://ci.example/a_(b)|c').markdown).toBe(
    '[run \\[1\\]](https://ci.example/a%5f%28b%29%7cc)',
  );
  expect(link('x', 'javascript:alert(1)').markdown).toBe('x');
  expect(link('x', 'https://a b').markdown).toBe('x');
});
