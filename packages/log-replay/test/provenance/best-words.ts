import type { Fidelity } from '@eventmend/core';
import { Draw } from '../../../core/test/provenance/draw.js';
import { asRecovered, foldPlainly, type Effect, type Folded, type World } from './fold-plainly.js';
import { orderPlainly, type OrderedEvent } from './plain-order.js';
import {
  placeOf,
  unknownKeys,
  type Hole,
  type States,
  type TinyEvent,
  type TinyIncident,
  type TinySnapshot,
} from './tiny-incident.js';
import type { TinyState, TinyType } from './tiny-worker.js';

type Word = Extract<Fidelity, 'exact' | 'declared' | 'unproven' | 'incomplete'>;
export const wordsFromWorst: readonly Fidelity[] = [
  'incomplete',
  'unproven',
  'extrapolated',
  'interpolated',
  'external',
  'declared',
  'exact',
];

/** The best that may be said of a key, and what its state is then; null where it has none. */
export interface BestWord {
  readonly state: string | null;
  readonly word: Word;
  /** The first thing that speaks against a better word. */
  readonly because: string;
}

export interface BestWords {
  readonly keys: ReadonlyMap<string, BestWord>;
  /** Nothing may be called complete, whatever its keys are. */
  readonly neverComplete: string | null;
}

export interface SnapshotFacts {
  /** Keys that may have other states at the position, for what nobody knows. */
  readonly uncertain: ReadonlySet<string>;
  /** All keys are certain and equal. */
  readonly isReproduced: boolean;
  /** No certain key differs. */
  readonly agrees: boolean;
}

/** Everything that may be said of an incident, by trying out what nobody knows. */
export class Oracle {
  readonly #incident: TinyIncident;
  readonly #draw: Draw;

  constructor(incident: TinyIncident) {
    this.#incident = incident;
    this.#draw = new Draw(incident.design.seed * 31 + 5);
  }

  /** What is known of the log, with what may have lain in the holes, from the position of a root to that of an end. */
  #path(filled: readonly TinyEvent[], from: readonly number[] | null, to: readonly number[]): readonly OrderedEvent[] {
    const { known, design } = this.#incident;
    return orderPlainly([...known, ...filled], design.order).events.filter(
      ({ event: { partition, offset } }) => offset >= (from?.[partition] ?? 0) && offset < (to[partition] ?? 0),
    );
  }

  #fold(world: World, root: TinySnapshot | null, to: readonly number[]): Folded {
    const path = this.#path(world.filled, root?.next ?? null, to);
    return foldPlainly(this.#incident.design, path, root?.rows ?? new Map(), world);
  }

  /** Holes and events that could not be handled, behind a root, and what may have been of them. */
  #lossWorlds(root: TinySnapshot | null, to: readonly number[], isReplayed: boolean): readonly World[] {
    const isBehind = ({ partition, offset }: { readonly partition: number; readonly offset: number }): boolean =>
      offset >= (root?.next[partition] ?? 0) && offset < (to[partition] ?? 0);
    const holes = this.#incident.holes.filter((hole) => hole.kind !== 'empty' && isBehind(hole));
    const { parked } = this.#fold(asRecovered, root, to);
    const worlds: World[] = [];
    const world = (part: Partial<World>): void => void worlds.push({ ...asRecovered, ...part });
    if (holes.length === 0 && parked.size === 0) return [];
    // What was kept back for its keys was handled like any other.
    world({});
    const fills = holes.map((hole) => this.#fillsOf(hole));
    for (const list of fills) for (const event of list) world({ filled: [event] });
    const effects = [...parked].filter(([, why]) => why !== 'kept-back').map(([place]) => this.#effectsOf(place));
    for (const list of effects) for (const each of list) world({ effects: new Map([each]) });
    if (!isReplayed) return worlds;
    for (let n = 0; n < 40; n++) {
      const some = <T>(lists: readonly (readonly T[])[]): readonly T[] =>
        lists.filter((list) => list.length > 0 && this.#draw.chance(0.7)).map((list) => this.#draw.pick(list));
      world({ filled: some(fills), effects: new Map(some(effects)) });
    }
    return worlds;
  }

  #keysOf(partition: number): readonly string[] {
    const { known, snapshots, live, design } = this.#incident;
    const named = (events: readonly TinyEvent[]): readonly string[] => events.flatMap(({ value }) => value?.keys ?? []);
    if (design.shape.locality === 'global') return [...new Set([...named(known), ...this.#rowKeys(), 'z'])];
    const elsewhere = new Set(named(known.filter((event) => event.partition !== partition)));
    const rows = [...snapshots, ...(live === null ? [] : [live])].flatMap(({ rows: own }) => [...own.keys()]);
    return [...new Set([...named(known), ...rows, `p${partition}z`])].filter(
      (key) => !elsewhere.has(key) && (!key.startsWith('p') || key.startsWith(`p${partition}`)),
    );
  }

  #rowKeys(): readonly string[] {
    return this.#incident.snapshots.flatMap(({ rows }) => [...rows.keys()]);
  }

  /** Events that may have lain at a lost offset. */
  #fillsOf({ partition, offset, rank, lost }: Hole): readonly TinyEvent[] {
    const { known, design } = this.#incident;
    const keys = this.#keysOf(partition);
    const ids = design.shape.window === null ? [] : [...new Set(known.flatMap(({ value }) => value?.id ?? []))];
    const own = known.filter((event) => event.partition === partition).sort((a, b) => a.offset - b.offset);
    const before = own.filter((event) => event.offset < offset).at(-1);
    const after = own.find((event) => event.offset > offset);
    const times = [before?.time ?? null, after?.time ?? null, (after?.time ?? before?.time ?? 0) + 3_600_000];
    const seqs = [before?.value?.seq, after?.value?.seq, 50].map((seq) => seq ?? 0);
    const event = (type: TinyType, named: readonly string[], n: number): TinyEvent => ({
      ...{ partition, offset, rank },
      time: this.#draw.pick(times),
      value: {
        ...{ type, keys: named, n, seq: this.#draw.pick(seqs) },
        ...(ids.length > 0 && this.#draw.chance(0.5) && { id: this.#draw.pick(ids) }),
      },
    });
    const fills = keys.flatMap((key) => [event('add', [key], 17), event('set', [key], 23), event('wipe', [key], 1)]);
    if (design.shape.many)
      fills.push(...keys.flatMap((a) => keys.filter((b) => b !== a).map((b) => event('move', [a, b], 1))));
    return lost === null || lost.value === null ? fills : [lost, ...fills];
  }

  /** What may have come of an event that could not be handled. */
  #effectsOf(place: string): readonly (readonly [string, Effect])[] {
    const event = this.#incident.known.find((each) => placeOf(each) === place);
    if (event === undefined) return [];
    const { many } = this.#incident.design.shape;
    const named = event.value === null ? null : many ? event.value.keys : event.value.keys.slice(0, 1);
    const lists =
      named === null ? this.#keysOf(event.partition).map((key) => [key]) : [named, ...named.map((key) => [key])];
    const writes = ['nothing', 'more', 'gone'] as const;
    return lists.flatMap((keys) => writes.map((write) => [place, { kind: 'handled', write, keys }] as const));
  }

  /** What a snapshot may be held against, from a root in front of it. */
  judge(snapshot: TinySnapshot, root: TinySnapshot | null): SnapshotFacts {
    const { design, known } = this.#incident;
    const base = this.#fold(asRecovered, root, snapshot.next);
    const variants: States[] = this.#lossWorlds(root, snapshot.next, true).map(
      (world) => this.#fold(world, root, snapshot.next).states,
    );
    if (design.shape.locality === 'global' && design.order === 'time') {
      // The service may have put the partitions together otherwise.
      const within = known.filter(
        ({ partition, offset }) => offset >= (root?.next[partition] ?? 0) && offset < (snapshot.next[partition] ?? 0),
      );
      const clocks = new Map(this.#path([], null, this.#incident.ends).map(({ event, now }) => [event, now]));
      if (!this.#isPassed(snapshot.next))
        for (let n = 0; n < 60; n++)
          variants.push(
            foldPlainly(
              design,
              shuffled(within, this.#draw).map((event) => ({ event, now: clocks.get(event) ?? -Infinity })),
              root?.rows ?? new Map(),
              asRecovered,
              true,
            ).states,
          );
    }
    const keys = new Set([
      ...base.states.keys(),
      ...snapshot.rows.keys(),
      ...variants.flatMap((each) => [...each.keys()]),
    ]);
    const uncertain = new Set([...keys].filter((key) => !variants.every((each) => this.#same(key, each, base.states))));
    const certain = [...keys].filter((key) => !uncertain.has(key));
    const differing = certain.filter((key) => !this.#same(key, base.states, snapshot.rows));
    return {
      uncertain,
      isReproduced: differing.length === 0 && uncertain.size === 0,
      agrees: differing.length === 0 && certain.some((key) => snapshot.rows.has(key)),
    };
  }

  /** Whether the order of the replay comes by a position. */
  #isPassed(next: readonly number[]): boolean {
    const inside = this.#path([], null, this.#incident.ends).map(
      ({ event }) => event.offset < (next[event.partition] ?? 0),
    );
    return !inside.some((is, index) => is && inside[index - 1] === false);
  }

  #same(key: string, one: States, other: States): boolean {
    return this.#comparable(one.get(key)) === this.#comparable(other.get(key));
  }

  #comparable(state: TinyState | undefined): string {
    if (state === undefined) return 'none';
    if (!this.#incident.design.shape.normalise) return textOf(state);
    const { c: _, ...rest } = state;
    return textOf(rest);
  }

  /** Snapshots of the healthy service that the worker reproduces, as far as anything can be told. */
  checks(): readonly {
    readonly snapshot: TinySnapshot;
    readonly root: TinySnapshot | null;
    readonly facts: SnapshotFacts;
  }[] {
    const { snapshots } = this.#incident;
    const healthy = snapshots.filter((snapshot) => this.#isHealthy(snapshot));
    return healthy.flatMap((snapshot) => {
      const roots = [null, ...snapshots.filter(({ trusted }) => trusted)];
      return roots
        .filter((root) => root === null || (root !== snapshot && isBehind(snapshot, root)))
        .map((root) => ({ snapshot, root, facts: this.judge(snapshot, root) }))
        .filter(({ facts }) => facts.agrees);
    });
  }

  /** Whether it was taken before the service went wrong, by its own word and by that of the events that it has seen. */
  #isHealthy({ takenAt, next }: TinySnapshot): boolean {
    const { onset } = this.#incident;
    if (onset === null) return false;
    const times = this.#path([], null, next).flatMap(({ now }) => (Number.isFinite(now) ? now : []));
    if (takenAt === null && times.length === 0) return false;
    return (takenAt === null || takenAt <= onset) && times.every((time) => time < onset);
  }

  /** Types of event that a passed check saw at work on a key that it compared. */
  covered(strictly: boolean): ReadonlySet<string> {
    const types = new Set<string>();
    for (const { snapshot, root, facts } of this.checks()) {
      for (const { value } of this.#fold(asRecovered, root, snapshot.next).applied) {
        if (value === null) continue;
        if (!strictly || !value.keys.some((key) => facts.uncertain.has(key))) types.add(value.type);
      }
    }
    return types;
  }

  /**
   * @param root where the recovery began: a snapshot, or the beginning of the log
   * @param cap the best that this beginning allows
   */
  bestWords(root: TinySnapshot | null, cap: 'exact' | 'declared'): BestWords {
    const { design, ends } = this.#incident;
    const to = design.target ?? ends;
    const base = this.#fold(asRecovered, root, to);
    const covered = this.covered(true);
    const isChecked = this.checks().length > 0;
    const losses = this.#lossWorlds(root, to, true);
    const lossStates = losses.map((world) => this.#fold(world, root, to).states);
    const uncovered = [...new Set(base.applied.flatMap(({ value }) => value?.type ?? []))].filter(
      (type) => !covered.has(type),
    );
    const doubts = [
      ...uncovered.flatMap((type) =>
        (['more', 'nothing', 'other'] as const).map((does) => ({
          ...{ name: `type ${type}`, isReviewed: design.reviewed.includes(type) },
          states: this.#fold({ ...asRecovered, deviant: { type, does } }, root, to).states,
        })),
      ),
      ...(design.shape.normalise
        ? [
            {
              ...{ name: 'the cache', isReviewed: design.reviewed.includes('$.c') },
              states: this.#fold({ ...asRecovered, cacheDiffers: true }, this.#withCache(root), to).states,
            },
          ]
        : []),
    ];
    const all = [base.states, ...lossStates, ...doubts.map(({ states }) => states)];
    const keys = new Set([...all.flatMap((states) => [...states.keys()]), ...this.#rowKeys(), ...unknownKeys]);
    const wordOf = (key: string): BestWord => {
      const state = base.states.get(key);
      const own = state === undefined ? null : textOf(state);
      const differs = (states: States): boolean => textOf(states.get(key)) !== textOf(state);
      const lossy = lossStates.findIndex(differs);
      if (lossy !== -1)
        return { state: own, word: 'incomplete', because: `world ${describeWorld(losses[lossy] ?? asRecovered)}` };
      if (!isChecked) return { state: own, word: 'unproven', because: 'the worker is not checked' };
      const doubt = doubts.find((each) => !each.isReviewed && differs(each.states));
      if (doubt !== undefined) return { state: own, word: 'unproven', because: doubt.name };
      const reviewed = doubts.find((each) => differs(each.states));
      if (reviewed !== undefined) return { state: own, word: 'declared', because: `${reviewed.name}, reviewed` };
      return { state: own, word: cap, because: 'the beginning' };
    };
    const { unconfirmed } = orderPlainly(this.#incident.known, design.order);
    const isInRange = unconfirmed.some(
      ({ partition, offset }) => offset >= (root?.next[partition] ?? 0) && offset < (to[partition] ?? 0),
    );
    return {
      keys: new Map([...keys].map((key) => [key, wordOf(key)])),
      neverComplete: isInRange ? 'a time is not confirmed' : null,
    };
  }

  #withCache(root: TinySnapshot | null): TinySnapshot | null {
    if (root === null) return null;
    return {
      ...root,
      rows: new Map(
        [...root.rows].map(([key, state]) => [key, state.c === undefined ? state : { ...state, c: state.c + 50 }]),
      ),
    };
  }
}

const isBehind = (snapshot: TinySnapshot, root: TinySnapshot): boolean =>
  snapshot.next.every((next, partition) => next >= (root.next[partition] ?? 0));

/** The same fields in the same order, as text. */
export function textOf(state: TinyState | undefined): string {
  if (state === undefined) return 'none';
  const { n, c, t } = state;
  return JSON.stringify({ n, c, t });
}

function describeWorld({ filled, effects }: World): string {
  return JSON.stringify({
    filled: filled.map(({ partition, offset, value, time }) => [`${partition}@${offset}`, time, value]),
    effects: [...effects],
  });
}

/** Another way to put the partitions together. */
function shuffled(events: readonly TinyEvent[], draw: Draw): readonly TinyEvent[] {
  const lanes = [...new Set(events.map(({ partition }) => partition))].map((partition) =>
    events.filter((event) => event.partition === partition).sort((a, b) => a.offset - b.offset),
  );
  const list: TinyEvent[] = [];
  while (lanes.some((lane) => lane.length > 0)) {
    const event = draw.pick(lanes.filter((lane) => lane.length > 0)).shift();
    if (event !== undefined) list.push(event);
  }
  return list;
}
