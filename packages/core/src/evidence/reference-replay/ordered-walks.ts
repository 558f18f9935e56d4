import { closeSync, openSync } from 'node:fs';
import { linesOfFile } from '../../engine/path/lines-of-file.js';
import { pageOf, type OrderedEvent } from '../../engine/path/ordered-events.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { describePartition } from '../../model/log/partition-id.js';
import type { PlainPartition } from './plain-partition.js';
import type { PartitionWalk, WalkedEvent } from './walk-partition.js';

/**
 * Walks over events of several partitions that stand in one file, in the order in which they are replayed: only the partition
 * that has the next event stands at one. What is absent of a partition is in the books of whoever read it whole.
 * @throws RecoveryError `invalid-task-input` where they are not in that order, or break off
 */
export function orderedWalks(file: string, partitions: readonly PlainPartition[]): readonly PartitionWalk[] {
  const descriptor = openSync(file, 'r');
  const lines = linesOfFile(descriptor)[Symbol.iterator]();
  let standing: { readonly place: number; readonly event: WalkedEvent } | null = null;
  let last: readonly [number, number, number] = [-Infinity, -1, -1];
  let open = true;
  const wrong = (what: string): RecoveryError =>
    new RecoveryError('invalid-task-input', `the events to verify (${file}): ${what}`, {
      hint: 'give them again, sorted by order, partition and offset, with the line behind the last',
    });
  const next = (): void => {
    const line = lines.next();
    if (line.done === true) throw wrong('the line behind the last one is missing');
    const event = JSON.parse(line.value) as OrderedEvent | { readonly end: number };
    if ('end' in event) {
      standing = null;
      return;
    }
    const { p, o, t } = event;
    const effective = t ?? -Infinity;
    const partition = partitions[p];
    if (partition === undefined || o < partition.start || o >= partition.end)
      throw wrong('an event is not of the plan');
    const [order, place, offset] = last;
    const rises = effective > order || (effective === order && (p > place || (p === place && o > offset)));
    if (!rises) throw wrong(`${describePartition(partition.id)}@${o} stands behind one that comes after it`);
    last = [effective, p, o];
    standing = { place: p, event: { offset: o, page: pageOf([event]), index: 0, effective, now: effective } };
  };
  const walks = partitions.map((partition, place): PartitionWalk => ({
    partition,
    get current() {
      return standing?.place === place ? standing.event : null;
    },
    advance: () => {
      next();
      return undefined;
    },
    absent: () => ({ control: 0, aborted: 0, filtered: 0, declared: 0, unavailable: 0, damaged: [] }),
    repeated: () => 0,
    order: () => ({ missing: 0, falling: 0, negative: 0, unconfirmed: 0, equal: 0 }),
    standing: () => ({ watermark: -Infinity, clock: -Infinity }),
    close: () => {
      if (open) closeSync(descriptor);
      open = false;
    },
  }));
  try {
    next();
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return walks;
}
