import { RecoveryError } from '../../../model/errors/recovery-error.js';
import { describeTime } from '../../../model/event/describe-time.js';
import { describePartition, type PartitionId } from '../../../model/log/partition-id.js';
import { offsetsAreAssigned, type CompiledMapping } from '../../rows/compile-mapping.js';
import type { PartitionWriter } from '../partition-writer.js';

/** Watches the times of one file. */
export interface TimesOfFile {
  /** Events below an earlier time of their partition. */
  readonly falling: number;
  /**
   * Takes note of an event of a partition, before it is stored.
   * @throws RecoveryError `times-out-of-order` where the first of a partition lies below what earlier files have
   */
  note(partition: PartitionWriter, event: PartitionId & { readonly time: number }): void;
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
  const highest = new Map<PartitionWriter, number>();
  return { ofFile };

  function ofFile(resumed: boolean): TimesOfFile {
    const begun = new Set<PartitionWriter>();
    let falling = 0;
    return {
      get falling() {
        return falling;
      },
      note(partition, event) {
        const { time } = event;
        if (!assigned || Number.isNaN(time)) return;
        const before = highest.get(partition) ?? partition.maxTime ?? -Infinity;
        const isFirst = begun.size < begun.add(partition).size && !resumed;
        if (time >= before) highest.set(partition, time);
        else if (isFirst && !acceptFalling) throw fallsBetweenFiles(event, time, before);
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
