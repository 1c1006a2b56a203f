import { withHeldCategories } from '../profile/category-column.ts';
import { usualHeldCategories } from '../profile/limits.ts';
import { mergeProfiles } from '../profile/merge.ts';
import type { ProfiledTable } from '../profile/profile-columns.ts';
import type { TableSketch } from '../profile/sketch.ts';
import type { MistypedCell, ScanFacts } from '../scan.ts';
import type { Part } from './parts.ts';

/**
 * The profile of a table from those of its `parts`, each of which `run` makes; `undefined` when one cannot be read. Where a part of bytes starts is a guess, which a newline inside quotes
 * spoils: such a part is read again from where the one before it has ended.
 */
export async function profileInParts(
  parts: readonly Part[],
  run: (part: Part) => Promise<ProfiledTable>,
  signal: AbortSignal,
): Promise<ProfiledTable | undefined> {
  const results = await Promise.allSettled(parts.map(run));
  signal.throwIfAborted();
  const tables: ProfiledTable[] = [];
  for (const [index, result] of results.entries()) {
    const end = tables.at(-1)?.facts.extent?.to;
    const part = parts[index] as Part;
    const table = result.status === 'fulfilled' ? result.value : undefined;
    if (table !== undefined && (end === undefined || table.facts.extent?.from === end)) tables.push(table);
    else if (part.kind !== 'bytes' || end === undefined) return undefined;
    else if (end < part.bytes.to) {
      const again = run({ kind: 'bytes', bytes: { ...part.bytes, from: end, isRecordStart: true } });
      const [settled] = await Promise.allSettled([again]);
      signal.throwIfAborted();
      if (settled.status === 'rejected') return undefined;
      tables.push(settled.value);
    }
  }
  return joinParts(tables);
}

/** What one pass over the whole gives, from the parts in order. */
function joinParts(parts: readonly ProfiledTable[]): ProfiledTable {
  const { sketch, facts } = parts.reduce(joined);
  return { sketch: { ...withUsualCategories(sketch), ...originOf(parts) }, facts };
}

function joined(a: ProfiledTable, b: ProfiledTable): ProfiledTable {
  return { sketch: mergeProfiles(a.sketch, b.sketch), facts: joinFacts(a.facts, b.facts) };
}

/** Parts of bytes, which have an extent, count their rows and lines from their own start; row groups know where they are. */
function joinFacts(a: ScanFacts, b: ScanFacts): ScanFacts {
  const moved = ({ row, line, text }: MistypedCell): MistypedCell =>
    a.extent === undefined
      ? { row, ...(line === undefined ? {} : { line }), text }
      : { row: row + a.rows, ...(line === undefined ? {} : { line: line + a.extent.lines }), text };
  const later = [...b.mistyped].map(([name, cell]) => [name, moved(cell)] as const);
  return {
    rows: a.rows + b.rows,
    mistyped: new Map([...later, ...a.mistyped]),
    warnings: [...new Set([...a.warnings, ...b.warnings])],
    ...(a.extent === undefined || b.extent === undefined
      ? {}
      : { extent: { from: a.extent.from, to: b.extent.to, lines: a.extent.lines + b.extent.lines } }),
  };
}

function withUsualCategories(sketch: TableSketch): TableSketch {
  const held = usualHeldCategories(sketch.limits.categories);
  const columns = [...sketch.columns].map(
    ([name, column]) => [name, column.kind === 'categorical' ? withHeldCategories(column, held) : column] as const,
  );
  return { ...sketch, limits: { ...sketch.limits, heldCategories: held }, columns: new Map(columns) };
}

function originOf([first]: readonly ProfiledTable[]): Pick<TableSketch, 'source'> {
  return first?.sketch.source === undefined ? {} : { source: first.sketch.source };
}
