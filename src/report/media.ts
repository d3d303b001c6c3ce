// Pictures and sounds as HTML with the file embedded as a data: URL, so that a page makes no
// requests.

import { toBase64 } from '../bits/base64.js';
import { escapeHtml } from './escape-html.js';

/** Options of `pictureFigure`. */
export interface PictureFigureOptions {
  /** Text alternative. */
  readonly alt: string;
  /** Text below the picture. */
  readonly caption?: string;
  /** Width on the page in CSS pixels (default: the picture's own); scaling keeps pixels sharp. */
  readonly width?: number;
}

/**
 * A picture as HTML, with its file embedded.
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

/** Options of `soundPlayer`. */
export interface SoundPlayerOptions {
  /** Description for assistive technology. */
  readonly label: string;
  /** Text below the player. */
  readonly caption?: string;
}

/**
 * A player for a sound as HTML, with its file embedded.
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
