/** The version of this package, so that a bundle need not read package.json. A test compares the two. */
export const version = '0.2.0';

/** Where to report bugs. `npm run docs` takes it from package.json. */
export const bugs = 'https://github.com/tg-auth/tg-auth/issues';
