import { readSync } from 'node:fs';
import { RecoveryError } from '@eventmend/core';

const mostBytes = 1024;

/**
 * Reads the first line of an input, `{"task":3}`, and nothing behind it: events may follow.
 * @throws RecoveryError `invalid-argument` where it is no such line
 */
export function readTaskHeader(descriptor: number): number {
  const byte = new Uint8Array(1);
  let line = '';
  while (line.length < mostBytes && readSync(descriptor, byte, 0, 1, null) === 1 && byte[0] !== 10) {
    line += String.fromCharCode(byte[0] ?? 0);
  }
  let task: unknown = null;
  try {
    ({ task } = JSON.parse(line) as { task?: unknown });
  } catch {
    // told below
  }
  if (typeof task === 'number' && Number.isSafeInteger(task) && task >= 0) return task;
  throw new RecoveryError('invalid-argument', 'standard input does not begin with a line that names the task', {
    hint: 'the first line is such as {"task":3}; or give the number of the task instead of -',
  });
}
