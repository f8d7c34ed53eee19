/** An audit with one fault for each rule. `npm run test:audit` has all faults. */
import { test } from 'node:test';
import { CASES } from '../../../src/sandbox/audit/index.ts';
import { gullibleSwallows, oursPasses } from './checks.ts';

/** srp.test.ts has those with a password, whose check takes long. */
const cases = CASES.filter(
  ({ title, target }, index) => target === undefined && CASES.findIndex((each) => each.title === title) === index,
);

test('our own client passes', () => oursPasses(cases));
test('a client that checks nothing swallows the forgeries', () => gullibleSwallows(cases));
