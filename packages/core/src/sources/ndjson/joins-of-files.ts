import { RecoveryError } from '../../model/errors/recovery-error.js';
import { describeTime } from '../../model/event/describe-time.js';
import { describePartition } from '../../model/log/partition-id.js';
import type { MappedEvent } from '../rows/event-mapping.js';
import { describeRowPlace, type RowPlace } from '../rows/row-source.js';
import {
  comparedEvents,
  eventsThereAlready,
  findSharedEvents,
  mayBeThere,
  sameFile,
  tellsItself,
  type SharedEvents,
} from '../rows/shared-events.js';
import type { PartitionScan } from './partition-scan.js';
import { eventDigest } from './repeated-events.js';

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
   * @throws RecoveryError `offsets-out-of-order` where a file begins, in a partition, with the events that the one before
   *   ends with
   */
  note(file: number, event: MappedEvent, scan: PartitionScan, place: () => RowPlace): void;
  end(): void;
}

export function joinsOfFiles(): JoinsOfFiles {
  const events: number[] = [];
  /** In which file a partition was seen last. */
  const lastFile = new Map<PartitionScan, number>();
  let mayOverlap = false;
  return {
    note(file, event, scan, place) {
      events[file] = (events[file] ?? 0) + 1;
      const isFirst = (lastFile.get(scan) ?? file) !== file;
      lastFile.set(scan, file);
      const highest = scan.lastTime;
      if (isFirst && highest !== null && event.time < highest) throw fallsBetweenFiles(event, highest, place());
      if (isFirst && mayBeThere(event, highest)) mayOverlap = true;
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

/** Of a partition, what a file has at its beginning and at its end. */
interface EndsOfFile {
  readonly begins: RowPlace;
  /** Empty where its first event does not tell itself from others. */
  readonly head: string[];
  readonly tail: string[];
}

function overlapsOf(events: readonly (number | undefined)[]): Overlaps {
  let file = -1;
  let index = 0;
  let ends = new Map<PartitionScan, EndsOfFile>();
  /** The last events of each partition, where they are the last ones of their file too. */
  const before = new Map<PartitionScan, readonly string[]>();

  function endFile(): void {
    for (const [scan, { begins, head, tail }] of ends) {
      const finder = findSharedEvents(head, (a, b) => a === b);
      let shared: SharedEvents<string> | null = null;
      for (const digest of before.get(scan) ?? []) shared ??= finder.take(digest);
      shared ??= finder.end();
      if (shared !== null) throw overlap(scan, begins, shared);
      before.set(scan, tail);
    }
  }

  return {
    note(inFile, event, scan, place) {
      if (inFile !== file) {
        endFile();
        [file, index] = [inFile, 0];
        ends = new Map();
      }
      const isHead = index < comparedEvents;
      const isTail = index >= (events[inFile] ?? 0) - comparedEvents;
      index++;
      let here = ends.get(scan);
      const isFirst = here === undefined;
      if (here === undefined) ends.set(scan, (here = { begins: place(), head: [], tail: [] }));
      if (!isHead && !isTail) return;
      const digest = eventDigest(event);
      if (isHead && (isFirst ? tellsItself(event) : here.head.length > 0)) here.head.push(digest);
      if (isTail) here.tail.push(digest);
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

function overlap(partition: PartitionScan, place: RowPlace, shared: SharedEvents<string>): RecoveryError {
  return eventsThereAlready(
    partition,
    place,
    shared,
    'in a file before it',
    'take them out of one of the two files; if they did happen twice, put both into one file',
  );
}
