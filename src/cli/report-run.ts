// What `zipdream report` does: reads files of results and writes the page.

import { readSource } from '../node/report/read.js';
import { notify } from './notify.js';
import { count, plural } from './numbers.js';
import { openSink } from './output.js';

export interface ReportFlags {
  readonly output: string;
  readonly title?: string;
  readonly force?: boolean;
}

export async function runReport(paths: readonly string[], flags: ReportFlags): Promise<void> {
  const { output, title, force = false } = flags;
  const isStdout = output === '-';
  const sink = await openSink(isStdout ? undefined : output, force);
  const sources = await Promise.all(paths.map((path) => readSource(path, notify)));
  const { renderReport } = await import('../node/report/page.js');
  const page = renderReport(sources, { title });
  sink.write(page);
  await sink.finish();
  if (isStdout) return;
  const cells = sources.reduce((sum, { rows }) => sum + rows.length, 0);
  notify(`${output}: ${plural(cells, 'cell')}, ${count(Buffer.byteLength(page))} bytes`);
}
