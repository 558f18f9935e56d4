import { inOrder } from './fold-plainly.js';
import type { States, TinyEvent, TinyIncident, TinySnapshot } from './tiny-incident.js';

/** Where a history may be begun at: a snapshot, or the beginning of the log, which has no states. */
export type Root = TinySnapshot | null;

export const rowsOf = (root: Root): States => root?.rows ?? new Map();

/** Whether a state has seen an event: by its position, or where it has none by its time. */
export function hasSeen(root: Root, { partition, offset, time }: TinyEvent): boolean {
  if (root === null) return false;
  return root.next === null ? time <= root.takenAt : offset < (root.next[partition] ?? 0);
}

/** In order, what lies behind a root up to the end that is recovered to. */
export function behind({ target }: TinyIncident, root: Root, events: readonly TinyEvent[]): readonly TinyEvent[] {
  return inOrder(events.filter((event) => !hasSeen(root, event) && (target === null || event.time <= target)));
}

/** In order, what lies behind a root and is seen by a later state. */
export function between(root: Root, end: TinySnapshot, events: readonly TinyEvent[]): readonly TinyEvent[] {
  return inOrder(events.filter((event) => !hasSeen(root, event) && hasSeen(end, event)));
}

export const isBefore = (root: Root, end: TinySnapshot): boolean =>
  root === null || (root !== end && root.takenAt <= end.takenAt);
