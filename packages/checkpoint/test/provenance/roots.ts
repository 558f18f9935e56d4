import { inOrder, type OrderedEvent } from './fold-plainly.js';
import type { States, Target, TinyEvent, TinySnapshot } from './tiny-incident.js';

/** Where a history may be begun at: a snapshot, or the beginning of the log, which has no states. */
export type Root = TinySnapshot | null;

export const rowsOf = (root: Root): States => root?.rows ?? new Map();

/** Whether a state has seen an event: by its position, or where it has none by its time. */
export function hasSeen(root: Root, { partition, offset, at }: OrderedEvent): boolean {
  if (root === null) return false;
  return root.next === null ? at <= root.takenAt : offset < (root.next[partition] ?? 0);
}

/** In order, all up to a target. */
export function upTo(target: Target, events: readonly TinyEvent[]): readonly OrderedEvent[] {
  const ordered = inOrder(events);
  switch (target.kind) {
    case 'end':
      return ordered;
    case 'time':
      return ordered.filter(({ at }) => at <= target.time);
    case 'offsets':
      return ordered.filter(({ partition, offset }) => offset < (target.next[partition] ?? 0));
    case 'event': {
      const is = ({ partition, offset }: TinyEvent): boolean =>
        partition === target.partition && offset === target.offset;
      return ordered.slice(0, ordered.findIndex(is) + 1);
    }
  }
}

/** In order, what lies behind a root up to a target. */
export const behind = (root: Root, target: Target, events: readonly TinyEvent[]): readonly OrderedEvent[] =>
  upTo(target, events).filter((event) => !hasSeen(root, event));

/** In order, what lies behind a root and is seen by a later state. */
export const between = (root: Root, end: TinySnapshot, events: readonly TinyEvent[]): readonly OrderedEvent[] =>
  inOrder(events).filter((event) => !hasSeen(root, event) && hasSeen(end, event));

export const isBefore = (root: Root, end: TinySnapshot): boolean =>
  root === null || (root !== end && root.takenAt <= end.takenAt);
