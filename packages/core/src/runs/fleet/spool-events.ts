import { closeSync, fsyncSync, openSync, readSync, writeFileSync } from 'node:fs';
import { linesOfFile } from '../../engine/path/lines-of-file.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { asDiskRefusal } from '../../model/files/disk-refusal.js';

const pieceBytes = 1 << 20;

/**
 * Copies an input into a file of this machine: an event that does not end makes the replay begin anew, and standard input
 * is there once. Nothing is applied before all of it is there: who passes events on may take a failure for their end, and
 * then the line that counts them is there and wrong (PySpark does when the machine that holds a part of a shuffle dies).
 * @param expected how many events of each partition the readers gave to this task
 * @throws RecoveryError `invalid-task-input` where it has others
 */
export function spoolEvents(input: number, file: string, expected: readonly number[]): void {
  copyInput(input, file);
  const from = openSync(file, 'r');
  try {
    checkCounts(from, expected);
  } finally {
    closeSync(from);
  }
}

function checkCounts(from: number, expected: readonly number[]): void {
  const counts = new Array<number>(expected.length).fill(0);
  let said: number | null = null;
  for (const line of linesOfFile(from)) {
    const [, place, end] = /^\{(?:"p":(\d+),|"end": ?(\d+)\}$)/.exec(line) ?? [];
    if (said !== null || (place === undefined && end === undefined)) throw wrong('it has a line that is no event');
    if (end !== undefined) said = Number(end);
    else counts[Number(place)] = (counts[Number(place)] ?? 0) + 1;
  }
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (said === null) throw wrong('it breaks off: the line that says how many events there are is missing');
  if (said !== all) throw wrong(`it has ${all} events and says ${said}`);
  const place = counts.findIndex((count, at) => count !== expected[at]);
  if (place === -1) return;
  throw wrong(
    `it has ${counts[place] ?? 0} events of partition ${place} of the plan, and the readers gave it ${expected[place] ?? 0}`,
  );
}

function wrong(what: string): RecoveryError {
  return new RecoveryError('invalid-task-input', `the events that the task was given are not all: ${what}`, {
    hint: 'give the task its events again; nothing was applied',
  });
}

function copyInput(input: number, file: string): void {
  const to = openSync(file, 'w', 0o600);
  const piece = new Uint8Array(pieceBytes);
  try {
    for (;;) {
      const read = readPiece(input, piece);
      if (read === 0) break;
      writeFileSync(to, piece.subarray(0, read));
    }
    fsyncSync(to);
  } catch (error) {
    throw asDiskRefusal(error, file);
  } finally {
    closeSync(to);
  }
}

function readPiece(input: number, piece: Uint8Array): number {
  for (;;) {
    try {
      return readSync(input, piece, 0, piece.length, null);
    } catch (error) {
      // A pipe that does not block has nothing yet.
      if ((error as { code?: unknown }).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
