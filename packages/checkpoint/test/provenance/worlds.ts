import type { Draw } from '../../../core/test/provenance/draw.js';
import {
  firstTime,
  placeOf,
  stepMs,
  type Effect,
  type Hole,
  type TinyEvent,
  type TinyIncident,
} from './tiny-incident.js';
import { keysOf, typesOfTwoKeys, type TinyType, type TinyValue } from './tiny-worker.js';

/** One way in which everything may have been that nobody knows. */
export interface World {
  /** What lay in the holes; an offset without one never held an event. */
  readonly filled: readonly TinyEvent[];
  /** What came of events that the worker cannot handle; nothing where absent. */
  readonly effects: ReadonlyMap<string, Effect>;
}

const farAway = 40 * stepMs;

/** Draws worlds: whatever may have lain in the holes, at whatever time between the events beside them. */
export class Worlds {
  readonly #incident: TinyIncident;
  readonly #draw: Draw;
  readonly #parked: readonly TinyEvent[];
  readonly #moments: readonly number[];

  constructor(incident: TinyIncident, draw: Draw) {
    this.#incident = incident;
    this.#draw = draw;
    this.#parked = incident.known.filter(({ value }) => value.type === 'boom');
    const { records, facts } = incident.design;
    const around = [
      ...incident.known.map(({ time }) => time),
      ...incident.rows.flatMap(({ time }) => [
        time,
        time + (records?.within.earlier ?? 0),
        time - (records?.within.later ?? 0),
      ]),
      ...incident.factRows.flatMap(({ time }) => [
        time,
        time + (facts?.within.earlier ?? 0),
        time - (facts?.within.later ?? 0),
      ]),
      ...incident.snapshots.map(({ takenAt }) => takenAt),
      ...[incident.target.kind === 'time' ? incident.target.time : null, incident.from, incident.until].flatMap(
        (time) => time ?? [],
      ),
    ];
    this.#moments = around.flatMap((time) => [time - 1, time, time + 1]);
  }

  /** The world as it was. */
  truth(): World {
    return { filled: this.#incident.lost, effects: this.#incident.effects };
  }

  /** Without a word of anybody: any events. */
  any(count: number): readonly World[] {
    const { holes } = this.#incident;
    const none: World = { filled: [], effects: new Map() };
    const single = holes.flatMap((hole) => this.#valuesAt(hole).map((value) => this.#world([[hole, value]])));
    const effects = this.#parked.flatMap((event) =>
      (['more', 'gone'] as const).map((effect) => ({ ...none, effects: new Map([[placeOf(event), effect]]) })),
    );
    const mixed = Array.from({ length: count }, () =>
      this.#world(
        holes.flatMap((hole): [Hole, TinyValue][] =>
          this.#draw.chance(0.75) ? [[hole, this.#draw.pick(this.#valuesAt(hole))]] : [],
        ),
      ),
    );
    return [none, this.truth(), ...single, ...effects, ...mixed].filter((world) => this.#isPossible(world));
  }

  /** Near to the truth: what was lost at other times, in other places, one for another, or one otherwise. */
  near(count: number): readonly World[] {
    const { holes, lost, rows } = this.#incident;
    const draw = this.#draw;
    const change = (): World => {
      const values = new Map(lost.map((event) => [placeOf(event), event.value]));
      for (let n = draw.below(3); n > 0; n--) {
        const hole = draw.pick(holes);
        const other = draw.pick(holes);
        switch (draw.below(5)) {
          case 0:
          case 1: {
            const [one, two] = [values.get(placeOf(hole)), values.get(placeOf(other))];
            if (two === undefined) values.delete(placeOf(hole));
            else values.set(placeOf(hole), two);
            if (one === undefined) values.delete(placeOf(other));
            else values.set(placeOf(other), one);
            break;
          }
          case 2:
            values.delete(placeOf(hole));
            break;
          case 3:
            if (rows.length > 0) values.set(placeOf(hole), draw.pick(rows).value);
            break;
          default:
            values.set(placeOf(hole), draw.pick(this.#valuesAt(hole)));
        }
      }
      const given = holes.flatMap((hole): [Hole, TinyValue][] => {
        const value = values.get(placeOf(hole));
        return value === undefined ? [] : [[hole, value]];
      });
      return this.#world(given);
    };
    if (holes.length === 0) return this.any(10);
    return [this.truth(), ...Array.from({ length: count }, change)].filter((world) => this.#isPossible(world));
  }

  #world(given: readonly (readonly [Hole, TinyValue])[]): World {
    const filled: TinyEvent[] = [];
    const sorted = [...given].sort(([a], [b]) => a.partition - b.partition || a.offset - b.offset);
    for (const [{ partition, offset }, value] of sorted) {
      const before = [...this.#incident.known, ...filled].filter(
        (event) => event.partition === partition && event.offset < offset,
      );
      const behind = this.#incident.known.filter((event) => event.partition === partition && event.offset > offset);
      const since = Math.max(firstTime - farAway, ...before.map(({ time }) => time));
      const until = Math.min(since + 2 * farAway, ...behind.map(({ time }) => time));
      // Times that fall leave a lost one room for what they fall by.
      const [low, high] = [Math.min(since, until), Math.max(since, until)];
      const own = this.#incident.lost.find((event) => event.partition === partition && event.offset === offset)?.time;
      const moments = this.#moments.filter((time) => time >= low && time <= high);
      const time =
        own !== undefined && own >= low && own <= high && this.#draw.chance(0.4)
          ? own
          : moments.length === 0 || this.#draw.chance(0.2)
            ? low + this.#draw.below(high - low + 1)
            : this.#draw.pick(moments);
      filled.push({ partition, offset, value, time });
    }
    const effects = new Map<string, Effect>(
      this.#parked.map((event) => [placeOf(event), this.#draw.pick(['nothing', 'more', 'gone'] as const)]),
    );
    return { filled, effects };
  }

  /** An id is that of one event, and a key stays in one partition, where the worker promises that. */
  #isPossible({ filled }: World): boolean {
    const ids = [...this.#incident.known, ...filled].flatMap(({ value }) => value.id ?? []);
    if (new Set(ids).size < ids.length) return false;
    if (this.#incident.design.shape.locality === 'global') return true;
    const places = new Map<string, number>();
    return [...this.#incident.known, ...filled].every(({ partition, value }) =>
      keysOf(value).every((key) => {
        const place = places.get(key) ?? partition;
        places.set(key, place);
        return place === partition;
      }),
    );
  }

  #keysAt(partition: number): readonly string[] {
    const { known, snapshots, live, rows, factRows, design } = this.#incident;
    const named = (events: readonly TinyEvent[]): readonly string[] => events.flatMap(({ value }) => keysOf(value));
    const said = [
      ...[...snapshots, ...(live === null ? [] : [live])].flatMap(({ rows: own }) => [...own.keys()]),
      ...rows.flatMap(({ value }) => keysOf(value)),
      ...factRows.map(({ key }) => key),
    ];
    const all = [...new Set([...named(known), ...said, 'z'])];
    if (design.shape.locality === 'global') return all;
    const elsewhere = new Set(named(known.filter((event) => event.partition !== partition)));
    return all.filter((key) => !elsewhere.has(key));
  }

  #valuesAt({ partition }: Hole): readonly TinyValue[] {
    const keys = this.#keysAt(partition);
    const single: readonly TinyType[] = ['add', 'set', 'wipe', 'double', 'cut'];
    return keys.flatMap((a) => [
      ...single.map((type) => ({ type, a, n: 17 })),
      ...keys.filter((b) => b !== a).flatMap((b) => typesOfTwoKeys.map((type) => ({ type, a, b, n: 1 }))),
    ]);
  }
}
