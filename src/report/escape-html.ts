// Text on its way into HTML or SVG, between tags or into a quoted attribute.

/** Whatever the text, what comes back begins no tag, no entity and ends no attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
