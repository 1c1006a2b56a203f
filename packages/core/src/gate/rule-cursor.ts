/** A fault at a column (from 0) of a line. */
export class RuleFault extends Error {
  readonly column: number;
  constructor(message: string, column: number) {
    super(message);
    this.column = column;
  }
}

/** A place in one line of rules, and the ways to go on from it. */
export interface RuleCursor {
  readonly line: string;
  readonly at: number;
  /** Takes what a sticky pattern matches here; undefined, and nothing taken, when it does not. */
  match(pattern: RegExp): RegExpExecArray | undefined;
  skipBlanks(): void;
  /** The character here; empty at the end. */
  readonly next: string;
  /** What is left, shortened and in quotation marks, for messages. */
  rest(): string;
  /** Takes a text in quotation marks, without them; undefined when none starts here. */
  quoted(): string | undefined;
}

export function ruleCursor(line: string): RuleCursor {
  let at = 0;
  const cursor: RuleCursor = {
    line,
    get at() {
      return at;
    },
    get next() {
      return line[at] ?? '';
    },
    match(pattern) {
      pattern.lastIndex = at;
      const found = pattern.exec(line);
      if (found === null) return undefined;
      at += found[0].length;
      return found;
    },
    skipBlanks() {
      cursor.match(/\s*/y);
    },
    rest: () => JSON.stringify(line.slice(at).trim().slice(0, 30)),
    quoted() {
      const start = at;
      const open = cursor.next;
      if (open !== '"' && open !== "'") return undefined;
      const found = cursor.match(open === '"' ? /"((?:[^"\\]|\\.)*)"/y : /'((?:[^'\\]|\\.)*)'/y);
      if (found === undefined) throw new RuleFault('the quotation mark is never closed.', start);
      if (found[1] === '') throw new RuleFault('the name between the quotation marks is empty.', start);
      return found[1]?.replace(/\\(.)/g, '$1');
    },
  };
  return cursor;
}
