/** The lines of `sandbox --env`. test/scripts/sandbox-options.test.ts runs them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignments } from '../../../src/cli/sandbox/background.ts';

const VARIABLES = { A: '127.0.0.1:1', B: "it's", C: '', D: undefined };

test('the variables are written for a POSIX shell, also for one on Windows', () => {
  const posix = "export A=127.0.0.1:1;\nexport B='it'\\''s';\nexport C='';";
  assert.equal(assignments(VARIABLES, { env: {}, platform: 'linux' }), posix);
  assert.equal(assignments(VARIABLES, { env: { SHELL: '/usr/bin/bash' }, platform: 'win32' }), posix);
});

test('the variables are written for PowerShell in a terminal of Windows', () => {
  const lines = assignments(VARIABLES, { env: {}, platform: 'win32' });
  assert.equal(lines, "$env:A = '127.0.0.1:1'\n$env:B = 'it''s'\n$env:C = ''");
});
