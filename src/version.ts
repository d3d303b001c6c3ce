// The version recorded in results. A test compares it with package.json.

/** The version of this package. */
export const VERSION = '0.1.0';
