import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHeadFile, readHeadFile } from '../../sources/drivers/head-file.js';
import { scratchFolder, type ScratchFolder } from '../../testing/scratch-folder.js';
import { codeOf } from '../../testing/test-framework.js';
import { asDiskRefusal } from './disk-refusal.js';
import { writeFileDurably } from './write-file-durably.js';

/** Takes no byte, like a full disk. */
const fullDevice = '/dev/full';
const withFullDevice = it.skipIf(!existsSync(fullDevice));

let folder: ScratchFolder;
let root: string;
beforeEach(() => {
  folder = scratchFolder();
  root = join(folder.file('placeholder', ''), '..');
});
afterEach(() => {
  folder.remove();
});

describe('writeFileDurably', () => {
  it('writes all of it, over what was there, and leaves nothing else behind', () => {
    const file = join(root, 'report.json');
    writeFileDurably(file, 'old');
    const text = 'ä'.repeat(3_000_000);
    writeFileDurably(file, text);
    expect(readFileSync(file, 'utf8') === text).toBe(true);
    expect(readdirSync(root).sort()).toEqual(['placeholder', 'report.json']);
  });

  withFullDevice('says that the disk is full, and keeps the old file', async () => {
    const file = join(root, 'report.json');
    writeFileDurably(file, 'old');
    symlinkSync(fullDevice, `${file}.${process.pid}.tmp`);
    expect(
      await codeOf(() => {
        writeFileDurably(file, 'new');
      }),
    ).toBe('disk-write-failed');
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(root).sort()).toEqual(['placeholder', 'report.json']);
  });
});

describe('the head file', () => {
  it('keeps the newest link of each lane', () => {
    const file = join(root, 'run.db.head');
    const head = openHeadFile(file);
    head.write(2, { seq: 7, chain: 'a'.repeat(64) });
    head.write(2, { seq: 8, chain: 'b'.repeat(64) });
    head.close();
    expect(readHeadFile(file, 2)).toEqual({ seq: 8, chain: 'b'.repeat(64) });
    expect(readHeadFile(file, 1)).toBeNull();
  });

  withFullDevice('says that the disk is full', async () => {
    const file = join(root, 'full.head');
    symlinkSync(fullDevice, file);
    const head = openHeadFile(file);
    expect(
      await codeOf(() => {
        head.write(0, { seq: 1, chain: 'a'.repeat(64) });
      }),
    ).toBe('disk-write-failed');
    head.close();
  });
});

it('only what the disk refuses becomes disk-write-failed', () => {
  for (const code of ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG', 'SQLITE_FULL', 'SQLITE_IOERR_WRITE']) {
    expect(asDiskRefusal(Object.assign(new Error('x'), { code }), 'f')).toMatchObject({ code: 'disk-write-failed' });
  }
  const other = Object.assign(new Error('x'), { code: 'EACCES' });
  expect(asDiskRefusal(other, 'f')).toBe(other);
  expect(asDiskRefusal(null, 'f')).toBeNull();
});
