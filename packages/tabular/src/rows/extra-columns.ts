const mostNames = 20;

/** Keeps which columns came up that a table did not have when it was opened. */
export interface ExtraColumns {
  see(name: string, line: number): void;
  /** One sentence, or none. */
  warnings(): string[];
}

export function extraColumns(file: string): ExtraColumns {
  const names = new Set<string>();
  let first = 0;
  let more = false;
  return {
    see(name, line) {
      if (names.size === 0) first = line;
      if (names.size < mostNames) names.add(name);
      else if (!names.has(name)) more = true;
    },
    warnings() {
      if (names.size === 0) return [];
      const shown = [...names].map((name) => JSON.stringify(name)).join(', ');
      return [
        `${file}:${first}: the columns ${shown}${more ? ' and more' : ''} come up first behind the rows that the columns are taken from; they were not read. State their types to read them.`,
      ];
    },
  };
}
