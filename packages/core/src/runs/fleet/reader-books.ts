import { hash as hashOnce } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { writeFileDurably } from '../../model/files/write-file-durably.js';
import { comparePartitions } from '../../model/log/partition-id.js';
import { canonicalJson } from '../../model/json/canonical-json.js';
import type { FleetFiles } from './fleet-folder.js';
import type { FleetPlan } from './fleet-plan.js';
import type { ReadPartition } from './read-events-job.js';

/** The books of one reader: what it read, and how many events each task was given. */
export interface ReaderBooks {
  readonly format_version: 1;
  readonly fleet: string;
  readonly reader: number;
  readonly partitions: readonly ReadPartition[];
  /** SHA-256 of the partitions. */
  readonly result: string;
}

/** Leaves the books in the folder of the fleet. @throws RecoveryError `task-not-reproduced` where others stand there */
export function keepBooks(files: FleetFiles, books: ReaderBooks): void {
  mkdirSync(files.readers, { recursive: true });
  const file = bookFile(files, books.reader);
  if (existsSync(file)) {
    const earlier = parseBooks(file);
    if (earlier.fleet === books.fleet && earlier.result === books.result) return;
    throw new RecoveryError('task-not-reproduced', `reader ${books.reader} read something else than it did before`, {
      hint: 'the log or the keys of the worker are not the same twice: plan again',
    });
  }
  writeFileDurably(file, `${JSON.stringify(books, null, 2)}\n`);
}

/** The books of all readers. @throws RecoveryError `tasks-missing`, `invalid-task` */
export function readBooks(files: FleetFiles, fleet: FleetPlan): readonly ReaderBooks[] {
  return fleet.readers.map(({ number }) => {
    const file = bookFile(files, number);
    if (!existsSync(file)) {
      throw new RecoveryError('tasks-missing', `reader ${number} has not read to its end`, {
        hint: 'run the readers and the tasks, such as by the Spark job',
      });
    }
    const books = parseBooks(file);
    if (books.fleet === fleet.id) return books;
    throw new RecoveryError('invalid-task', `${file} is of another fleet`, {
      hint: 'plan the fleet into a new folder',
    });
  });
}

/** How many events of each partition of the plan the readers gave to a task, in the order of the partitions. */
export function givenTo(files: FleetFiles, fleet: FleetPlan, task: number): readonly number[] {
  const partitions = readBooks(files, fleet).flatMap((books) => books.partitions);
  return partitions.sort(comparePartitions).map(({ given }) => given[task] ?? 0);
}

function bookFile({ readers }: FleetFiles, number: number): string {
  return join(readers, `reader-${number}.json`);
}

export function hashBooks(partitions: readonly ReadPartition[]): string {
  return hashOnce('sha256', canonicalJson(JSON.parse(JSON.stringify(partitions))));
}

function parseBooks(file: string): ReaderBooks {
  try {
    const books = JSON.parse(readFileSync(file, 'utf8')) as ReaderBooks;
    if (books.format_version === 1 && hashBooks(books.partitions) === books.result) {
      return { ...books, partitions: books.partitions.map(withOrder) };
    }
  } catch {
    // told below
  }
  throw new RecoveryError('invalid-task', `${file} does not hold the books of a reader, or was changed`, {
    hint: 'remove that file and run the reader again',
  });
}

/** No watermark is null in JSON. */
function withOrder(partition: ReadPartition): ReadPartition {
  const { watermark, clock } = partition.order as { readonly watermark: number | null; readonly clock: number | null };
  return { ...partition, order: { watermark: watermark ?? -Infinity, clock: clock ?? -Infinity } };
}
