// Parses the markers of a JPEG file (ITU-T T.81 §B): the kind of picture, other contents of the
// file, and a check that it is complete, before anything is decoded.

import { NotKept } from '../bits/not-kept.js';
import { CorruptDataError, UsageError } from '../errors.js';
import { type Orientation, orientationOf } from './exif.js';

interface JpegHeader {
  /** Width of the pixels as stored. */
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for any three-component colour space. */
  readonly components: 1 | 3;
  /** Orientation of the stored pixels, from EXIF. */
  readonly orientation: Orientation;
  /** Position after the marker that ends the picture. */
  readonly end: number;
  readonly notKept: readonly string[];
}

/**
 * More scans than any encoder writes. Each scan costs a pass over the picture, whatever its size.
 */
const MOST_SCANS = 500;

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const COMMENT = 0xfe;
const APP0 = 0xe0;
const APP14 = 0xee;

/** Kinds of application segments, by number and first bytes. */
const APPLICATIONS: readonly (readonly [app: number, start: string, kind: string])[] = [
  [0, 'JFXX\0', 'thumbnail'],
  [1, 'Exif\0', 'EXIF'],
  [1, 'http://ns.adobe.com/', 'XMP'],
  [2, 'ICC_PROFILE\0', 'colour profile'],
  [2, 'MPF\0', 'index of additional pictures'],
  [13, 'Photoshop 3.0\0', 'Photoshop data'],
];

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
}

/**
 * Parses a file from its first marker to its last.
 *
 * @throws CorruptDataError if it is damaged, is truncated or has no scan.
 * @throws UsageError for an unsupported kind of JPEG, which the message names, or for more than
 * `maxPixels` pixels.
 */
export function readJpegMarkers(file: Uint8Array, maxPixels: number): JpegHeader {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  if (file[0] !== 0xff || file[1] !== SOI) throw new CorruptDataError('not a JPEG file', 0);
  const notKept = new NotKept();
  let orientation: Orientation = 1;
  let adobe: number | undefined;
  let frame: Frame | undefined;
  let scans = 0;
  for (let at = 2; ; ) {
    while (file[at] === 0xff && file[at + 1] === 0xff) at++; // fill bytes
    if (at + 2 > file.length) throw endsTooSoon(file);
    if (file[at] !== 0xff) throw new CorruptDataError('JPEG marker expected', at);
    const marker = file[at + 1]!;
    if (marker === EOI) {
      if (!frame || scans === 0) throw new CorruptDataError('JPEG file without a scan', at);
      const { width, height, components } = frame;
      const end = at + 2;
      if (end < file.length) notKept.add(`${file.length - end} bytes after the picture`);
      const kinds = notKept.kinds;
      return { width, height, components: components as 1 | 3, orientation, end, notKept: kinds };
    }
    if (at + 4 > file.length) throw endsTooSoon(file);
    const length = view.getUint16(at + 2);
    if (length < 2) throw new CorruptDataError(`JPEG segment of ${length} bytes`, at + 2);
    const next = at + 2 + length;
    if (next > file.length) throw endsTooSoon(file);
    const body = file.subarray(at + 4, next);
    if (isFrame(marker)) {
      if (frame) throw new CorruptDataError('JPEG file with two frames', at);
      frame = readFrame(body, marker, at, maxPixels);
    } else if (marker === COMMENT) notKept.add('comment');
    else if (marker === APP14 && startsWith(body, 'Adobe')) adobe = body[11];
    else if (marker >= APP0 && marker < APP0 + 16) {
      const kind = kindOf(marker - APP0, body);
      if (kind === 'EXIF') orientation = orientationOf(body.subarray(6));
      if (kind !== undefined) notKept.add(kind);
    }
    at = next;
    if (marker !== SOS) continue;
    if (!frame) throw new CorruptDataError('JPEG scan before its frame', at - 2 - length);
    refuseFourComponents(frame, adobe);
    if (++scans > MOST_SCANS) {
      throw new UsageError(`JPEG with more than ${MOST_SCANS} scans is not supported`);
    }
    at = endOfScan(file, at);
  }
}

/** SOF0 to SOF15, except the other markers in that range. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** Reads a frame header (§B.2.2). */
function readFrame(body: Uint8Array, marker: number, at: number, maxPixels: number): Frame {
  const refuse = (what: string): never => {
    throw new UsageError(`JPEG ${what} is not supported; convert it to PNG`);
  };
  if (body.length < 6) throw new CorruptDataError('JPEG frame header is too short', at + 2);
  if (marker === 0xc3) refuse('with lossless coding');
  if (marker >= 0xc9) refuse('with arithmetic coding');
  if (marker > 0xc2) refuse('with hierarchical coding');
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  if (body[0] !== 8) refuse(`with ${body[0]} bits per sample`);
  const height = view.getUint16(1);
  const width = view.getUint16(3);
  const components = body[5]!;
  if (height === 0 && width > 0) refuse('without a height in its header (it is in a DNL marker)');
  if (width === 0) throw new CorruptDataError(`JPEG picture of 0 × ${height} pixels`, at + 7);
  if (components !== 1 && components !== 3 && components !== 4) {
    refuse(`with ${components} components`);
  }
  if (body.length < 6 + 3 * components) {
    throw new CorruptDataError('JPEG frame header is too short', at + 2);
  }
  if (width * height > maxPixels) {
    throw new UsageError(`${width} × ${height} pixels exceed the limit of ${maxPixels}`);
  }
  return { width, height, components };
}

function refuseFourComponents({ components }: Frame, adobe: number | undefined): void {
  if (components !== 4) return;
  const space = adobe === 2 ? 'YCCK' : 'CMYK';
  throw new UsageError(`JPEG in ${space} is not supported; convert it to RGB`);
}

/**
 * Position of the next marker after entropy-coded data, which may contain restarts and stuffed
 * zeros.
 */
function endOfScan(file: Uint8Array, start: number): number {
  for (let at = start; ; at++) {
    at = file.indexOf(0xff, at);
    if (at < 0 || at + 1 >= file.length) throw endsTooSoon(file);
    const next = file[at + 1]!;
    const isRestart = next >= 0xd0 && next <= 0xd7;
    if (next !== 0 && next !== 0xff && !isRestart) return at;
  }
}

/** The kind of an application segment; undefined if it only says how to interpret the pixels. */
function kindOf(app: number, body: Uint8Array): string | undefined {
  const known = APPLICATIONS.find(([n, start]) => n === app && startsWith(body, start));
  if (known) return known[2];
  return app === 0 && startsWith(body, 'JFIF\0') ? undefined : `application data (APP${app})`;
}

function startsWith(body: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (body[i] !== text.charCodeAt(i)) return false;
  return true;
}

function endsTooSoon(file: Uint8Array): CorruptDataError {
  return new CorruptDataError('JPEG file ends too soon', file.length);
}
