// What the pictures are drawn from: the tale, and the pages of the guide with their tables.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
export const encode = (text) => new TextEncoder().encode(text);
export const decode = (bytes) => new TextDecoder().decode(bytes);
export const tale = new Uint8Array(readFileSync(join(root, 'samples/text/tale.txt')));

export function guide(name) {
  return readFileSync(join(root, 'guide', name), 'utf8');
}

/** The cells of the first table of a page whose head has a word. */
export function tableOf(name, word) {
  const lines = guide(name).split('\n');
  const head = lines.findIndex((one) => one.startsWith('|') && one.includes(word));
  const rows = lines.slice(head + 2);
  const end = rows.findIndex((one) => !one.startsWith('|'));
  return rows.slice(0, end < 0 ? undefined : end).map((one) =>
    one
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.replaceAll(/[`*]/g, '').trim()),
  );
}

/** The number that a cell begins with. */
export function number(text) {
  return Number.parseFloat(text.replaceAll(',', '').replace('−', '-'));
}
