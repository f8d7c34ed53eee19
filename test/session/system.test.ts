/** System errors about files, as Windows makes them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StoreError } from '../../src/errors.ts';
import { unwritable, whenFree } from '../../src/session/system.ts';

const FILE = 'C:\\Users\\ada\\AppData\\Local\\tg-auth\\Data\\production\\work.json';

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: refused, rename '${FILE}'`), { code, syscall: 'rename' });
}

/** Fails some times with this code, then returns 'done'. */
function failing(times: number, code: string): () => string {
  return () => {
    if (times-- > 0) throw systemError(code);
    return 'done';
  };
}

test('on Windows a change is tried again while another process has the file open', () => {
  for (const code of ['EPERM', 'EACCES', 'EBUSY']) assert.equal(whenFree(FILE, failing(3, code)), 'done');
  assert.throws(() => whenFree(FILE, failing(1, 'ENOENT')), { code: 'ENOENT' });
  assert.throws(() => whenFree('/home/ada/work.json', failing(1, 'EACCES')), { code: 'EACCES' });
});

test('a file that cannot be written on Windows gets no advice about owners', () => {
  for (const code of ['EACCES', 'EPERM']) {
    const error = unwritable(FILE, systemError(code));
    assert.ok(error instanceof StoreError);
    assert.equal(error.type, 'STORE_UNWRITABLE');
    assert.match(error.message, /permission denied/);
  }
});
