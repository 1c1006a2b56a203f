import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UserError } from '../errors.ts';
import { toNumber } from './decimal.ts';
import { parseRules } from './parse-rules.ts';
import { type Rule, writtenMetric } from './rules.ts';

function one(line: string): Rule {
  const [rule, ...more] = parseRules(line, {});
  expect(more).toEqual([]);
  return rule as Rule;
}

function faultsOf(text: string, directions = {}): string {
  try {
    parseRules(text, directions);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  }
  throw new Error('no fault was found');
}

describe('what may be written', () => {
  test.each([
    ['accuracy >= 0.9', 'accuracy >= 0.9'],
    ['  accuracy>=.9  # at least', 'accuracy >= .9'],
    ['recall[segment=new] >= 0.85', 'recall[segment=new] >= 0.85'],
    ['recall[ b = 2 , a=1 ] > 0.85', 'recall[a=1,b=2] > 0.85'],
    ['recall["segment=[new]"] >= 0.85', 'recall["segment=[new]"] >= 0.85'],
    ['rmse <= champion * 1.01', 'rmse <= champion * 1.01'],
    ['rmse<=champion*1.01 advisory', 'rmse <= champion*1.01 advisory'],
    ['auc >= champion - 0.005', 'auc >= champion - 0.005'],
    ['auc ≥ champion − 1 % advisory # later', 'auc >= champion − 1 % advisory'],
    ['auc > champion', 'auc > champion'],
    ['"my metric" < -1e-3', '"my metric" < -1e-3'],
    ["'it\\'s' <= 1", '"it\'s" <= 1'],
    ['"a#b" >= 1', '"a#b" >= 1'],
    ['precision@5 >= 0.5', 'precision@5 >= 0.5'],
    ['test.rmse < +3', 'test.rmse < +3'],
    ['größe <= 3', 'größe <= 3'],
    ['champion >= 1', 'champion >= 1'],
    ['__proto__ >= 1', '__proto__ >= 1'],
    ['recall[ worst of  segment ] >= 0.8', 'recall[worst of segment] >= 0.8'],
    [
      'recall[worst of segment , "my, region"] >= champion - 2%',
      'recall[worst of segment, "my, region"] >= champion - 2%',
    ],
    ['recall["worst of segment"] >= 0.8', 'recall["worst of segment"] >= 0.8'],
    ['gap( tpr by sex )<=0.05', 'gap(tpr by sex) <= 0.05'],
    [
      'gap("my rate" by sex, age) <= champion + 0.01 advisory',
      'gap("my rate" by sex, age) <= champion + 0.01 advisory',
    ],
    ['ratio(selection_rate by sex) >= 0.8', 'ratio(selection_rate by sex) >= 0.8'],
    ['gap >= 1', 'gap >= 1'],
    ['accuracy >= 0.9 advisory confident', 'accuracy >= 0.9 confident advisory'],
  ])('%s', (line, text) => expect(one(line).text).toBe(text));

  test.each([
    ['auc >= champion * 0.99', true, -0.01],
    ['auc >= champion - 1%', true, -0.01],
    ['rmse <= champion + 2.5 %', true, 0.025],
    ['auc >= champion - 0.005', false, -0.005],
    ['auc >= champion + 0', false, 0],
  ])('%s', (line, relative, amount) => {
    const { bound } = one(line);
    expect(bound.kind === 'champion' && bound.offset?.relative).toBe(relative);
    expect(bound.kind === 'champion' && toNumber(bound.offset?.amount as never)).toBe(amount);
  });

  test('many lines, with blanks and comments', () => {
    expect(
      parseRules('# quality\r\naccuracy >= 0.9\r\n\r\n   # cost\r\nlatency_ms <= 50', {}).map((rule) => rule.text),
    ).toEqual(['accuracy >= 0.9', 'latency_ms <= 50']);
  });

  test('what a rule is written as is read as the same rule', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: 'grapheme' }).filter((name) => !/[\r\n]/.test(name)),
        fc.option(
          fc.string({ minLength: 1 }).filter((name) => name.trim() !== '' && !/[\r\n,=]/.test(name)),
          { nil: undefined },
        ),
        (name, slice) => {
          const [rule] = parseRules(`${writtenMetric(name, slice?.trim())} >= 1`, { [name]: 'higher' });
          expect([rule?.metric, rule?.slice]).toEqual([name, slice?.trim()]);
        },
      ),
    );
  });
});

describe('faults point at their column', () => {
  test.each([
    ['accuracy == 0.9', 10, '== is not one of'],
    ['accuracy => 0.9', 10, '=> is not one of'],
    ['accuracy 0.9', 10, 'an operator'],
    ['accuracy', 9, 'an operator'],
    ['accuracy >=', 12, 'a number is expected'],
    ['accuracy >= high', 13, 'the right side is a number or champion'],
    ['accuracy >= champions', 13, 'the right side is a number or champion'],
    ['accuracy >= 90%', 13, 'per cent of what?'],
    ['accuracy >= 0,9', 13, '"0," is not a number'],
    ['accuracy >= 1.2.3', 13, 'is not a number'],
    ['accuracy >= 0x1', 13, 'is not a number'],
    ['accuracy >= NaN', 13, 'the right side'],
    ['accuracy >= 1e999', 13, 'is too large'],
    ['accuracy >= 0e9999', 13, 'is too large'],
    ['accuracy >= champion * -1', 24, 'no sign of its own'],
    ['accuracy >= champion - -0.1', 24, 'no sign of its own'],
    ['accuracy >= champion / 2', 22, 'is not expected here'],
    ['accuracy >= champion *', 23, 'a number is expected'],
    ['latency_ms <= 50 (lower is better)', 18, '"(lower is better)" is not expected'],
    ['accuracy >= 0.9 and recall >= 0.8', 17, 'is not expected'],
    ['>= 0.9', 1, 'a rule starts with a metric'],
    ['"accuracy >= 0.9', 1, 'never closed'],
    ['"" >= 0.9', 1, 'is empty'],
    ['recall[] >= 0.9', 7, 'the slice is empty'],
    ['recall[a=1 >= 0.9', 7, 'never closed'],
    ['rmse >= champion', 1, 'would pass the worse model'],
    ['accuracy <= 0.9', 1, 'would pass the worse model'],
    ['recall[worst of ] >= 0.9', 17, 'the name of a column'],
    ['recall[worst of a, ] >= 0.9', 20, 'the name of a column'],
    ['recall[worst of a, a] >= 0.9', 20, 'stands here twice'],
    ['recall[worst of a >= 0.9', 7, 'never closed'],
    ['gap(tpr) <= 0.9', 8, 'Write gap(tpr by sex)'],
    ['gap(tpr by ) <= 0.9', 12, 'the name of a column'],
    ['gap(tpr by sex <= 0.9', 1, 'the bracket of gap is never closed'],
    ['gap() <= 0.9', 5, 'a rule starts with a metric'],
    ['gap(tpr by sex) >= 0.9', 1, 'a lower gap(tpr by sex) is better'],
    ['ratio(tpr by sex) <= 0.9', 1, 'a higher ratio(tpr by sex) is better'],
    ['gap(tpr by sex) <= 0.1 confident', 20, 'not there for a gap'],
    ['accuracy >= champion confident', 13, 'confident belongs to a rule with a number'],
    ['frobnication <= champion', 1, 'State it in the input directions: `frobnication: lower`'],
  ])('%s', (line, column, message) => {
    const fault = faultsOf(line);
    const [first = '', shown = '', caret = ''] = fault.split('\n');
    expect(first).toContain(`Input \`rules\`, line 1, column ${column}: `);
    expect(first).toContain(message);
    expect(shown).toBe(`    ${line}`);
    expect(caret.indexOf('^')).toBe(4 + column - 1);
  });

  test('all faults at once', () => {
    const text = 'accuracy == 1\nauc >= 0.9\nrmse >= champion\n"x';
    expect(faultsOf(text).match(/line \d/g)).toEqual(['line 1', 'line 3', 'line 4']);
  });

  test.each(['# nothing', '\n \n'])('%j holds no rule', (text) => expect(faultsOf(text)).toContain('holds no rule'));
});

describe('direction', () => {
  test('a stated one decides, over the known one too', () => {
    expect(parseRules('fid <= champion\nks >= champion', { fid: 'lower', ks: 'higher' })).toHaveLength(2);
    expect(parseRules('rmse >= champion', { rmse: 'higher' })).toHaveLength(1);
    expect(faultsOf('rmse <= champion', { rmse: 'higher' })).toContain('a higher rmse is better');
    expect(faultsOf('ks <= 0.1', { ks: 'higher' })).toContain('a higher ks is better');
  });

  test('a threshold states it by its operator', () => {
    expect(parseRules('ks <= 0.1\npositive_rate >= 0.1\npositive_rate <= 0.3', {})).toHaveLength(3);
  });

  test('no name of Object.prototype has one', () => {
    expect(faultsOf('constructor >= champion')).toContain('is not known');
  });
});

test('any text is read or refused', () => {
  const piece = fc.constantFrom(
    'accuracy',
    'x',
    '[',
    ']',
    '"',
    "'",
    '>=',
    '<',
    '=',
    'champion',
    '*',
    '-',
    '+',
    '%',
    '1',
    '.5',
    '1e9',
    ' ',
    '#',
    'advisory',
    '\n',
    '−',
    '😀',
    '\u0000',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece, { maxLength: 14 }).map((parts) => parts.join('')),
        fc.string({ unit: 'binary' }),
      ),
      (text) => {
        try {
          expect(parseRules(text, {}).length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      },
    ),
    { numRuns: 20_000 },
  );
});
