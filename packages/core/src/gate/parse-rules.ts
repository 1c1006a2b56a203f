import { UserError } from '../errors.ts';
import { type Direction, knownMetric } from '../metrics/direction.ts';
import { normalSlice } from '../metrics/metric-set.ts';
import { add, type Decimal, decimal, times } from './decimal.ts';
import { type Bound, type Operator, type Rule, writtenMetric } from './rules.ts';

/** A fault at a column (from 0) of a line. */
class RuleFault extends Error {
  readonly column: number;
  constructor(message: string, column: number) {
    super(message);
    this.column = column;
  }
}

/**
 * Parses the rules of a gate, one a line:
 *
 *     rule    = metric [ "[" slice "]" ] operator bound [ "advisory" ] [ "#" comment ]
 *     metric  = letter or "_", then letters, digits and any of _ . / : @ -  | "any text in quotes"
 *     slice   = any text without "]"                                        | "any text in quotes"
 *     operator = ">=" | ">" | "<=" | "<"
 *     bound   = number
 *             | "champion" [ ("+" | "-") number [ "%" ] | "*" number ]
 *
 * `champion - 1%` is one per cent of |champion| below it; `champion * 0.99` says the same. `≥`, `≤`, `−` and `×` are read as `>=`, `<=`,
 * `-` and `*`. Throws one `UserError` with every fault of every line, each with a caret below the place.
 *
 * The operator must agree with the metric's direction: stated in `directions`, or known by its name. A rule that compares with the
 * champion needs a direction; one with a number states it by its operator.
 */
export function parseRules(text: string, directions: Readonly<Record<string, Direction>>): Rule[] {
  const rules: Rule[] = [];
  const faults: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    try {
      const rule = parseLine(line);
      if (rule === undefined) continue;
      checkDirection(rule, directions);
      rules.push(rule);
    } catch (fault) {
      if (!(fault instanceof RuleFault)) throw fault;
      faults.push(
        `Input \`rules\`, line ${index + 1}, column ${fault.column + 1}: ${fault.message}\n    ${shown(line)}\n    ${' '.repeat([...line.slice(0, fault.column)].length)}^`,
      );
    }
  }
  if (faults.length > 0) throw new UserError(faults.join('\n'));
  if (rules.length === 0) {
    throw new UserError(
      'Input `rules` holds no rule. Write one a line, such as `accuracy >= 0.9`, or leave the input out.',
    );
  }
  return rules;
}

/** Tabs and control characters take one column, so that the caret stands right. */
function shown(line: string): string {
  return line.replace(/\p{Cc}/gu, ' ');
}

function parseLine(line: string): Rule | undefined {
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(line);
    if (found === null) return undefined;
    at += found[0].length;
    return found;
  };
  const skipBlanks = (): void => {
    match(/\s*/y);
  };
  const rest = (): string => JSON.stringify(line.slice(at).trim().slice(0, 30));

  function quoted(): string | undefined {
    const start = at;
    const open = line[at];
    if (open !== '"' && open !== "'") return undefined;
    const found = match(open === '"' ? /"((?:[^"\\]|\\.)*)"/y : /'((?:[^'\\]|\\.)*)'/y);
    if (found === undefined) throw new RuleFault('the quotation mark is never closed.', start);
    if (found[1] === '') throw new RuleFault('the name between the quotation marks is empty.', start);
    return found[1]?.replace(/\\(.)/g, '$1');
  }

  function metric(): string {
    const name = quoted() ?? match(/[\p{L}_][\p{L}\p{N}_./:@-]*/uy)?.[0];
    if (name !== undefined) return name;
    throw new RuleFault(
      `a rule starts with a metric, such as accuracy; ${rest()} is none. Put odd names in quotation marks.`,
      at,
    );
  }

  function slice(): string | undefined {
    const start = at;
    if (match(/\[\s*/y) === undefined) return undefined;
    const name = quoted() ?? match(/[^\]]*/y)?.[0] ?? '';
    if (match(/\s*\]/y) === undefined) throw new RuleFault('the bracket of the slice is never closed.', start);
    if (name.trim() === '') throw new RuleFault('the slice is empty. Write recall[segment=new].', start);
    return normalSlice(name);
  }

  function operator(): Operator {
    const start = at;
    const sign = match(/[<>=!≥≤~]+/y)?.[0];
    const known = operatorSigns.get(sign ?? '');
    if (known !== undefined) return known;
    throw new RuleFault(
      sign === undefined
        ? `an operator (>=, >, <= or <) is expected here, not ${rest()}.`
        : `${sign} is not one of >=, >, <= and <.`,
      start,
    );
  }

  function number(signed: boolean): Decimal {
    const start = at;
    const literal = match(/[+−-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y)?.[0]?.replace('−', '-');
    if (literal === undefined) throw new RuleFault(`a number is expected here, not ${rest()}.`, start);
    if (!signed && /^[+-]/.test(literal)) throw new RuleFault('this number takes no sign of its own.', start);
    if (!Number.isFinite(Number(literal)) || /[eE][+-]?\d{4}/.test(literal))
      throw new RuleFault(`${literal} is too large.`, start);
    if (/[\p{L}\p{N}_.,]/u.test(line[at] ?? '')) {
      throw new RuleFault(`${JSON.stringify(line.slice(start, at + 1))} is not a number. Write 0.93 or 1.5e-3.`, start);
    }
    return decimal(literal);
  }

  function bound(): Bound {
    if (match(/champion(?![\p{L}\p{N}_])/uy) === undefined) {
      const start = at;
      if (/[\p{L}_"']/u.test(line[at] ?? '')) {
        throw new RuleFault(`the right side is a number or champion, not ${rest()}.`, start);
      }
      const value = number(true);
      if (match(/\s*%/y) === undefined) return { kind: 'absolute', value };
      throw new RuleFault(
        'per cent of what? Write the number as the file holds it: 0.9, or 90 when the file holds percentages.',
        start,
      );
    }
    skipBlanks();
    const sign = match(/[+*×−-]/y)?.[0];
    if (sign === undefined) return { kind: 'champion' };
    skipBlanks();
    const amount = number(false);
    if (sign === '*' || sign === '×') {
      return { kind: 'champion', offset: { relative: true, amount: add(amount, decimal(-1)) } };
    }
    const signed = sign === '+' ? amount : times(amount, decimal(-1));
    const percent = match(/\s*%/y) !== undefined;
    return {
      kind: 'champion',
      offset: percent
        ? { relative: true, amount: times(signed, decimal('0.01')) }
        : { relative: false, amount: signed },
    };
  }

  skipBlanks();
  if (at === line.length || line[at] === '#') return undefined;
  const name = metric();
  skipBlanks();
  const part = slice();
  skipBlanks();
  const sign = operator();
  skipBlanks();
  const boundStart = at;
  const right = bound();
  const boundText = line.slice(boundStart, at).trim().replace(/\s+/g, ' ');
  skipBlanks();
  const advisory = match(/advisory(?![\p{L}\p{N}_])/uy) !== undefined;
  skipBlanks();
  if (at < line.length && line[at] !== '#') {
    throw new RuleFault(
      `${rest()} is not expected here. After the right side only advisory or a # comment may stand.`,
      at,
    );
  }
  return {
    text: `${writtenMetric(name, part)} ${sign} ${boundText}${advisory ? ' advisory' : ''}`,
    boundText,
    metric: name,
    ...(part === undefined ? {} : { slice: part }),
    operator: sign,
    bound: right,
    advisory,
  };
}

const operatorSigns: ReadonlyMap<string, Operator> = new Map([
  ['>=', '>='],
  ['>', '>'],
  ['<=', '<='],
  ['<', '<'],
  ['≥', '>='],
  ['≤', '<='],
]);

function checkDirection(rule: Rule, directions: Readonly<Record<string, Direction>>): void {
  const direction = directionOf(rule.metric, directions);
  const asked: Direction = rule.operator.startsWith('>') ? 'higher' : 'lower';
  if (direction === undefined) {
    if (rule.bound.kind === 'absolute') return;
    throw new RuleFault(
      `whether a higher or a lower ${rule.metric} is better is not known. State it in the input directions: \`${rule.metric}: lower\` or \`${rule.metric}: higher\`.`,
      0,
    );
  }
  if (direction === asked) return;
  const right = direction === 'higher' ? '>=' : '<=';
  throw new RuleFault(
    `a ${direction} ${rule.metric} is better, so \`${rule.text}\` would pass the worse model. Write ${right}, or state another direction in the input directions.`,
    0,
  );
}

/** The direction that the user stated, or else the known one. */
export function directionOf(metric: string, directions: Readonly<Record<string, Direction>>): Direction | undefined {
  return Object.hasOwn(directions, metric) ? directions[metric] : knownMetric(metric)?.direction;
}
