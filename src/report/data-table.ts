// A table as HTML: text columns are left-aligned, numeric columns right-aligned with tabular
// digits. Columns are described as data, so that the same rows can be shown as text.

import { escapeHtml } from './escape-html.js';

/** Content of a cell: text, a number, or an interval as its lower and upper end. */
export type TableValue = string | number | readonly [number, number];

/** A column: its title and its value for each row. */
export interface TableColumn<Row> {
  /** Column heading. */
  readonly title: string;
  /** Description of the column, shown as the tooltip of its title. */
  readonly note?: string;
  /** The value of a cell; undefined leaves it empty. */
  readonly value: (row: Row) => TableValue | undefined;
  /** Text before the value. */
  readonly mark?: (row: Row) => string;
  /** Decimals of numbers (default: 3). */
  readonly digits?: number;
  /** Significant digits of numbers, instead of decimals. */
  readonly significant?: number;
  /** Shows the least or the greatest number in bold. */
  readonly best?: 'least' | 'greatest';
}

/** Options of a table besides its columns and rows. */
export interface DataTableOptions<Row> {
  /** Text above the table. */
  readonly caption?: string;
  /** True for rows that are not considered for `best`, such as controls. */
  readonly isControl?: (row: Row) => boolean;
  /** Stores the numbers of each cell in `data-v` with seven digits, for sorting and export. */
  readonly hasData?: boolean;
}

/** Renders a table. The first column names the rows; columns without any value are left out. */
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

/** The numbers of a cell as a `data-v` attribute, with seven digits. */
export function dataOf(value: TableValue | undefined): string {
  if (!isNumeric(value)) return '';
  return ` data-v="${[value].flat().map((one) => Number(one.toPrecision(7)))}"`;
}

/** Wraps a table in a figure that scrolls horizontally if the table is too wide. */
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

/** A number with fixed decimals, a typographic minus sign, and no sign for a rounded zero. */
export function figure(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}
