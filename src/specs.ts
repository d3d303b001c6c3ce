// Parses specs that contain specs. A blend lists its members after its colon, joined by `+`,
// followed by its own options:
//
//   blend:gzip+ppm   blend:lm:size=800k+mix,how=linear   blend:[gzip:level=6,reading=exact]+ppm
//
// A member that contains `+`, `,` or a bracket is written in brackets. One with unbalanced brackets
// is written as a JSON string: `blend:"onnx:model=a].onnx"+ppm`.

import { UsageError } from './errors.js';
import { splitOutside, splitSpec } from './options.js';

/** The row whose specs contain others. */
const BLEND = 'blend';

/**
 * The member specs of a blend, as written, with their readings; empty for any other spec. Members
 * that are blends themselves are not expanded.
 *
 * @throws UsageError for unbalanced brackets or quotes.
 */
export function membersOf(spec: string): readonly string[] {
  const { name, text } = splitSpec(spec);
  return name === BLEND ? splitMembers(splitOutside(text, ',')[0]!) : [];
}

/**
 * The members in the first part of a blend's text, without brackets and quotes.
 *
 * @throws UsageError for an empty member, or for unbalanced brackets or quotes.
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
 * Splits a member into its spec without `reading=`, which the blend handles, and that reading. A
 * blend as a member has one reading only, and no such option.
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
