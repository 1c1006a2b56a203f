import { type Json, UserError } from '@mlops-actions/core';
import { type CellValue, type ColumnType, cellValue } from './cell.ts';
import { type DigestSet, digestSet } from './digest-set.ts';
import { shortened } from './fault.ts';
import type { Batch, Row } from './table.ts';

/** What a schema says of one column. */
export interface ColumnRule {
  readonly type?: ColumnType;
  /** The file must have the column. */
  readonly required: boolean;
  /** Cells may be null (an empty field in CSV). */
  readonly nullable: boolean;
  /** Share of null cells allowed, 0 to 1. */
  readonly maxNullRate?: number;
  /** Limits as the column's type compares them, and as the schema writes them. */
  readonly min?: Limit;
  readonly max?: Limit;
  readonly allowed?: ReadonlySet<CellValue>;
  readonly unique: boolean;
  readonly pattern?: RegExp;
}

export interface Limit {
  readonly value: number;
  readonly text: string;
}

export interface Schema {
  readonly columns: ReadonlyMap<string, ColumnRule>;
  readonly extraColumns: 'allow' | 'forbid';
  readonly minRows: number;
}

/** One cell that breaks a rule. */
export interface Example {
  readonly file: string;
  readonly line: number;
  readonly row: number;
  /** As a message shows it. */
  readonly value: string;
}

/** A rule that the data breaks: how often, and where first. */
export interface Violation {
  /** Absent: the rule is about the whole table. */
  readonly column?: string;
  /** Goes on after the column or the value: `is not an integer`. */
  readonly sentence: string;
  /** Cells that break it; 0 when it is not about cells. */
  readonly count: number;
  readonly examples: readonly Example[];
}

const mostExamples = 5;

/** Checks rows one by one against a schema, in any number of files; keeps counts and the first examples only. */
export interface Validator {
  check(batch: Batch): void;
  /** Every rule broken so far, in the order of the schema's columns. */
  violations(): readonly Violation[];
}

export function schemaValidator(schema: Schema): Validator {
  const faults = faultLists();
  const checks = new Map([...schema.columns].map(([name, rule]) => [name, columnCheck(name, rule, faults)]));
  const filesSeen = new Set<string>();
  let rows = 0;

  function checkColumns({ file, columns }: Batch): void {
    filesSeen.add(file);
    for (const [name, { required }] of schema.columns) {
      if (required && !columns.includes(name)) faults.wholeColumn(name, `is missing in ${file}`);
    }
    if (schema.extraColumns === 'allow') return;
    for (const name of columns) {
      if (!schema.columns.has(name))
        faults.wholeColumn(name, `in ${file} is not in the schema, which forbids extra columns`);
    }
  }

  return {
    check(batch) {
      if (!filesSeen.has(batch.file)) checkColumns(batch);
      rows += batch.rows.length;
      const fromText = batch.format !== 'jsonl';
      batch.columns.forEach((name, index) => {
        const check = checks.get(name);
        if (check === undefined) return;
        for (const row of batch.rows) check.cell(row.cells[index] ?? null, batch.file, row, fromText);
      });
    },
    violations() {
      const tooFew = rows < schema.minRows ? [tooFewRows(rows, schema.minRows)] : [];
      return [...tooFew, ...faults.all(), ...[...checks.values()].flatMap((check) => check.atEnd())];
    },
  };
}

function tooFewRows(rows: number, least: number): Violation {
  return { sentence: `has ${rows} rows, fewer than \`min-rows: ${least}\``, count: 0, examples: [] };
}

interface FaultLists {
  cell(column: string, sentence: string, example: () => Example): void;
  wholeColumn(column: string, sentence: string): void;
  all(): readonly Violation[];
}

function faultLists(): FaultLists {
  const lists = new Map<string, { column: string; sentence: string; count: number; examples: Example[] }>();

  function listFor(column: string, sentence: string) {
    const key = JSON.stringify([column, sentence]);
    const list = lists.get(key) ?? { column, sentence, count: 0, examples: [] };
    lists.set(key, list);
    return list;
  }

  return {
    cell(column, sentence, example) {
      const list = listFor(column, sentence);
      list.count++;
      if (list.examples.length < mostExamples) list.examples.push(example());
    },
    wholeColumn: (column, sentence) => void listFor(column, sentence),
    all: () => [...lists.values()],
  };
}

interface ColumnCheck {
  cell(cell: Json, file: string, row: Row, fromText: boolean): void;
  atEnd(): readonly Violation[];
}

function columnCheck(column: string, rule: ColumnRule, faults: FaultLists): ColumnCheck {
  const seen = rule.unique ? digestSet() : undefined;
  let rows = 0;
  let nulls = 0;
  return {
    cell(cell, file, row, fromText) {
      rows++;
      if (cell === null) nulls++;
      const sentence =
        cell === null ? nullFault(rule) : (cellFault(rule, cell, fromText) ?? repeated(column, seen, cell));
      if (sentence === undefined) return;
      faults.cell(column, sentence, () => ({ file, line: row.line, row: row.row, value: shownCell(cell) }));
    },
    atEnd() {
      const { maxNullRate } = rule;
      if (maxNullRate === undefined || nulls <= maxNullRate * rows) return [];
      const sentence = `is empty in ${nulls} of ${rows} rows, over \`max-null-rate: ${maxNullRate}\``;
      return [{ column, sentence, count: 0, examples: [] }];
    },
  };
}

function nullFault(rule: ColumnRule): string | undefined {
  return rule.nullable ? undefined : 'is empty, and the column is not nullable';
}

/** What is wrong with a cell that is not null. The sentence has no value in it: equal faults are counted together. */
function cellFault(rule: ColumnRule, cell: Json, fromText: boolean): string | undefined {
  const value = cellValue(rule.type ?? 'string', cell, fromText);
  if (value === undefined) {
    if (rule.type !== undefined) return `is not ${/^[aeiou]/.test(rule.type) ? 'an' : 'a'} ${rule.type}`;
    return undefined;
  }
  if (rule.min !== undefined && (value as number) < rule.min.value) return `is below \`min: ${rule.min.text}\``;
  if (rule.max !== undefined && (value as number) > rule.max.value) return `is above \`max: ${rule.max.text}\``;
  if (rule.allowed !== undefined && !rule.allowed.has(value)) return 'is not one of the allowed values';
  if (rule.pattern !== undefined && !rule.pattern.test(String(value)))
    return `does not match \`${rule.pattern.source}\``;
  return undefined;
}

function repeated(column: string, seen: DigestSet | undefined, cell: Json): string | undefined {
  if (seen === undefined) return undefined;
  try {
    return seen.add(typeof cell === 'string' ? cell : JSON.stringify(cell)) ? undefined : 'repeats an earlier row';
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(
      `Column ${JSON.stringify(column)} has ${error.message}, too many to check \`unique\`. Drop that rule.`,
    );
  }
}

function shownCell(cell: Json): string {
  return shortened(JSON.stringify(cell));
}

/** A violation in one line: where it is first, the value, what is wrong, and how often. */
export function violationText({ column, sentence, count, examples }: Violation): string {
  const [first, ...others] = examples;
  const name = column === undefined ? 'The data' : `Column ${JSON.stringify(shortened(column))}`;
  if (first === undefined) return `${name} ${sentence}.`;
  const place = `${first.file}:${first.line}: row ${first.row}, column ${JSON.stringify(shortened(column ?? ''))}`;
  if (count === 1) return `${place}: ${first.value} ${sentence}.`;
  const rows = others.map(({ row }) => row).join(', ');
  const more = count > examples.length ? ', …' : '';
  return `${place}: ${first.value} ${sentence} (${count} rows do so; next: ${rows}${more}).`;
}
