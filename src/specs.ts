// Specs that hold specs. A blend names its members behind its colon, joined by `+`, and its own
// options behind them:
//
//   blend:gzip+ppm   blend:lm:size=800k+mix,how=linear   blend:[gzip:level=6,reading=exact]+ppm
//
// A member in which `+`, `,` or a bracket stands is written in brackets. One whose own brackets are
// not in pairs is written as a JSON string: `blend:"onnx:model=a].onnx"+ppm`.

import { UsageError } from './errors.js';
import { splitOutside, splitSpec } from './options.js';

/** The row whose specs hold others. */
const BLEND = 'blend';

/**
 * The specs that a spec is made of, as written, with their readings: none but of a blend. Those of
 * members that are blends themselves are for another call.
 *
 * @throws UsageError where brackets or quotes are left open.
 */
export function membersOf(spec: string): readonly string[] {
  const { name, text } = splitSpec(spec);
  return name === BLEND ? splitMembers(splitOutside(text, ',')[0]!) : [];
}

/**
 * The members in the first part of a blend's text, out of their brackets and quotes.
 *
 * @throws UsageError for an empty member, or where brackets or quotes are left open.
 */
export function splitMembers(text: string): string[] {
  return splitOutside(text, '+').map((part) => {
    const spec = unwrap(part.trim());
    if (spec === '') throw new UsageError(`"${BLEND}:${text}" has an empty member`);
    return spec;
  });
}

function unwrap(part: string): string {
  if (part.startsWith('[') && part.endsWith(']')) return part.slice(1, -1).trim();
  if (!part.startsWith('"')) return part;
  try {
    return String(JSON.parse(part)).trim();
  } catch (cause) {
    throw new UsageError(`a member in quotes expected a JSON string, got ${part}`, { cause });
  }
}

/**
 * A member's spec without its `reading=`, which is the blend's to know, and that reading. Blends have
 * one reading only, and no such option.
 */
export function takeReading(member: string): { spec: string; reading?: string } {
  const { name, text } = splitSpec(member);
  if (name === BLEND) return { spec: member };
  const isReading = (part: string): boolean => /^\s*reading\s*=/.test(part);
  const parts = text.split(',');
  const own = parts.filter((part) => !isReading(part));
  const reading = parts
    .find(isReading)
    ?.replace(/^[^=]*=/, '')
    .trim();
  if (reading === undefined) return { spec: member };
  return { spec: own.length === 0 ? name : `${name}:${own.join(',')}`, reading };
}
