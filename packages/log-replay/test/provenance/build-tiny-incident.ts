import { Draw } from '../../../core/test/provenance/draw.js';
import { foldPlainly, type Effect, type World } from './fold-plainly.js';
import type { OrderedEvent } from './plain-order.js';
import {
  farTime,
  firstTime,
  placeOf,
  type Design,
  type Hole,
  type Slot,
  type States,
  type TinyEvent,
  type TinyIncident,
  type TinySnapshot,
} from './tiny-incident.js';
import type { TinyState } from './tiny-worker.js';

const timeOf = ({ time }: Slot, index: number): number | null => {
  switch (time) {
    case 'own':
      return firstTime + index * 1000;
    case 'none':
      return null;
    case 'falling':
      return firstTime + (index - 3) * 1000;
    case 'same':
      return firstTime + Math.floor(index / 2) * 2000;
    case 'far':
      return farTime + index * 1000;
  }
};

/** Plays the service of a design, and keeps what it left. */
export function buildTinyIncident(design: Design): TinyIncident {
  const { slots, partitions, snapshots, onsetAt, seed } = design;
  const ends = Array.from({ length: partitions }, () => 0);
  const all = slots.map((slot, index): { readonly slot: Slot; readonly event: TinyEvent } => {
    const offset = ends[slot.partition] ?? 0;
    ends[slot.partition] = offset + 1;
    const isListed = slot.fate === 'kept' || (slot.listed && slot.fate !== 'empty');
    return {
      slot,
      event: {
        partition: slot.partition,
        offset,
        time: timeOf(slot, index),
        value: slot.value,
        rank: design.order === 'recorded' && isListed ? index : null,
      },
    };
  });
  const holes = all.flatMap(({ slot: { fate, partition }, event }): readonly Hole[] =>
    fate === 'kept'
      ? []
      : [{ partition, offset: event.offset, kind: fate, rank: event.rank, lost: fate === 'empty' ? null : event }],
  );
  const world = worldOfService(design, all);
  const handled = all.filter(({ slot }) => slot.fate !== 'empty');
  const statesAfter = (which: readonly { readonly slot: Slot; readonly event: TinyEvent }[]): States => {
    const right = which.filter((each) => {
      const index = all.indexOf(each);
      return onsetAt === null || index < onsetAt || (index - onsetAt) % 3 !== 0;
    });
    return foldPlainly(
      design,
      right.map(({ event }) => ordered(event)),
      new Map(),
      world,
      false,
    ).states;
  };
  const takenAtOf = (at: number): number => firstTime + at * 1000 - 500;
  return {
    design,
    known: all.filter(({ slot }) => slot.fate === 'kept').map(({ event }) => event),
    holes,
    ends,
    onset: onsetAt === null ? null : firstTime + onsetAt * 1000,
    snapshots: snapshots.map(({ at, cuts, wrong, trusted, dated }, number): TinySnapshot => {
      const next = ends.map((_, partition) => {
        const most = slots.slice(0, at).filter((slot) => slot.partition === partition).length;
        return Math.min(most, cuts?.[partition] ?? most);
      });
      const rows = new Map(statesAfter(handled.filter(({ event }) => event.offset < (next[event.partition] ?? 0))));
      spoil(rows, wrong, new Draw(seed * 7 + number));
      return { id: `s${number}`, takenAt: dated ? takenAtOf(at) : null, next, rows, trusted };
    }),
    live: design.live
      ? { id: 'live', takenAt: takenAtOf(slots.length), next: [...ends], rows: statesAfter(handled), trusted: false }
      : null,
  };
}

/** The service handles by its own clock, which is that of each event. */
const ordered = (event: TinyEvent): OrderedEvent => ({ event, now: event.time ?? -Infinity });

/** What the service did with events that the worker cannot handle, and how it differs from the worker. */
function worldOfService(
  { deviant, slots, shape }: Design,
  all: readonly { readonly slot: Slot; readonly event: TinyEvent }[],
): World {
  const effects = new Map<string, Effect>();
  const named = slots.flatMap(({ value }) => value?.keys ?? []);
  for (const { slot, event } of all) {
    const own = shape.locality === 'partition' ? named.filter((key) => key.startsWith(`p${event.partition}`)) : named;
    const keys = event.value?.keys ?? own.slice(0, 1);
    if (slot.inTruth === 'handled') effects.set(placeOf(event), { kind: 'handled', write: 'more', keys });
  }
  return {
    effects,
    filled: [],
    deviant: deviant === null ? null : { type: deviant, does: 'more' },
    cacheDiffers: false,
  };
}

function spoil(rows: Map<string, TinyState>, wrong: 'no' | 'bumped' | 'lacks' | 'extra', draw: Draw): void {
  const keys = [...rows.keys()];
  const key = keys.length === 0 ? null : draw.pick(keys);
  if (wrong === 'extra') rows.set('z', { n: 9 });
  if (key === null) return;
  if (wrong === 'bumped') rows.set(key, { ...rows.get(key), n: (rows.get(key)?.n ?? 0) + 13 });
  if (wrong === 'lacks') rows.delete(key);
}
