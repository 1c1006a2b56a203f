import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync } from 'node:fs';
import { EOL } from 'node:os';
import { UserError } from '@mlops-actions/core';

/**
 * One value in the form of GitHub's command files, safe for any text: `name<<delimiter`, the value, `delimiter`. Throws when the
 * name or the value holds the delimiter, or when the name could be read as something else.
 */
export function keyValueRecord(name: string, value: string, delimiter = `ghadelimiter_${randomUUID()}`): string {
  if (name === '' || /[\r\n=]|<</.test(name)) {
    throw new Error(
      `"${name}" cannot be the name of an output or state: it is empty or holds "=", "<<" or a line end.`,
    );
  }
  if (name.includes(delimiter)) throw new Error(`The name of an output or state holds the delimiter "${delimiter}".`);
  if (value.includes(delimiter)) throw new Error(`The value of "${name}" holds the delimiter "${delimiter}".`);
  return `${name}<<${delimiter}${EOL}${value}${EOL}${delimiter}${EOL}`;
}

/** Appends to a command file that the runner has made. Throws a `UserError` when there is none. */
export function appendToCommandFile(variable: string, path: string | undefined, text: string): void {
  if (!path) {
    throw new UserError(
      `${variable} is not set, so no value can be passed on. Run this step on a GitHub Actions runner of version 2.297.0 or newer.`,
    );
  }
  if (!existsSync(path)) {
    throw new UserError(
      `${variable} names ${path}, which does not exist. Is that folder mounted in the job's container?`,
    );
  }
  appendFileSync(path, text);
}
