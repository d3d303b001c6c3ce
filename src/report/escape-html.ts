// Escapes text for HTML and SVG, both between tags and inside a quoted attribute. It does not
// escape text for scripts, style sheets or unquoted attributes.

/** The text with `&`, `<`, `>` and both quotes as numeric character references. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
