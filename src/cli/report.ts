// `zipdream report`: its flags and its help. The work is in report-run.ts, loaded when it is called.

import { Command } from 'commander';

export function reportCommand(): Command {
  return new Command('report')
    .summary('a comparison as one HTML page')
    .description(
      'Makes a page of the results of compare: ranking, figures with intervals, samples to look at ' +
        'and listen to, and how to reproduce it. It is one file that needs no network and no script.',
    )
    .argument('<results...>', 'files that compare -o has written')
    .option('-o, --output <file>', 'where to write the page, - for stdout', 'report.html')
    .option('--title <text>', 'its title (default: Which compressor imagines best?)')
    .option('--force', 'replace the file if it is there')
    .addHelpText('after', HELP)
    .action(async (results: string[], flags) => {
      const { runReport } = await import('./report-run.js');
      await runReport(results, flags);
    });
}

const HELP = `
Examples:
  zipdream compare wiki.txt -c gzip,ppm,mix --metrics samples,calibration -o results.jsonl
  zipdream report results.jsonl -o report.html
  zipdream report text.jsonl pictures.jsonl --title "Six compressors" -o - > page.html`;
