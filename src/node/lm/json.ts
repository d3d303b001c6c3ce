// JSON files of a model.

import { readFile } from 'node:fs/promises';
import { UsageError } from '../../errors.js';
import { FileError, reason } from '../files.js';

export type Json = Readonly<Record<string, unknown>>;

/**
 * @throws FileError if it cannot be read.
 * @throws UsageError if it is not a JSON object.
 */
export async function readJson(path: string): Promise<Json> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new FileError(`cannot read "${path}": ${reason(error)}`, { cause: error });
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {}
  throw new UsageError(`"${path}" is not a JSON object`);
}

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
