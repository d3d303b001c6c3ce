// The script of a report, which the page's policy allows by its hash: clicking a column heading
// sorts the table, and buttons below tables and figures save them as CSV, LaTeX (booktabs) and SVG.
// The page can be read without it.

export const PAGE_SCRIPT = String.raw`'use strict';
const TEX = { '\\': '\\textbackslash{}', '~': '\\textasciitilde{}', '^': '\\textasciicircum{}', '−': '$-$', '≈': '$\\approx$', '×': '$\\times$' };
const tex = (text) => text.replace(/[\\~^−≈×]|[&%$#_{}]/g, (c) => TEX[c] ?? '\\' + c);
const csv = (text) => /[",\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
const numbersOf = (cell) => cell?.dataset.v?.split(',') ?? [cell?.textContent ?? ''];

const toCsv = (table) => {
  const [head, ...rows] = [...table.rows].map((row) => [...row.cells]);
  const isInterval = head.map((_, i) => rows.some((row) => numbersOf(row[i]).length === 2));
  const ends = (cell, i) => isInterval[i] ? [0, 1].map((end) => numbersOf(cell)[end] ?? '') : numbersOf(cell);
  const titles = head.flatMap((cell, i) =>
    isInterval[i] ? ['low', 'high'].map((end) => head[i - 1].textContent + ' ' + end) : cell.textContent);
  return [titles, ...rows.map((row) => row.flatMap(ends))].map((line) => line.map(csv).join(',') + '\n').join('');
};
const toTex = (table) => {
  const lines = [...table.rows].map((row) => [...row.cells].map((cell) => tex(cell.textContent)).join(' & ') + ' \\\\');
  const columns = [...table.rows[0].cells].map(({ className }) => className.includes('zd-figure') ? 'r' : 'l');
  lines.splice(1, 0, '\\midrule');
  return ['\\begin{tabular}{' + columns.join('') + '}', '\\toprule', ...lines, '\\bottomrule', '\\end{tabular}', ''].join('\n');
};
const toSvg = (svg) => {
  const copy = svg.cloneNode(true);
  copy.style.cssText = 'color:#1c1b21;background:#fff;--paper:#fff;font:12px system-ui,sans-serif';
  return new XMLSerializer().serializeToString(copy);
};

const button = (label, onclick) => {
  const made = Object.assign(document.createElement('button'), { type: 'button', onclick });
  made.append(...label);
  return made;
};
const saveButton = (label, name, write) => {
  const made = button([label], () => {
    const href = URL.createObjectURL(new Blob([write()]));
    Object.assign(document.createElement('a'), { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 1000);
  });
  made.ariaLabel = 'Save ' + label + ' ' + name;
  return made;
};
const nameOf = (figure) => {
  const input = figure.closest('section[aria-labelledby]')?.querySelector('h2').textContent ?? '';
  const title = (figure.querySelector('h4') ?? figure.querySelector('figcaption')).textContent;
  return (input + ' ' + title).toLowerCase().match(/[\p{L}\p{N}]+/gu).slice(0, 7).join('-');
};
for (const element of document.querySelectorAll('.zd-scroll table, svg[role=img]')) {
  const figure = element.closest('figure');
  const name = nameOf(figure);
  const line = Object.assign(document.createElement('p'), { className: 'save' });
  if (element.localName === 'svg') line.append(saveButton('SVG', name + '.svg', () => toSvg(element)));
  else line.append(saveButton('CSV', name + '.csv', () => toCsv(element)), saveButton('LaTeX', name + '.tex', () => toTex(element)));
  figure.append(line);
}

// Samples scroll inside, by keyboard too.
for (const pre of document.querySelectorAll('pre')) pre.tabIndex = 0;

const sort = (table, column, head) => {
  const sign = head.ariaSort === 'ascending' ? -1 : 1;
  for (const other of head.parentNode.cells) other.ariaSort = null;
  head.ariaSort = sign > 0 ? 'ascending' : 'descending';
  const compare = (a, b) => {
    const [[x], [y]] = [a, b].map((row) => numbersOf(row.cells[column]));
    return (x === '') - (y === '') || sign * (isNaN(x) || isNaN(y) ? x.localeCompare(y) : x - y);
  };
  table.tBodies[0].append(...[...table.tBodies[0].rows].sort(compare));
};
for (const table of document.querySelectorAll('.zd-scroll table')) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    head.append(button([...head.childNodes], () => sort(table, column, head)));
  });
}
`;
