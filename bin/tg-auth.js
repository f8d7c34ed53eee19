#!/usr/bin/env node
// Starts the bundle in dist/. CommonJS, which Node.js starts a few milliseconds sooner than an ES module.
'use strict';
try {
  require('../dist/cli.cjs');
} catch (error) {
  if (error.code !== 'MODULE_NOT_FOUND' || !error.message.includes('dist/cli.cjs')) throw error;
  process.stderr.write('✖ tg-auth has not been built yet. Build it:  npm run build\n');
  process.exitCode = 70;
}
