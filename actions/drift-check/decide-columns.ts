import {
  amongColumns,
  type Column,
  type ColumnExamination,
  columnFindings,
  type DriftReport,
  type DriftRules,
  driftReport,
  type ExaminationOptions,
  examineColumn,
  type QualityFinding,
} from '@mlops-actions/core';
import { columnOf } from '@mlops-actions/tabular';
import type { Checked } from './inputs.ts';
import type { LeftOut, Plan, PlannedColumn } from './plan.ts';
import { type BothKnown, type Known, type ScanContext, type Sides, scanSides } from './scan.ts';

/** What the comparison of all columns comes to. Prediction columns are decided apart: a drift of answers must not drown among features. */
export interface Decided {
  readonly data: DriftReport;
  readonly prediction: DriftReport;
  readonly findings: readonly QualityFinding[];
  readonly leftOut: readonly LeftOut[];
  /** Columns that were read a second time, with all their values. */
  readonly readAgain: readonly string[];
}

/** Bytes of values that a second reading holds at once, at least one column's. */
const heldBytes = 512 << 20;

/** Categories that a second reading counts one by one: as many as a scan keeps texts. */
const allCategories = 2 ** 20;

/**
 * Examines the columns one by one, each of which is forgotten then, and decides. A column that the bounds of a histogram leave undecided is
 * read again with all values, where the tables are there and `mode` allows it, and all are decided again.
 */
export async function decideColumns(
  sides: Sides,
  plan: Plan,
  known: BothKnown,
  mode: 'auto' | 'exact' | 'sketch',
  checked: Checked,
  context: ScanContext,
): Promise<Decided> {
  const options: ExaminationOptions = { rules: checked.rules, compat: checked.compat };
  const examined = new Map(plan.columns.map((column) => [column.name, examinedColumn(column, known, options)]));
  const readAgain = new Set<string>();
  const canRead = mode === 'auto' && Object.values(sides).some(({ kind }) => kind === 'table');
  let decided = decide(plan, examined, checked.rules);
  while (canRead) {
    const next = toReadAgain(decided, examined, readAgain);
    if (next.length === 0) break;
    const columns = plan.columns.filter(({ name }) => next.includes(name));
    context.log.log('info', `Not decided by histograms, read again exactly: ${next.join(', ')}.`);
    for (const some of inPortions(columns, known)) {
      const again = await scanSides(sides, some, 'exact', { ...context, maxCategories: allCategories });
      for (const column of some) {
        readAgain.add(column.name);
        examined.set(column.name, examinedColumn(column, again.known, options));
      }
    }
    decided = decide(plan, examined, checked.rules);
  }
  return { ...decided, readAgain: [...readAgain] };
}

function examinedColumn(column: PlannedColumn, known: BothKnown, options: ExaminationOptions): ColumnExamination {
  return examineColumn(column.name, taken(known.reference, column.name), taken(known.current, column.name), options);
}

/** The column, which is forgotten here. */
function taken({ sketch, columns }: Known, name: string): Column {
  const column = columnOf(sketch, name) as Column;
  columns.delete(name);
  return column;
}

type WithoutReading = Omit<Decided, 'readAgain'>;

function decide(plan: Plan, examined: ReadonlyMap<string, ColumnExamination>, rules: DriftRules): WithoutReading {
  const roles = new Map(plan.columns.map(({ name, role }) => [name, role]));
  const all = [...examined.values()];
  const ids = all.filter(({ name, looksLikeIds }) => looksLikeIds && !plan.named.has(name));
  const compared = all.filter((each) => !ids.includes(each));
  const isPrediction = ({ name }: { readonly name: string }): boolean => roles.get(name) === 'prediction';
  const { reference, current } = plan.names;
  const apart = (names: readonly string[]) => names.filter((name) => roles.get(name) !== 'prediction');
  return {
    data: driftReport(
      compared.filter((each) => !isPrediction(each)),
      apart(reference),
      apart(current),
      rules,
    ),
    prediction: driftReport(compared.filter(isPrediction), [], [], rules),
    findings: [
      ...columnFindings(reference, current),
      ...amongColumns(
        compared.flatMap(({ name, findings }) => findings.filter(({ issue }) => !isExpected(roles.get(name), issue))),
        compared.length,
      ),
    ],
    leftOut: [
      ...plan.leftOut,
      ...ids.map(({ name }) => ({
        column: name,
        reason: 'nearly every row has a text of its own, as ids have; name it in `columns` to compare it',
      })),
    ],
  };
}

function isExpected(role: PlannedColumn['role'] | undefined, issue: QualityFinding['issue']): boolean {
  return role === 'label' && (issue === 'missing-values' || issue === 'no-values');
}

/**
 * The undecided columns that were not read again yet. When all were and corrected p-values are still open, those of other columns are, and
 * these are the ones to read.
 */
function toReadAgain(
  { data, prediction }: WithoutReading,
  examined: ReadonlyMap<string, ColumnExamination>,
  readAgain: ReadonlySet<string>,
): readonly string[] {
  return [data, prediction].flatMap(({ undecided, columns }) => {
    if (undecided.length === 0) return [];
    const fresh = undecided.filter((name) => !readAgain.has(name));
    if (fresh.length > 0) return fresh;
    return columns.map(({ name }) => name).filter((name) => !readAgain.has(name) && isOpen(examined.get(name)));
  });
}

function isOpen(column: ColumnExamination | undefined): boolean {
  const p = column?.significance?.p;
  return p !== undefined && p.lo < p.hi;
}

function inPortions(columns: readonly PlannedColumn[], known: BothKnown): PlannedColumn[][] {
  const rows = known.reference.rows + known.current.rows;
  const size = Math.max(1, Math.floor(heldBytes / (8 * Math.max(rows, 1))));
  const portions: PlannedColumn[][] = [];
  for (let from = 0; from < columns.length; from += size) portions.push(columns.slice(from, from + size));
  return portions;
}
