import type { PartitionId } from './partition-id.js';

/**
 * Finds what belongs to a partition, millions of times: by number first, then by comparing names, which is cheaper than
 * making a text key of every event.
 */
export interface PartitionTable<T extends PartitionId> {
  get(id: PartitionId): T | undefined;
  add(entry: T): void;
  delete(id: PartitionId): void;
  readonly entries: readonly T[];
}

export function newPartitionTable<T extends PartitionId>(initial: Iterable<T> = []): PartitionTable<T> {
  const byNumber = new Map<number, T[]>();
  let entries: T[] = [];

  const table: PartitionTable<T> = {
    get(id) {
      const candidates = byNumber.get(id.partition);
      return candidates?.find((entry) => isSamePartition(entry, id));
    },
    add(entry) {
      const candidates = byNumber.get(entry.partition);
      if (candidates === undefined) byNumber.set(entry.partition, [entry]);
      else candidates.push(entry);
      entries.push(entry);
    },
    delete(id) {
      const rest = (list: T[]): T[] => list.filter((entry) => !isSamePartition(entry, id));
      byNumber.set(id.partition, rest(byNumber.get(id.partition) ?? []));
      entries = rest(entries);
    },
    get entries() {
      return entries;
    },
  };
  for (const entry of initial) table.add(entry);
  return table;
}

export function isSamePartition(a: PartitionId, b: PartitionId): boolean {
  return a.partition === b.partition && a.topic === b.topic && a.source === b.source && a.incarnation === b.incarnation;
}
