import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratchFolder, type ScratchFolder } from '../../testing/scratch-folder.js';
import { beginNewFile } from './new-file.js';

describe('a new file', () => {
  let folder: ScratchFolder;
  let root: string;
  let target: string;
  beforeEach(() => {
    folder = scratchFolder();
    target = folder.file('out.csv');
    root = join(target, '..');
  });
  afterEach(() => folder.remove());

  /** The name that this draft would have, had another process begun it. */
  const ofProcess = (draft: string, pid: number): string => draft.replace(`-${process.pid}-`, `-${pid}-`);
  /** Of a process that has ended. */
  const endedPid = (): number =>
    Number(execFileSync(process.execPath, ['-e', 'process.stdout.write(String(process.pid))'], { encoding: 'utf8' }));

  it('takes its name when it is complete, and leaves nothing else', () => {
    const file = beginNewFile(target);
    writeFileSync(file.draft, 'a');
    expect(existsSync(target)).toBe(false);
    file.publish();
    file.discard();
    expect(readFileSync(target, 'utf8')).toBe('a');
    expect(readdirSync(root)).toEqual(['out.csv']);
    expect(() => beginNewFile(target)).toThrow('exists already');
  });

  it('removes what killed processes left of it, also where the file is there by now', () => {
    const { draft, discard } = beginNewFile(target);
    const left = ofProcess(draft, endedPid());
    for (const suffix of ['', '-journal', '-wal', '-shm']) writeFileSync(left + suffix, 'x');
    discard();
    beginNewFile(target).discard();
    expect(readdirSync(root)).toEqual([]);
    writeFileSync(left, 'x');
    writeFileSync(target, 'whole');
    expect(() => beginNewFile(target)).toThrow('exists already');
    expect(readdirSync(root)).toEqual(['out.csv']);
  });

  it('never removes what may be another file', () => {
    const own = beginNewFile(target);
    writeFileSync(own.draft, 'being written');
    const ended = ofProcess(own.draft, endedPid());
    const kept = [
      own.draft,
      `${own.draft}-wal`,
      ofProcess(own.draft, process.ppid),
      `${ended}.bak`,
      `${ended}-copy`,
      ended.replace(/partial-[0-9a-f]{8}/, 'partial-00000000'),
      `${target}.partial-mine`,
      `${target}.partial-1`,
      `${target}.partial`,
      join(root, `other-${ended.slice(root.length + 1)}`),
    ];
    for (const path of kept) writeFileSync(path, 'x');
    const asLink = ofProcess(own.draft, endedPid()).replace(/-\d+$/, '-77');
    symlinkSync(own.draft, asLink);
    mkdirSync(asLink.replace(/-77$/, '-78'));
    const before = readdirSync(root).sort();
    const second = beginNewFile(target);
    expect(second.draft).not.toBe(own.draft);
    expect(readdirSync(root).sort()).toEqual(before);
    second.discard();
    expect(readdirSync(root).sort()).toEqual(before);
  });
});
