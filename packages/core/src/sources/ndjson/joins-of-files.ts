import { RecoveryError } from '../../model/errors/recovery-error.js';
import { describeTime } from '../../model/event/describe-time.js';
import { describePartition } from '../../model/log/partition-id.js';
import type { MappedEvent } from '../rows/event-mapping.js';
import { describeRowPlace, type RowPlace } from '../rows/row-source.js';
import type { PartitionScan } from './partition-scan.js';
import { eventDigest } from './repeated-events.js';

/** So many events on either side of where two files meet are held against each other. */
const comparedEvents = 256;

/**
 * Watches where files meet whose offsets are assigned. Nothing else tells there whether an event is the next one or one that
 * the file before has as well, so what is wrong with the order of the files, or in two of them, must show here.
 */
export interface JoinsOfFiles {
  /**
   * @param scan the partition of the event, as earlier events left it
   * @throws RecoveryError `times-out-of-order` where a file begins, in a partition, before the time that earlier files reach
   */
  note(file: number, event: MappedEvent, scan: PartitionScan, place: () => RowPlace): void;
  /**
   * @param contents the hashes of the files
   * @throws RecoveryError `offsets-out-of-order` where two files are the same
   */
  refuseCopies(paths: readonly string[], contents: readonly string[]): void;
  /** Where files may share events; null where none can, so that nothing need be read again. */
  overlaps(): Overlaps | null;
}

/** Holds the ends of files against the beginnings of the next ones. */
export interface Overlaps {
  /**
   * Takes the events of all files once more, in the same order.
   * @throws RecoveryError `offsets-out-of-order` where a file begins with the events that the one before ends with
   */
  note(file: number, event: MappedEvent, place: () => RowPlace): void;
  end(): void;
}

export function joinsOfFiles(): JoinsOfFiles {
  const events: number[] = [];
  /** In which file a partition was seen last. */
  const lastFile = new Map<PartitionScan, number>();
  let mayOverlap = false;
  return {
    note(file, event, scan, place) {
      const isFirstOfFile = events[file] === undefined;
      events[file] = (events[file] ?? 0) + 1;
      const isFirst = (lastFile.get(scan) ?? file) !== file;
      lastFile.set(scan, file);
      const highest = scan.lastTime;
      if (isFirst && highest !== null && event.time < highest) throw fallsBetweenFiles(event, highest, place());
      // Events that say neither when nor which they are may well be alike.
      if (isFirstOfFile && (event.id !== null || event.time === highest)) mayOverlap = true;
    },
    refuseCopies(paths, contents) {
      const first = new Map<string, number>();
      for (const [file, content] of contents.entries()) {
        if (events[file] === undefined) continue;
        const earlier = first.get(content);
        if (earlier !== undefined) throw sameFile(paths[file] ?? '', paths[earlier] ?? '');
        first.set(content, file);
      }
    },
    overlaps: () => (mayOverlap ? overlapsOf(events) : null),
  };
}

function overlapsOf(events: readonly (number | undefined)[]): Overlaps {
  let file = -1;
  let index = 0;
  /** Of the file before, its last events; of this one, its first and its last. */
  let before: readonly string[] = [];
  let head: string[] = [];
  let tail: string[] = [];
  let begins: RowPlace | null = null;

  function endFile(): void {
    for (let count = Math.min(before.length, head.length); count > 0 && begins !== null; count--) {
      const start = before.length - count;
      if (head.slice(0, count).every((digest, n) => digest === before[start + n])) throw overlap(count, begins);
    }
    if (index > 0) before = tail;
  }

  return {
    note(inFile, event, place) {
      if (inFile !== file) {
        endFile();
        [file, index, head, tail] = [inFile, 0, [], []];
        begins = place();
      }
      const isHead = index < comparedEvents;
      const isTail = index >= (events[inFile] ?? 0) - comparedEvents;
      index++;
      if (!isHead && !isTail) return;
      const digest = eventDigest(event);
      if (isHead) head.push(digest);
      if (isTail) tail.push(digest);
    },
    end: endFile,
  };
}

function fallsBetweenFiles(event: MappedEvent, before: number, place: RowPlace): RecoveryError {
  const [here, there] = [describeTime(event.time), describeTime(before)];
  return new RecoveryError(
    'times-out-of-order',
    `${describeRowPlace(place)}: the first event of ${describePartition(event)} in this file is of ${here}, and the files ` +
      `before it reach ${there}`,
    {
      hint:
        'offsets are numbered in the order of the files: name them in the order of their times; if this order is right, ' +
        'put them into an archive with: eventmend archive import … --accept-falling-times',
      details: { ...place, time: here, before: there },
    },
  );
}

function overlap(count: number, place: RowPlace): RecoveryError {
  const which = count === 1 ? 'its first event is the last one' : `its first ${count} events are the last ones`;
  return new RecoveryError(
    'offsets-out-of-order',
    `${describeRowPlace(place)}: ${which} of the file before, to the letter, and would count twice`,
    {
      hint: 'take them out of one of the two files; if they did happen twice, put both files into one',
      details: { ...place, events: count },
    },
  );
}

function sameFile(file: string, earlier: string): RecoveryError {
  return new RecoveryError('offsets-out-of-order', `${file} has the content of ${earlier}, and would count twice`, {
    hint: 'name one of them only; if all of it did happen twice, put both into one file',
    details: { file, earlier },
  });
}
