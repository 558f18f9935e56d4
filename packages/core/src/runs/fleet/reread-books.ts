import { hash as hashOnce } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { writeFileDurably } from '../../model/files/write-file-durably.js';
import { canonicalJson } from '../../model/json/canonical-json.js';
import { comparePartitions } from '../../model/log/partition-id.js';
import type { FleetFiles } from './fleet-folder.js';
import type { FleetPlan } from './fleet-plan.js';
import type { RereadPartition } from './read-events-job.js';

/** The books of one reader that read again, by the plain implementation. */
export interface RereadBooks {
  readonly format_version: 1;
  readonly fleet: string;
  readonly reader: number;
  readonly partitions: readonly RereadPartition[];
  /** SHA-256 of the partitions. */
  readonly result: string;
}

/** Leaves the books in the folder of the fleet. @throws RecoveryError `task-not-reproduced` where others stand there */
export function keepRereadBooks(
  files: FleetFiles,
  fleet: FleetPlan,
  reader: number,
  partitions: readonly RereadPartition[],
): RereadBooks {
  const books: RereadBooks = { format_version: 1, fleet: fleet.id, reader, partitions, result: hashOf(partitions) };
  const file = bookFile(files, reader);
  if (!existsSync(file)) {
    writeFileDurably(file, `${JSON.stringify(books, null, 2)}\n`);
    return books;
  }
  const earlier = parse(file);
  if (earlier.fleet === books.fleet && earlier.result === books.result) return earlier;
  throw new RecoveryError('task-not-reproduced', `reader ${reader} read something else than it did before`, {
    hint: 'the log or the keys of the worker are not the same twice: plan again',
  });
}

/** What was read again of all partitions, in the order of the plan. @throws RecoveryError `tasks-missing`, `invalid-task` */
export function readRereadBooks(files: FleetFiles, fleet: FleetPlan): readonly RereadPartition[] {
  return fleet.readers
    .flatMap(({ number }) => {
      const file = bookFile(files, number);
      if (!existsSync(file)) {
        throw new RecoveryError('tasks-missing', `reader ${number} has not read again to its end`, {
          hint: `run the readers and the tasks, such as by the Spark job: eventmend fleet read FOLDER ${number} --again`,
        });
      }
      const books = parse(file);
      if (books.fleet === fleet.id) return books.partitions;
      throw new RecoveryError('invalid-task', `${file} is of another fleet`, {
        hint: 'plan the fleet into a new folder',
      });
    })
    .sort((a, b) => comparePartitions(a.account, b.account));
}

function bookFile({ readers }: FleetFiles, number: number): string {
  return join(readers, `again-${number}.json`);
}

function hashOf(partitions: readonly RereadPartition[]): string {
  return hashOnce('sha256', canonicalJson(JSON.parse(JSON.stringify(partitions))));
}

function parse(file: string): RereadBooks {
  try {
    const books = JSON.parse(readFileSync(file, 'utf8')) as RereadBooks;
    if (books.format_version === 1 && hashOf(books.partitions) === books.result) return books;
  } catch {
    // told below
  }
  throw new RecoveryError('invalid-task', `${file} does not hold the books of a reader, or was changed`, {
    hint: 'remove that file and read again',
  });
}
