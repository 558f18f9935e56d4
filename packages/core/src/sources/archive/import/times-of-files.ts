import { RecoveryError } from '../../../model/errors/recovery-error.js';
import { describeTime } from '../../../model/event/describe-time.js';
import { describePartition, type PartitionId } from '../../../model/log/partition-id.js';
import { offsetsAreAssigned, type CompiledMapping } from '../../rows/compile-mapping.js';
import type { DraftingWriter } from '../partition-writer.js';

type WatchedPartition = Pick<DraftingWriter, 'id' | 'maxTime'>;

/** Watches the times of one file. */
export interface TimesOfFile {
  /** Events below an earlier time of their partition. */
  readonly falling: number;
  /**
   * Takes note of an event of a partition, before it is stored.
   * @throws RecoveryError `times-out-of-order` where the first of a partition lies below what earlier files have
   */
  note(partition: WatchedPartition, time: number): void;
}

export interface TimesOfFiles {
  /** @param resumed true for the rest of a file whose beginning is in the archive */
  ofFile(resumed: boolean): TimesOfFile;
}

/**
 * Offsets that are assigned fix the order of the events for good, so files whose times fall from one to the next are taken
 * for files in the wrong order. Inside of a file falling times are counted: they may be late events.
 */
export function timesOfFiles(mapping: CompiledMapping, acceptFalling: boolean): TimesOfFiles {
  const assigned = offsetsAreAssigned(mapping);
  const watched = new Map<WatchedPartition, { highest: number; lastFile: number }>();
  let files = 0;
  return { ofFile };

  function ofFile(resumed: boolean): TimesOfFile {
    const file = files++;
    let falling = 0;
    return {
      get falling() {
        return falling;
      },
      note(partition, time) {
        if (!assigned || Number.isNaN(time)) return;
        let seen = watched.get(partition);
        if (seen === undefined) {
          seen = { highest: partition.maxTime ?? -Infinity, lastFile: -1 };
          watched.set(partition, seen);
        }
        const isFirst = seen.lastFile !== file && !resumed;
        seen.lastFile = file;
        if (time >= seen.highest) seen.highest = time;
        else if (isFirst && !acceptFalling) throw fallsBetweenFiles(partition.id, time, seen.highest);
        else falling++;
      },
    };
  }
}

function fallsBetweenFiles(event: PartitionId, time: number, before: number): RecoveryError {
  const [here, there] = [describeTime(time), describeTime(before)];
  return new RecoveryError(
    'times-out-of-order',
    `the first event of ${describePartition(event)} in this file is of ${here}, and the files before it reach ${there}`,
    {
      hint:
        'offsets are numbered in the order of the files: name the files so that they sort by time, import into a new ' +
        'archive, or confirm the order with --accept-falling-times',
      details: { time: here, before: there },
    },
  );
}
