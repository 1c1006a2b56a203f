import { formatNumber } from '@mlops-actions/core';
import type { DatasetVersion } from '@mlops-actions/provider';
import { code, table } from '@mlops-actions/report';
import type { ColumnProfile, TableProfile } from '@mlops-actions/tabular';

/** Columns that the summary shows; the profile has them all. */
const mostColumns = 100;

/** The step's part of the run's summary page, in Markdown. */
export function summaryOf(dataset: DatasetVersion, created: boolean, profile: TableProfile | undefined): string {
  const { name, version, rows, splits, artifact } = dataset;
  const state = created ? 'new' : 'unchanged, nothing was stored';
  const unit = profile === undefined ? 'files' : 'rows';
  return [
    `### Dataset ${name}@${version} (${state})`,
    `${formatNumber(rows)} ${unit}, ${code(artifact.digest).markdown}`,
    ...(splits.length === 0 ? [] : [splitTable(splits, rows)]),
    ...(profile === undefined ? [] : columnTables(profile)),
    '',
  ].join('\n\n');
}

function splitTable(splits: DatasetVersion['splits'], rows: number): string {
  const lines = splits.map((split) => [split.name, split.rows, `${formatNumber((100 * split.rows) / rows)} %`]);
  return table(['Split', 'Rows', 'Share'], lines, ['left', 'right', 'right']);
}

function columnTables({ columns, rows }: TableProfile): string[] {
  const lines = columns
    .slice(0, mostColumns)
    .map((column) => [code(column.name), column.type, nullsOf(column, rows), rangeOf(column), distinctOf(column)]);
  const rest = columns.length - mostColumns;
  return [
    table(['Column', 'Type', 'Nulls', 'Range', 'Values'], lines, ['left', 'left', 'right', 'left', 'right']),
    ...(rest > 0 ? [`… and ${rest} more columns; the profile has them all.`] : []),
  ];
}

function nullsOf({ nulls }: ColumnProfile, rows: number): string {
  return nulls === 0 ? '0' : `${formatNumber(nulls)} (${formatNumber((100 * nulls) / rows, 2)} %)`;
}

function rangeOf({ min, max, mean }: ColumnProfile): string {
  if (min === undefined || max === undefined) return '';
  const shown = (value: number | string): string => (typeof value === 'number' ? formatNumber(value) : value);
  return `${shown(min)} … ${shown(max)}${mean === undefined ? '' : `, mean ${formatNumber(mean)}`}`;
}

function distinctOf({ distinct }: ColumnProfile): string {
  return distinct === undefined ? '> 1000' : formatNumber(distinct);
}
