// A table of figures: words to the left, figures to the right with the same digits in a column.

import { escapeHtml } from './escape-html.js';

/** A column: its title, and what it says of a row. */
export interface TableColumn<Row> {
  /** Its head. */
  readonly title: string;
  /** What the column is, as its title's tooltip. */
  readonly note?: string;
  /** Undefined leaves the cell empty; a number is shown with `digits`. */
  readonly value: (row: Row) => string | number | undefined;
  /** Decimals of numbers (default: 3). */
  readonly digits?: number;
  /** Aligns text to the right too: figures that are more than a number. */
  readonly isFigure?: boolean;
  /** Prints the least or the greatest number in bold. */
  readonly best?: 'least' | 'greatest';
}

/** What a table has besides its columns and rows. */
export interface DataTableOptions<Row> {
  /** Stands above it. */
  readonly caption?: string;
  /** Rows that take no part in what is best: controls. */
  readonly isControl?: (row: Row) => boolean;
}

/** The first column names the rows. Columns without any value are left out. */
export function dataTable<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  { caption, isControl = () => false }: DataTableOptions<Row> = {},
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
  const figures = shown.map(
    ({ value, isFigure }) => isFigure || rows.some((row) => typeof value(row) === 'number'),
  );
  const head = shown.map(({ title, note }, i) => {
    const tip = note === undefined ? '' : ` title="${escapeHtml(note)}"`;
    return `<th scope="col"${figures[i] ? ' class="zd-figure"' : ''}${tip}>${escapeHtml(title)}</th>`;
  });
  const body = rows.map((row) => {
    const cells = shown.map(({ value, digits = 3 }, i) => {
      const content = value(row);
      const classes = figures[i] ? ['zd-figure'] : [];
      if (content !== undefined && content === best[i] && !isControl(row)) classes.push('zd-best');
      const text = typeof content === 'number' ? figure(content, digits) : (content ?? '');
      const named = classes.length > 0 ? ` class="${classes.join(' ')}"` : '';
      return i === 0
        ? `<th scope="row"${named}>${escapeHtml(text)}</th>`
        : `<td${named}>${escapeHtml(text)}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return tableFigure(
    `<table><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table>`,
    caption,
  );
}

/** A table in a box that scrolls by itself where it is too wide. */
export function tableFigure(table: string, caption: string | undefined): string {
  const name = caption === undefined ? '' : `<figcaption>${escapeHtml(caption)}</figcaption>`;
  const label = caption === undefined ? '' : ` role="region" aria-label="${escapeHtml(caption)}"`;
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
