import fc from 'fast-check';

/** Text made of what breaks protocols: delimiters, escapes, line ends, white space of every kind, and any characters at all. */
export function hostileText(): fc.Arbitrary<string> {
  return fc
    .array(
      fc.oneof(
        {
          weight: 3,
          arbitrary: fc.constantFrom('::', '##[', '##vso[', ']', ';', ',', '=', '<<', '%', '%0A', '%25', '%AZP25'),
        },
        {
          weight: 3,
          arbitrary: fc.constantFrom('\r', '\n', '\r\n', ' ', '\t', '\u00a0', '\u0085', '\u2028', '\u3000', '\ufeff'),
        },
        {
          weight: 3,
          arbitrary: fc.constantFrom(
            '::set-output name=x::y',
            '::add-mask::y',
            '##[error file=a]y',
            '##vso[task.setvariable variable=x]y',
            'set-output name=x',
            'add-mask',
            'error file=a',
            'group',
            'stop-commands',
            'task.setvariable variable=x;isOutput=true',
            'task.complete result=Succeeded;',
            ':',
            '#',
            '[',
            'vso',
          ),
        },
        { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
      ),
      { maxLength: 14 },
    )
    .map((parts) => parts.join(''));
}

/** A secret of one to three lines that is in no text of ours, with characters that every escape changes. */
export function secretText(): fc.Arbitrary<string> {
  const line = fc
    .string({ unit: fc.constantFrom('Q', 'Z', '7', '%', '"', '\\', ';', ':', ']', ',', 'é', '🔑', ' '), maxLength: 8 })
    .map((tail) => `ZQ${tail}X`);
  return fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => lines.join('\n'));
}
