import { formatNumber } from '@mlops-actions/core';
import { type Content, type Html, html, render } from './markup.ts';
import { cut, longName, shortName, wholeText } from './names.ts';
import type { Tone } from './parts.ts';

export interface TableColumn {
  readonly label: string;
  /** Numbers are set right and sorted as numbers. Default: text. */
  readonly kind?: 'text' | 'number';
  /** What the label means, for who points at it. */
  readonly hint?: string;
  /** Takes the whole width on a phone, as a picture or a sentence does. */
  readonly wide?: boolean;
}

/** What stands in a cell. Texts are cut when long, numbers written for people; `sort` is what the column is sorted by when that is not what it shows. */
export type TableCell = Content | { readonly show: Content; readonly sort: string | number };

export interface TableRow {
  /** The first one names the row. */
  readonly cells: readonly TableCell[];
  /** Marks the row at its left edge. */
  readonly tone?: Tone;
  /** What the row opens to show. Called for the rows that are written in full only. */
  readonly details?: () => Content;
  /** Whether it is open from the start. */
  readonly open?: boolean;
}

export interface DataTable<Item> {
  readonly caption: string;
  readonly columns: readonly TableColumn[];
  /** In the order that matters most to the reader: what does not fit is left out from the end. */
  readonly rows: readonly Item[];
  readonly row: (item: Item, index: number) => TableRow;
  /** By which column `rows` are sorted, for screen readers and the arrow in the header. */
  readonly sorted?: { readonly column: number; readonly order: 'ascending' | 'descending' };
  /** How many rows are written. Default 500. */
  readonly limit?: number;
  /** How many characters of markup the table may take; the rows' details get 70 % of them. Default 700,000. */
  readonly budget?: number;
  /** Said in place of a table without rows. */
  readonly empty?: string;
}

/** From how many rows on a table has a filter field. */
const filterFrom = 21;

/**
 * A table that can be sorted and, when long, filtered; rows open to show their details. Without a script it is complete, in the order
 * given. On a phone each row is a card. What is left out is counted, with the file that has it all.
 */
export function dataTable<Item>(table: DataTable<Item>): Html {
  const { caption, columns, rows, empty = 'None.' } = table;
  if (rows.length === 0) return html`<p class="empty">${caption}: ${empty}</p>`;
  const { markup, written } = bodies(table);
  const filter = rows.length >= filterFrom ? ' data-filter' : '';
  return html`<div class="table"${filter}><div class="box"><table class="rows"><caption>${caption}</caption><thead><tr>${columns.map(
    (column, index) => head(column, table.sorted?.column === index ? table.sorted.order : undefined),
  )}</tr></thead>${markup}</table></div>${leftOut(written, rows.length)}</div>`;
}

/** A small table as it is: no sorting, no cards. The first column names the rows. */
export function plainTable(headers: readonly string[], rows: readonly (readonly Content[])[]): Html {
  return html`<div class="box"><table class="plain"><thead><tr>${headers.map(
    (header) => html`<th scope="col">${shortName(header, 40)}</th>`,
  )}</tr></thead><tbody>${rows.map(
    ([name, ...cells]) =>
      html`<tr><th scope="row">${plainCell(name)}</th>${cells.map((cell) => html`<td>${plainCell(cell)}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

function plainCell(cell: Content): Content {
  if (typeof cell === 'number') return formatNumber(cell);
  return typeof cell === 'string' ? longName(cell) : cell;
}

function leftOut(written: number, total: number): Html | undefined {
  if (written === total) return undefined;
  return html`<p class="rest">The first ${formatNumber(written)} of ${formatNumber(total)}. The other ${formatNumber(total - written)} are in <code>report.json</code>.</p>`;
}

function head({ label, kind = 'text', hint }: TableColumn, order: string | undefined): Html {
  const title = hint === undefined ? '' : html` title="${hint}"`;
  const sort = order === undefined ? '' : html` aria-sort="${order}"`;
  return html`<th scope="col" class="${kind}"${title}${sort}>${label}</th>`;
}

function bodies<Item>({ columns, rows, row, limit = 500, budget = 700_000 }: DataTable<Item>): {
  readonly markup: readonly Html[];
  readonly written: number;
} {
  const markup: Html[] = [];
  let size = 0;
  for (const [index, item] of rows.slice(0, limit).entries()) {
    const built = row(item, index);
    const full = size < budget * 0.7 ? body(columns, built) : undefined;
    const chosen =
      full !== undefined && size + full.html.length <= budget ? full : body(columns, { ...built, details: noDetails });
    if (size + chosen.html.length > budget) break;
    size += chosen.html.length;
    markup.push(chosen);
  }
  return { markup, written: markup.length };
}

const noDetails = (): Content => html`<p class="rest">The details of this row are in <code>report.json</code>.</p>`;

function body(columns: readonly TableColumn[], { cells, tone, details, open = false }: TableRow): Html {
  if (cells.length > columns.length) {
    throw new RangeError(`A row has ${cells.length} cells and the table ${columns.length} columns.`);
  }
  const [name, ...others] = cells;
  const row = html`<tr><th scope="row"${sortKey(name)}>${rowName(name, details !== undefined, open)}</th>${others.map(
    (cell, index) => dataCell(columns[index + 1], cell),
  )}</tr>`;
  const more =
    details === undefined
      ? undefined
      : html`<tr class="more"><td colspan="${columns.length}">${fullName(name)}${details()}</td></tr>`;
  return html`<tbody${tone === undefined ? '' : html` class="${tone}"`}>${row}${more}</tbody>`;
}

/** The disclosure has nothing inside: the row below follows its state by the style sheet, so that it works without a script. */
function rowName(cell: TableCell | undefined, opens: boolean, open: boolean): Content {
  if (!opens) return shown(cell);
  const name = typeof cell === 'string' ? shortName(cell) : shown(cell);
  return html`<details class="opener"${open ? ' open' : ''}><summary>${name}</summary></details>`;
}

function fullName(cell: TableCell | undefined): Html | undefined {
  if (typeof cell !== 'string' || cut(cell) === cell) return undefined;
  return html`<p class="whole"><bdi>${wholeText(cell)}</bdi></p>`;
}

function dataCell(column: TableColumn | undefined, cell: TableCell): Html {
  const wide = column?.wide === true ? ' wide' : '';
  return html`<td class="${column?.kind ?? 'text'}${wide}" data-label="${column?.label ?? ''}"${sortKey(cell)}>${shown(cell)}</td>`;
}

function shown(cell: TableCell | undefined): Content {
  const content = isKeyed(cell) ? cell.show : cell;
  if (typeof content === 'number') return formatNumber(content);
  if (typeof content === 'string' && content !== '') return longName(content);
  return render(content) === '' ? html`<span class="none">–</span>` : content;
}

function sortKey(cell: TableCell | undefined): Html | undefined {
  const key = isKeyed(cell) ? cell.sort : cell;
  if (typeof key === 'number') return html` data-sort="${key}"`;
  return typeof key === 'string' && isKeyed(cell) ? html` data-sort="${cut(key)}"` : undefined;
}

function isKeyed(cell: TableCell | undefined): cell is { readonly show: Content; readonly sort: string | number } {
  return typeof cell === 'object' && 'sort' in cell;
}
