import fc from 'fast-check';

/** Text made of what HTML, SVG and a reader's eye trip over. */
export const hostileText = fc.oneof(
  fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        '<',
        '>',
        '&',
        '"',
        "'",
        '`',
        '=',
        '/',
        ' ',
        '\n',
        '\t',
        '\0',
        '\u202e',
        '\ufffe',
        '\ud800',
        '😀',
        'א',
        'a',
      ),
      fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
    ),
  }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</style><script>',
    ']]>',
    '<!--',
    '&lt;b&gt;',
    '&#x3c;script&#x3e;',
    'javascript:alert(1)',
    '__proto__',
    'constructor',
    'מסעדה عربي',
    '👩‍👩‍👧‍👦'.repeat(40),
    'a'.repeat(10_000),
    `e${'\u0301'.repeat(5000)}`,
    '',
  ),
);

/** Any number there is. */
export const anyNumber = fc.oneof(
  fc.double(),
  fc.integer({ min: -1000, max: 1000 }),
  fc.constantFrom(
    0,
    -0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    5e-324,
    2 ** 53,
  ),
);
