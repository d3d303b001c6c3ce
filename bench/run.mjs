// `npm run bench [-- THEME…]`: what the engines cost as ratios of processor time, both sides of each
// in one run, beside what is aimed at. A theme is a file of ratios/ with rows of its own; programs
// that are not installed leave their rows empty. Longer tables: bench/deflate.mjs, bench/ppm.mjs …
import { readdirSync } from 'node:fs';

const folder = new URL('ratios/', import.meta.url);
const all = readdirSync(folder)
  .filter((file) => file !== 'measure.mjs')
  .map((file) => file.replace('.mjs', ''));
const named = process.argv.slice(2);
const unknown = named.find((theme) => !all.includes(theme));
if (unknown !== undefined) {
  console.error(`unknown theme "${unknown}"; there are ${all.join(', ')}`);
  process.exit(2);
}

console.log(`| node ${process.version} | measured | goal |\n| --- | ---: | ---: |`);
for (const theme of named.length > 0 ? named : all) {
  const { rows } = await import(new URL(`${theme}.mjs`, folder));
  for (const { name, goal, measure } of rows) {
    const value = await measure();
    const shown = value === undefined ? '' : value >= 100 ? value.toFixed(0) : value.toPrecision(3);
    console.log(`| ${name} | ${shown} | ${goal} |`);
  }
}
