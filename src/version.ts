/** The version of this package, so that a bundle need not read package.json. A test compares the two. */
export const version = '0.1.0';
