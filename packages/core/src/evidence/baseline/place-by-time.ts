import type { SnapshotDescription } from '../../model/snapshots/snapshot-source.js';
import type { PreparedInputs } from '../inputs/prepare-inputs.js';
import { positionAtTime, type PositionAtTime } from '../proof/position-at-time.js';

/** States of which only the time is known, such as nightly copies, with the places that the times of the events give them. */
export interface PlacedByTime {
  /** The inputs, with those of a certain place among the snapshots: they are held against replays like every other. */
  readonly prepared: PreparedInputs;
  /** By id; those among offsets that no log holds included. */
  readonly placed: ReadonlyMap<string, PositionAtTime & { readonly description: SnapshotDescription }>;
}

export async function placeByTime(prepared: PreparedInputs): Promise<PlacedByTime> {
  const { snapshots, survey } = prepared;
  const placed = new Map<string, PositionAtTime & { readonly description: SnapshotDescription }>();
  for (const { description, reason } of snapshots.rejected) {
    const { id, takenAt } = description;
    if (reason.kind !== 'no-position' || takenAt === null) continue;
    const place = await positionAtTime(survey, takenAt);
    if (place !== null) placed.set(id, { ...place, description });
  }
  const certain = [...placed.values()].filter(({ bracketed }) => bracketed.length === 0);
  if (certain.length === 0) return { prepared, placed };
  const ids = new Set(certain.map(({ description }) => description.id));
  const candidates = [
    ...snapshots.candidates,
    ...certain.map(({ description, position }) => ({
      description,
      position,
      reach: position.reduce((sum, { next }) => sum + next, 0),
    })),
  ].sort((a, b) => a.reach - b.reach || (a.description.id < b.description.id ? -1 : 1));
  const rejected = snapshots.rejected.filter(({ description }) => !ids.has(description.id));
  return { prepared: { ...prepared, snapshots: { ...snapshots, candidates, rejected } }, placed };
}
