/** An audit with all faults: `npm run test:audit`. */
import { test } from 'node:test';
import { CASES } from '../../../src/sandbox/audit/index.ts';
import { gullibleSwallows, oursPasses } from './checks.ts';

test('our own client passes', () => oursPasses(CASES));
test('a client that checks nothing swallows every forgery', () => gullibleSwallows(CASES));
