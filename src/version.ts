// The version of this package, for results that record what made them. A test holds it to
// package.json.

export const VERSION = '0.1.0';
