// Pictures and sounds inside a page, as data: URLs: nothing has to be fetched.

import { toBase64 } from '../bits/base64.js';
import { escapeHtml } from './escape-html.js';

/** How a picture stands on a page. */
export interface PictureFigureOptions {
  /** What is to be seen, for those who do not see it. */
  readonly alt: string;
  /** Stands below it. */
  readonly caption?: string;
  /** Width on the page in CSS pixels (default: the picture's own); pixels stay sharp. */
  readonly width?: number;
}

/**
 * A picture as HTML, its file inside.
 *
 * @param png the bytes of a PNG file.
 */
export function pictureFigure(
  png: Uint8Array,
  { alt, caption, width }: PictureFigureOptions,
): string {
  const size = width === undefined ? '' : ` width="${Math.round(width)}"`;
  const url = dataUrl('image/png', png);
  return `<figure class="zd"><img src="${url}" alt="${escapeHtml(alt)}"${size}>${captionOf(caption)}</figure>`;
}

/** How a sound stands on a page. */
export interface SoundPlayerOptions {
  /** What is to be heard. */
  readonly label: string;
  /** Stands below it. */
  readonly caption?: string;
}

/**
 * A player of a sound as HTML, its file inside.
 *
 * @param wav the bytes of a WAV file.
 */
export function soundPlayer(wav: Uint8Array, { label, caption }: SoundPlayerOptions): string {
  const url = dataUrl('audio/wav', wav);
  return `<figure class="zd"><audio controls preload="metadata" src="${url}" aria-label="${escapeHtml(label)}"></audio>${captionOf(caption)}</figure>`;
}

function captionOf(caption: string | undefined): string {
  return caption === undefined ? '' : `<figcaption>${escapeHtml(caption)}</figcaption>`;
}

function dataUrl(type: string, bytes: Uint8Array): string {
  return `data:${type};base64,${toBase64(bytes)}`;
}
