// `zipdream report`: reads files of results and writes the page.

import { Command } from 'commander';
import { readSource } from '../node/report/read.js';
import { addFlags } from './flags.js';
import { type Io, notify } from './io.js';
import { refuseExisting, STANDARD, writeWhole } from './output.js';
import { count, plural } from './views/numbers.js';

export function reportCommand(io: Io): Command {
  const command = new Command('report')
    .description(
      'Makes a page of the results of compare: ranking, figures with intervals, samples to look at ' +
        'and listen to, and how to reproduce it. It is one file that needs no network.',
    )
    .argument('<results...>', 'files that compare -o has written')
    .addHelpText('after', HELP)
    .action((results: string[], flags: ReportFlags) => run(io, results, flags));
  return addFlags(command, { '': ['page', 'title', 'force'] });
}

const HELP = `
Examples:
  zipdream compare wiki.txt -c gzip,ppm,mix --metrics samples,calibration -o results.jsonl
  zipdream report results.jsonl -o report.html
  zipdream report text.jsonl pictures.jsonl --title "Six compressors" -o - > page.html`;

interface ReportFlags {
  readonly output: string;
  readonly title?: string;
  readonly force?: boolean;
}

async function run(io: Io, paths: readonly string[], flags: ReportFlags): Promise<void> {
  const { output, title, force } = flags;
  const sources = await Promise.all(
    paths.map((path) => readSource(path, (warning) => notify(io, warning))),
  );
  await refuseExisting(output, force, paths);
  const { renderReport } = await import('../node/report/page.js');
  const page = renderReport(sources, { title });
  await writeWhole(io, output, page, force);
  if (output === STANDARD) return;
  const cells = sources.reduce((sum, { rows }) => sum + rows.length, 0);
  notify(io, `${output}: ${plural(cells, 'cell')}, ${count(Buffer.byteLength(page))} bytes`);
}
