import { closeSync, openSync, readSync } from 'node:fs';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { byteOrderMark } from './byte-order-mark.js';

/**
 * Makes sure that a byte of a plain file is where a line, or an element of an array, begins, so that a position of another file is noticed.
 * @param isArray whether the content is one array, between whose elements commas stand
 * @throws RecoveryError `unreadable-row` when it is in the middle of a line.
 */
export function assertRowStart(file: string, byte: number, isArray: boolean): void {
  if (byte === 0) return;
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return; // opening it for reading says what is wrong
  }
  try {
    if (byte === byteOrderMark.length) {
      const start = Buffer.alloc(byte);
      if (readSync(fd, start, 0, byte, 0) === byte && start.equals(byteOrderMark)) return;
    }
    const around = Buffer.alloc(2);
    const read = readSync(fd, around, 0, 2, byte - 1);
    // A last line without its end may have got it since: then the position stands in front of the line end.
    if (read < 2 || around[0] === 0x0a || (isArray && around[0] === 0x2c) || around[1] === 0x0a || around[1] === 0x0d)
      return;
  } finally {
    closeSync(fd);
  }
  throw new RecoveryError(
    'unreadable-row',
    `${file}: byte ${byte}, where reading should go on, is in the middle of a line`,
    {
      hint: 'the file was changed or replaced since it was last read: start again from its beginning',
      details: { file, byte },
    },
  );
}
