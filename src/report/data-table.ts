// A table of figures: words to the left, figures to the right with the same digits in a column.

import { escapeHtml } from './escape-html.js';

/** What a cell shows: text, a number, or an interval by its lower and upper end. */
export type TableValue = string | number | readonly [number, number];

/** A column: its title, and what it says of a row. */
export interface TableColumn<Row> {
  /** Its head. */
  readonly title: string;
  /** What the column is, as its title's tooltip. */
  readonly note?: string;
  /** Undefined leaves the cell empty; numbers are shown with `digits`, two as an interval. */
  readonly value: (row: Row) => TableValue | undefined;
  /** Stands before the value. */
  readonly mark?: (row: Row) => string;
  /** Decimals of numbers (default: 3). */
  readonly digits?: number;
  /** Significant digits of numbers, instead of decimals. */
  readonly significant?: number;
  /** Prints the least or the greatest number in bold. */
  readonly best?: 'least' | 'greatest';
}

/** What a table has besides its columns and rows. */
export interface DataTableOptions<Row> {
  /** Stands above it. */
  readonly caption?: string;
  /** Rows that take no part in what is best: controls. */
  readonly isControl?: (row: Row) => boolean;
  /** Puts the numbers of cells into their `data-v` too, to seven digits, to be sorted and saved. */
  readonly hasData?: boolean;
}

/** The first column names the rows. Columns without any value are left out. */
export function dataTable<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  { caption, isControl = () => false, hasData = false }: DataTableOptions<Row> = {},
): string {
  const shown = columns.filter((column, i) => {
    return i === 0 || rows.length === 0 || rows.some((row) => column.value(row) !== undefined);
  });
  const best = shown.map((column) =>
    bestOf(
      column,
      rows.filter((row) => !isControl(row)),
    ),
  );
  const figures = shown.map(({ value }) => rows.some((row) => isNumeric(value(row))));
  const head = shown.map(({ title, note }, i) => {
    const tip = note === undefined ? '' : ` title="${escapeHtml(note)}"`;
    return `<th scope="col"${figures[i] ? ' class="zd-figure"' : ''}${tip}>${escapeHtml(title)}</th>`;
  });
  const body = rows.map((row) => {
    const cells = shown.map((column, i) => {
      const { value, mark } = column;
      const content = value(row);
      const classes = figures[i] ? ['zd-figure'] : [];
      if (content !== undefined && content === best[i] && !isControl(row)) classes.push('zd-best');
      const text = content === undefined ? '' : (mark?.(row) ?? '') + cellText(content, column);
      const named = classes.length > 0 ? ` class="${classes.join(' ')}"` : '';
      return i === 0
        ? `<th scope="row"${named}>${escapeHtml(text)}</th>`
        : `<td${named}${hasData ? dataOf(content) : ''}>${escapeHtml(text)}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return tableFigure(
    `<table><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table>`,
    caption,
  );
}

function isNumeric(value: TableValue | undefined): value is Exclude<TableValue, string> {
  return value !== undefined && typeof value !== 'string';
}

/** The cell as text: `1.235`, `[1.235, 2.000]`. */
export function cellText(
  value: TableValue,
  { digits = 3, significant }: Pick<TableColumn<never>, 'digits' | 'significant'>,
): string {
  if (!isNumeric(value)) return value;
  if (typeof value !== 'number') return `[${value.map((end) => figure(end, digits)).join(', ')}]`;
  return significant === undefined ? figure(value, digits) : value.toPrecision(significant);
}

/** The numbers of a cell as its attribute, to seven digits. */
export function dataOf(value: TableValue | undefined): string {
  if (!isNumeric(value)) return '';
  return ` data-v="${[value].flat().map((one) => Number(one.toPrecision(7)))}"`;
}

/** A table in a box that scrolls by itself where it is too wide. */
export function tableFigure(table: string, caption: string | undefined): string {
  const name = caption === undefined ? '' : `<figcaption>${escapeHtml(caption)}</figcaption>`;
  const label = caption === undefined ? '' : ` role="group" aria-label="${escapeHtml(caption)}"`;
  return `<figure class="zd">${name}<div class="zd-scroll" tabindex="0"${label}>${table}</div></figure>`;
}

function bestOf<Row>(column: TableColumn<Row>, rows: readonly Row[]): number | undefined {
  if (column.best === undefined) return undefined;
  const numbers = rows.map(column.value).filter((value) => typeof value === 'number');
  if (numbers.length < 2) return undefined;
  return column.best === 'least' ? Math.min(...numbers) : Math.max(...numbers);
}

/** Decimals, with a real minus and no minus before zero. */
export function figure(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}
