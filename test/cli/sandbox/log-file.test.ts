/** The file of `sandbox --log`. */
import assert from 'node:assert/strict';
import { chmodSync, chownSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openLog } from '../../../src/cli/sandbox/log-file.ts';
import { cleanEnv, folder, POSIX, tgAuth } from '../../scripts/cli.ts';

const modeOf = (file: string) => statSync(file).mode & 0o777;

describe('a log', POSIX, () => {
  test('can be read only by its owner, even if it existed before', () => {
    const old = join(folder(), 'old');
    writeFileSync(old, 'before\n');
    chmodSync(old, 0o666);
    const umask = process.umask(0);
    try {
      for (const file of [old, join(folder(), 'new')]) {
        const log = openLog(file);
        log.append('one');
        assert.equal(modeOf(file), 0o600);
        log.append('two');
        log.close();
        assert.ok(readFileSync(file, 'utf8').endsWith('one\ntwo\n'));
      }
    } finally {
      process.umask(umask);
    }
    assert.equal(readFileSync(old, 'utf8'), 'before\none\ntwo\n');
  });

  test('is not written through a symbolic link', () => {
    const [file, link] = [join(folder(), 'profile'), join(folder(), 'log')];
    writeFileSync(file, 'mine\n', { mode: 0o644 });
    symlinkSync(file, link);
    assert.throws(() => openLog(link), {
      type: 'FILE_UNWRITABLE',
      values: { file: `The log ${link}`, reason: 'it is a symbolic link' },
    });
    assert.deepEqual([readFileSync(file, 'utf8'), modeOf(file)], ['mine\n', 0o644]);
  });

  test("is not another user's file", process.geteuid?.() === 0 ? {} : { skip: 'only root can give files away' }, () => {
    const file = join(folder(), 'log');
    writeFileSync(file, '');
    chownSync(file, 12345, 12345);
    assert.throws(() => openLog(file), /belongs to another user/);
  });

  test('may be a device, which stays as it is', () => {
    const before = modeOf('/dev/null');
    const log = openLog('/dev/null');
    log.append('gone');
    log.close();
    assert.equal(modeOf('/dev/null'), before);
  });

  test('that cannot be opened is reported before the sandbox starts', async () => {
    const { code, stderr } = await tgAuth(
      ['sandbox', '--log', join(folder(), 'none', 'log'), '--', 'true'],
      cleanEnv(),
    );
    assert.equal(code, 32);
    assert.match(stderr, /^✖ The log .* cannot be written: no such file or folder\./);
  });

  test('of a sandbox has mode 0600', async () => {
    const file = join(folder(), 'log');
    const words = ['sandbox', '--log', file, '--', 'tg-auth', 'send-code', '9996621002', '-q'];
    assert.equal((await tgAuth(words, cleanEnv())).code, 0);
    assert.equal(modeOf(file), 0o600);
    assert.match(readFileSync(file, 'utf8'), /"method":"auth.sendCode"/);
  });
});
