/** Habits of style that Biome has no rule for. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const WIDTH = 120;

/** A comment on a line of its own, or after code. */
const COMMENT = /^\s*(\/\/|\/\*|\*)|\s\/\/ /;

test(`no comment line is longer than ${WIDTH} columns`, () => {
  const files = ['src', 'test', '.ci', 'bin'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|js|mjs|cjs)$/.test(file))
      .map((file) => join(folder, file)),
  );
  const long = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, i) => (line.length > WIDTH && COMMENT.test(line) ? [`${file}:${i + 1}`] : [])),
  );
  assert.deepEqual(long, []);
});
