// Reads result files for a report. Reports combine rows of one version of zipdream only, which is
// checked here.

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { VERSION } from '../../version.js';
import { FileError, readInput } from '../files.js';
import { readResults } from '../results.js';
import type { ResultsSource } from './reproduce.js';

/**
 * Reads the rows of a result file with its hash; of several rows of one cell the last counts.
 *
 * @param onWarning called with a message about skipped lines.
 * @throws FileError if the file is missing, empty, not a result file, or of another version.
 */
export async function readSource(
  path: string,
  onWarning: (warning: string) => void = () => {},
): Promise<ResultsSource> {
  const { rows: all, warning } = await readResults(path);
  if (warning !== undefined) onWarning(warning);
  const rows = [...new Map(all.map((row) => [row.id, row])).values()];
  if (rows.length === 0) throw new FileError(`"${path}" has no results`);
  const other = rows.find(({ zipdream }) => zipdream !== VERSION);
  if (other) {
    throw new FileError(
      `"${path}" has results of zipdream ${other.zipdream}; this is ${VERSION}: measure them again`,
    );
  }
  const sha256 = createHash('sha256')
    .update(await readInput(path))
    .digest('hex');
  return { name: basename(path), sha256, rows };
}
