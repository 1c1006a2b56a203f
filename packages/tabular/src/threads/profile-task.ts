import type { TableOptions } from '../open-table.ts';
import { mergeProfiles } from '../profile/merge.ts';
import { type ProfiledTable, type ProfileOptions, profileColumns } from '../profile/profile-columns.ts';
import type { ScanColumn, ScanFacts, Scanner } from '../scan.ts';
import type { ByteSource } from '../source.ts';

/** A table whose columns are to be profiled. */
export interface ProfileTask {
  readonly source: ByteSource;
  /** How `source` was opened, so that another thread can do the same. */
  readonly open?: Omit<TableOptions, 'signal'>;
  /** What `openTable` gave for the two. */
  readonly scanner: Scanner;
  readonly wanted: readonly ScanColumn[];
  readonly profile?: Omit<ProfileOptions, 'signal'>;
}

/** A scanner that can read some of a table's rows alone, as Parquet's can. */
interface DividedScanner extends Scanner {
  readonly rowGroups: readonly { readonly rows: number }[];
  scanRowGroups(groups: readonly number[], ...rest: Parameters<Scanner['scan']>): Promise<ScanFacts>;
}

function isDivided(scanner: Scanner): scanner is DividedScanner {
  return 'rowGroups' in scanner && 'scanRowGroups' in scanner;
}

/** At most `count` parts of a table, as lists of row groups, with about as many rows each; one part that names none where it cannot be divided. */
export function partsOf(scanner: Scanner, count: number): readonly (readonly number[] | undefined)[] {
  if (!isDivided(scanner) || count < 2 || scanner.rowGroups.length < 2) return [undefined];
  const total = scanner.rowGroups.reduce((sum, { rows }) => sum + rows, 0);
  const parts: number[][] = Array.from({ length: count }, () => []);
  let before = 0;
  scanner.rowGroups.forEach(({ rows }, group) => {
    const part = Math.floor((count * (before + rows / 2)) / Math.max(total, 1));
    parts[Math.min(part, count - 1)]?.push(group);
    before += rows;
  });
  return parts.filter((groups) => groups.length > 0);
}

/** Profiles a table, or those row groups of it. */
export function profilePart(
  scanner: Scanner,
  wanted: readonly ScanColumn[],
  groups: readonly number[] | undefined,
  options: ProfileOptions,
): Promise<ProfiledTable> {
  if (groups === undefined) return profileColumns(scanner, wanted, options);
  if (!isDivided(scanner)) throw new Error('Only a table with row groups has parts.');
  const part: Scanner = { ...scanner, scan: (...rest) => scanner.scanRowGroups(groups, ...rest) };
  return profileColumns(part, wanted, options);
}

/** The profile of a table from those of its parts, in order. */
export function joinParts(parts: readonly ProfiledTable[]): ProfiledTable {
  return parts.reduce((a, b) => {
    const { source } = a.sketch;
    const mistyped = new Map([...b.facts.mistyped, ...a.facts.mistyped]);
    const warnings = [...new Set([...a.facts.warnings, ...b.facts.warnings])];
    return {
      sketch: { ...mergeProfiles(a.sketch, b.sketch), ...(source === undefined ? {} : { source }) },
      facts: { rows: a.facts.rows + b.facts.rows, mistyped, warnings },
    };
  });
}
