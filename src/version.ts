// What results say made them. A test holds it to package.json.

/** The version of this package. */
export const VERSION = '0.1.0';
