import { type ProfiledTable, type ProfileOptions, profileColumns } from '../profile/profile-columns.ts';
import type { ScanColumn, ScanFacts, Scanner, TablePart } from '../scan.ts';

/** What one thread reads of a table: all of it, some of its row groups, or some of its bytes. */
export type Part =
  | { readonly kind: 'whole' }
  | { readonly kind: 'groups'; readonly groups: readonly number[] }
  | { readonly kind: 'bytes'; readonly bytes: TablePart };

/** A scanner of a format whose rows lie in groups. */
interface GroupedScanner extends Scanner {
  readonly rowGroups: readonly { readonly rows: number }[];
  scanRowGroups(groups: readonly number[], ...rest: Parameters<Scanner['scan']>): Promise<ScanFacts>;
}

function isGrouped(scanner: Scanner): scanner is GroupedScanner {
  return 'rowGroups' in scanner && 'scanRowGroups' in scanner;
}

/** The table in at most `count` parts of about the same size, in order; in one where it cannot be divided. */
export function partsOf(scanner: Scanner, count: number): readonly Part[] {
  const parts = count < 2 ? [] : isGrouped(scanner) ? groupParts(scanner, count) : byteParts(scanner, count);
  return parts.length < 2 ? [{ kind: 'whole' }] : parts;
}

function byteParts(scanner: Scanner, count: number): Part[] {
  return (scanner.parts?.(count) ?? []).map((bytes) => ({ kind: 'bytes', bytes }));
}

function groupParts({ rowGroups }: GroupedScanner, count: number): Part[] {
  const total = rowGroups.reduce((sum, { rows }) => sum + rows, 0);
  const parts: number[][] = Array.from({ length: count }, () => []);
  let before = 0;
  rowGroups.forEach(({ rows }, group) => {
    const part = Math.floor((count * (before + rows / 2)) / Math.max(total, 1));
    parts[Math.min(part, count - 1)]?.push(group);
    before += rows;
  });
  return parts.filter((groups) => groups.length > 0).map((groups) => ({ kind: 'groups', groups }));
}

/** A part holds so many categories of a column: as many as a scanner gives codes to, so that the whole has the counts of one pass. */
const partCategories = 1 << 20;

/** Profiles a part of the table that `scanner` reads. */
export function profilePart(
  scanner: Scanner,
  wanted: readonly ScanColumn[],
  part: Part,
  options: ProfileOptions,
): Promise<ProfiledTable> {
  if (part.kind === 'whole') return profileColumns(scanner, wanted, options);
  const scan: Scanner['scan'] = (...rest) => scanPart(scanner, part, ...rest);
  return profileColumns({ columns: scanner.columns, scan }, wanted, { ...options, heldCategories: partCategories });
}

function scanPart(
  scanner: Scanner,
  part: Exclude<Part, { kind: 'whole' }>,
  ...rest: Parameters<Scanner['scan']>
): Promise<ScanFacts> {
  if (part.kind === 'groups' && isGrouped(scanner)) return scanner.scanRowGroups(part.groups, ...rest);
  if (part.kind === 'bytes' && scanner.scanPart !== undefined) return scanner.scanPart(part.bytes, ...rest);
  throw new Error('The table has no such parts.');
}
