import { Draw } from '../../../core/test/provenance/draw.js';
import { foldPlainly, inOrder } from './fold-plainly.js';
import { upTo } from './roots.js';
import {
  firstTime,
  placeOf,
  stepMs,
  textOf,
  type Design,
  type Effect,
  type FactRow,
  type RecordRow,
  type States,
  type Target,
  type TinyEvent,
  type TinyIncident,
  type TinySnapshot,
} from './tiny-incident.js';
import type { TinyState } from './tiny-worker.js';

const nothing: States = new Map();

/** Plays the service of a design, and keeps what it left. */
export function buildTinyIncident(design: Design): TinyIncident {
  const { slots, partitions, onsetAt, seed, shape, records } = design;
  const ends = Array.from({ length: partitions }, () => 0);
  let time = firstTime - stepMs;
  const all = slots.map(({ partition, value, time: kind }): TinyEvent => {
    const offset = ends[partition] ?? 0;
    ends[partition] = offset + 1;
    if (kind !== 'tied') time += stepMs;
    return { partition, offset, time: kind === 'falling' ? time - 1.7 * stepMs : time, value };
  });
  const clocks = slots.map((_, index) => slots.slice(0, index + 1).filter((slot) => slot.time !== 'tied').length - 1);
  const timeAt = (slot: number): number =>
    firstTime + (clocks[slot] ?? (slot < 0 ? slot : (clocks.at(-1) ?? 0) + slot - all.length + 1)) * stepMs;
  const fateOf = (index: number) => slots[index]?.fate ?? 'kept';
  const happened = all.filter((_, index) => fateOf(index) !== 'empty');
  const effects = new Map<string, Effect>(
    slots.flatMap(({ inTruth, value }, index) => {
      const event = all[index];
      return value.type === 'boom' && inTruth === 'handled' && event !== undefined
        ? [[placeOf(event), 'more'] as const]
        : [];
    }),
  );
  const fold = (events: readonly TinyEvent[]): States =>
    foldPlainly(inOrder(events), { shape, start: nothing, effects });
  const statesUpTo = (target: Target): States =>
    foldPlainly(upTo(target, happened), { shape, start: nothing, effects });
  const truthAt = (moment: number): States => statesUpTo({ kind: 'time', time: moment });
  /** The faulty service passes over every third event from the onset on. */
  const served = (events: readonly TinyEvent[]): States =>
    fold(
      events.filter((event) => onsetAt === null || all.indexOf(event) < onsetAt || (all.indexOf(event) - onsetAt) % 3),
    );
  const snapshots = design.snapshots.map(({ at: drawn, wrong, trusted, placed }, number): TinySnapshot => {
    let at = drawn;
    while (slots[at]?.time === 'tied') at++;
    const seen = all.slice(0, at);
    const rows = new Map(served(seen.filter((event) => happened.includes(event))));
    const isRight = sameStates(rows, fold(seen.filter((event) => happened.includes(event))));
    spoil(rows, wrong, new Draw(seed * 7 + number));
    const next = ends.map((_, partition) => seen.filter((event) => event.partition === partition).length);
    return {
      ...{ id: `s${number}`, takenAt: timeAt(at - 1) + stepMs / 2 },
      ...{ next: placed ? next : null, rows, trusted: trusted && isRight },
    };
  });
  const target = targetOf(design, all, timeAt);
  return {
    ...{ design, ends, snapshots, effects, target },
    known: all.filter((_, index) => fateOf(index) === 'kept'),
    holes: all.flatMap(({ partition, offset }, index) => {
      const fate = fateOf(index);
      return fate === 'kept' ? [] : [{ partition, offset, kind: fate === 'damaged' ? fate : ('missing' as const) }];
    }),
    lost: all.filter((_, index) => fateOf(index) === 'missing' || fateOf(index) === 'damaged'),
    onset: onsetAt === null ? null : timeAt(onsetAt),
    live: design.live
      ? { id: 'live', takenAt: time + stepMs / 2, next: [...ends], rows: served(happened), trusted: false }
      : null,
    rows: rowsOf(design, all),
    factRows: factRowsOf(design, timeAt, truthAt),
    from: records?.from == null ? null : timeAt(records.from),
    until: records?.until == null ? null : timeAt(records.until),
    truth: statesUpTo(target),
    isTruthful: (records?.lie ?? 'none') === 'none' && !(design.facts?.rows.some(({ wrong }) => wrong) ?? false),
  };
}

function targetOf({ target, slots }: Design, all: readonly TinyEvent[], timeAt: (slot: number) => number): Target {
  const middle = Math.floor(all.length / 2);
  const event = all[middle];
  if (target === 'end' || event === undefined) return { kind: 'end' };
  // Between two events, so that it is plain which of them it takes in.
  if (target === 'time') return { kind: 'time', time: timeAt(middle) + stepMs / 2 };
  const { partition, offset } = event;
  if (target === 'event')
    return slots[middle]?.fate === 'kept' ? { kind: 'event', partition, offset } : { kind: 'end' };
  const seen = all.slice(0, middle + 1);
  const next = [0, 1].map((number) => seen.filter((each) => each.partition === number).length);
  return { kind: 'offsets', next };
}

function rowsOf({ records, seed }: Design, all: readonly TinyEvent[]): readonly RecordRow[] {
  if (records === null) return [];
  const { withId, lie, shuffled } = records;
  const draw = new Draw(seed * 13 + 2);
  const rows = records.rows.flatMap(({ slot, late, twice }) => {
    const event = all[slot];
    if (event === undefined) return [];
    const { id, ...value } = event.value;
    const row: RecordRow = {
      ...(withId && id !== undefined && { id }),
      ...{ key: value.a, amount: String(value.n), type: value.type, time: event.time + late },
      value: withId && id !== undefined ? { ...value, id } : value,
    };
    return twice ? [row, row] : [row];
  });
  const lied = draw.below(Math.max(1, rows.length));
  const told = rows.flatMap((row, index) => {
    if (lie === 'none' || index !== lied) return [row];
    const value = { ...row.value, n: row.value.n + 3, ...(lie === 'invented' && withId && { id: 'x' }) };
    const wrong = { ...row, value, amount: String(value.n), ...(lie === 'invented' && withId && { id: 'x' }) };
    return lie === 'amount' ? [wrong] : [row, { ...wrong, time: wrong.time + 300 }];
  });
  return shuffled ? [...told].reverse() : told;
}

function factRowsOf(
  { facts }: Design,
  timeAt: (slot: number) => number,
  truthAt: (moment: number) => States,
): readonly FactRow[] {
  return (facts?.rows ?? []).flatMap(({ key, at, inStep, late, wrong }) => {
    const moment = timeAt(at - 1) + inStep;
    const state = truthAt(moment).get(key);
    return state === undefined
      ? []
      : [{ key, time: moment + late, state: wrong ? { ...state, n: state.n + 1 } : state }];
  });
}

function sameStates(one: States, other: States): boolean {
  return [...new Set([...one.keys(), ...other.keys()])].every((key) => textOf(one.get(key)) === textOf(other.get(key)));
}

function spoil(rows: Map<string, TinyState>, wrong: 'no' | 'bumped' | 'lacks' | 'extra', draw: Draw): void {
  const keys = [...rows.keys()];
  const key = keys.length === 0 ? null : draw.pick(keys);
  if (wrong === 'extra') rows.set('z', { n: 9 });
  if (key === null) return;
  if (wrong === 'bumped') rows.set(key, { ...rows.get(key), n: (rows.get(key)?.n ?? 0) + 13 });
  if (wrong === 'lacks') rows.delete(key);
}
