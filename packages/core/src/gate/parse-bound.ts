import { add, type Decimal, decimal, times } from './decimal.ts';
import { type RuleCursor, RuleFault } from './rule-cursor.ts';
import type { Bound } from './rules.ts';

/** Reads the right side of a rule. */
export function parseBound(cursor: RuleCursor): Bound {
  if (cursor.match(/champion(?![\p{L}\p{N}_])/uy) === undefined) return absoluteBound(cursor);
  cursor.skipBlanks();
  const sign = cursor.match(/[+*×−-]/y)?.[0];
  if (sign === undefined) return { kind: 'champion' };
  cursor.skipBlanks();
  const amount = parseNumber(cursor, false);
  if (sign === '*' || sign === '×') {
    return { kind: 'champion', offset: { relative: true, amount: add(amount, decimal(-1)) } };
  }
  const signed = sign === '+' ? amount : times(amount, decimal(-1));
  const percent = cursor.match(/\s*%/y) !== undefined;
  return {
    kind: 'champion',
    offset: percent ? { relative: true, amount: times(signed, decimal('0.01')) } : { relative: false, amount: signed },
  };
}

function absoluteBound(cursor: RuleCursor): Bound {
  const start = cursor.at;
  if (/[\p{L}_"']/u.test(cursor.next)) {
    throw new RuleFault(`the right side is a number or champion, not ${cursor.rest()}.`, start);
  }
  const value = parseNumber(cursor, true);
  if (cursor.match(/\s*%/y) === undefined) return { kind: 'absolute', value };
  throw new RuleFault(
    'per cent of what? Write the number as the file holds it: 0.9, or 90 when the file holds percentages.',
    start,
  );
}

function parseNumber(cursor: RuleCursor, signed: boolean): Decimal {
  const start = cursor.at;
  const literal = cursor.match(/[+−-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y)?.[0]?.replace('−', '-');
  if (literal === undefined) throw new RuleFault(`a number is expected here, not ${cursor.rest()}.`, start);
  if (!signed && /^[+-]/.test(literal)) throw new RuleFault('this number takes no sign of its own.', start);
  if (!Number.isFinite(Number(literal)) || /[eE][+-]?\d{4}/.test(literal))
    throw new RuleFault(`${literal} is too large.`, start);
  if (/[\p{L}\p{N}_.,]/u.test(cursor.next)) {
    const shown = JSON.stringify(cursor.line.slice(start, cursor.at + 1));
    throw new RuleFault(`${shown} is not a number. Write 0.93 or 1.5e-3.`, start);
  }
  return decimal(literal);
}
