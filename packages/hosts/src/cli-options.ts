/** The words after a command on the command line, sorted into options and the rest. */
export interface CommandLineOptions {
  /** By name without the dashes. */
  readonly options: ReadonlyMap<string, string>;
  /** Words that are no option and no option's value, as written. */
  readonly stray: readonly string[];
}

/**
 * Reads `--name value`, `--name=value` and `--name` alone, which means `true`. A value that starts with `--` needs the `=`. An option
 * given several times has its values joined by line ends, which makes a list of them where the input is a list.
 */
export function parseOptions(words: readonly string[]): CommandLineOptions {
  const options = new Map<string, string>();
  const stray: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const match = /^--([^=]+)(?:=(.*))?$/s.exec(word);
    if (match?.[1] === undefined) {
      stray.push(word);
      continue;
    }
    const next = words[index + 1];
    const takesNext = match[2] === undefined && next !== undefined && !next.startsWith('--');
    if (takesNext) index += 1;
    const value = match[2] ?? (takesNext ? next : 'true');
    const before = options.get(match[1]);
    options.set(match[1], before === undefined ? value : `${before}\n${value}`);
  }
  return { options, stray };
}
