/** The version of this package. A test compares it with package.json, which a bundle would otherwise have to find and read. */
export const version = '0.1.0';
