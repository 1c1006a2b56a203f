import { UserError } from '../errors.ts';
import { type Direction, knownMetric } from '../metrics/direction.ts';
import { predictionMetric } from '../metrics/registry.ts';
import { parseBound } from './parse-bound.ts';
import { parseSubject } from './parse-subject.ts';
import { type RuleCursor, RuleFault, ruleCursor } from './rule-cursor.ts';
import { type Operator, type Rule, subjectText, writtenSubject } from './rules.ts';

/**
 * Parses the rules of a gate, one a line:
 *
 *     rule    = subject operator bound { "confident" | "advisory" } [ "#" comment ]
 *     subject = metric [ "[" rows "]" ]
 *             | ( "gap" | "ratio" ) "(" metric "by" columns ")"
 *     metric  = letter or "_", then letters, digits and any of _ . / : @ -  | "any text in quotes"
 *     rows    = slice | "worst of" columns
 *     slice   = any text without "]"                                        | "any text in quotes"
 *     columns = column { "," column }, where a column is a name, in quotes where it holds "," "]" or ")"
 *     operator = ">=" | ">" | "<=" | "<"
 *     bound   = number
 *             | "champion" [ ("+" | "-") number [ "%" ] | "*" number ]
 *
 * `champion - 1%` is one per cent of |champion| below it; `champion * 0.99` says the same. `≥`, `≤`, `−` and `×` are read as `>=`, `<=`,
 * `-` and `*`. Throws one `UserError` with every fault of every line, each with a caret below the place.
 *
 * The operator must agree with the metric's direction: stated in `directions`, or known by its name. A rule that compares with the
 * champion needs a direction; one with a number states it by its operator. A gap between groups is better lower, a ratio higher.
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
  const cursor = ruleCursor(line);
  cursor.skipBlanks();
  if (cursor.next === '' || cursor.next === '#') return undefined;
  const subject = parseSubject(cursor);
  cursor.skipBlanks();
  const sign = operator(cursor);
  cursor.skipBlanks();
  const boundStart = cursor.at;
  const bound = parseBound(cursor);
  const boundText = line.slice(boundStart, cursor.at).trim().replace(/\s+/g, ' ');
  const words = closingWords(cursor);
  const rule: Rule = {
    text: [`${writtenSubject(subject)} ${sign} ${boundText}`, ...words].join(' '),
    boundText,
    ...subject,
    operator: sign,
    bound,
    confident: words.includes('confident'),
    advisory: words.includes('advisory'),
  };
  if (rule.confident && bound.kind === 'champion') {
    throw new RuleFault(
      'confident belongs to a rule with a number; a comparison with the champion on predictions has its confidence anyway.',
      boundStart,
    );
  }
  if (rule.confident && subject.groups !== undefined && subject.groups.kind !== 'worst') {
    throw new RuleFault(`confident is not there for a ${subject.groups.kind} between groups.`, boundStart);
  }
  return rule;
}

const closing = ['confident', 'advisory'] as const;

/** `confident` and `advisory`, in this order however they stand. */
function closingWords(cursor: RuleCursor): string[] {
  const found = new Set<string>();
  cursor.skipBlanks();
  for (;;) {
    const word = cursor.match(/(?:confident|advisory)(?![\p{L}\p{N}_])/uy)?.[0];
    if (word === undefined) break;
    found.add(word);
    cursor.skipBlanks();
  }
  if (cursor.next !== '' && cursor.next !== '#') {
    throw new RuleFault(
      `${cursor.rest()} is not expected here. After the right side only confident, advisory or a # comment may stand.`,
      cursor.at,
    );
  }
  return closing.filter((word) => found.has(word));
}

function operator(cursor: RuleCursor): Operator {
  const start = cursor.at;
  const sign = cursor.match(/[<>=!≥≤~]+/y)?.[0];
  const known = operatorSigns.get(sign ?? '');
  if (known !== undefined) return known;
  throw new RuleFault(
    sign === undefined
      ? `an operator (>=, >, <= or <) is expected here, not ${cursor.rest()}.`
      : `${sign} is not one of >=, >, <= and <.`,
    start,
  );
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
  const direction = directionOfRule(rule, directions);
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
  const between = rule.groups === undefined || rule.groups.kind === 'worst' ? rule.metric : subjectText(rule);
  throw new RuleFault(
    `a ${direction} ${between} is better, so \`${rule.text}\` would pass the worse model. Write ${right}, or state another direction in the input directions.`,
    0,
  );
}

function directionOfRule(rule: Rule, directions: Readonly<Record<string, Direction>>): Direction | undefined {
  if (rule.groups?.kind === 'gap') return 'lower';
  if (rule.groups?.kind === 'ratio') return 'higher';
  return directionOf(rule.metric, directions);
}

/** The direction that the user stated, or else the known one. */
export function directionOf(metric: string, directions: Readonly<Record<string, Direction>>): Direction | undefined {
  if (Object.hasOwn(directions, metric)) return directions[metric];
  return knownMetric(metric)?.direction ?? predictionMetric(metric)?.direction;
}
