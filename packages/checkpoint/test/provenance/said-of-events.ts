import type { RecordRow, TinyEvent, TinyIncident } from './tiny-incident.js';
import type { TinyValue } from './tiny-worker.js';

/**
 * Whether events may be those of which the records speak, given that these are what they are declared to be: each row is an event, and each
 * event of a type that they are complete for is a row. Told from the documentation alone.
 */
export class SaidOfEvents {
  readonly #incident: TinyIncident;
  readonly #groups: readonly (readonly RecordRow[])[];
  readonly #from: number;
  readonly #until: number;

  constructor(incident: TinyIncident) {
    this.#incident = incident;
    const { rows, from, until, design } = incident;
    const within = design.records?.within ?? { earlier: 0, later: 0 };
    const times = rows.map(({ time }) => time);
    this.#from = from ?? Math.min(...times) + within.earlier;
    this.#until = until ?? Math.max(...times) - within.later;
    // Rows that say the same may be one event, and where they have its id they are.
    const groups = new Map<string, RecordRow[]>();
    for (const row of rows) groups.set(JSON.stringify(row), [...(groups.get(JSON.stringify(row)) ?? []), row]);
    this.#groups = [...groups.values()];
  }

  /**
   * @param isWhole all events up to the ends are there; else those that are known, which must have rows, as far as the declaration has them
   *   compared
   */
  mayBe(events: readonly TinyEvent[], isWhole: boolean): boolean {
    const { design } = this.#incident;
    const { records } = design;
    if (records === null) return true;
    const mustHaveRow = events.map(
      ({ time, value }) => records.completeFor.includes(value.type) && time >= this.#from && time <= this.#until,
    );
    const rows = this.#groups.flatMap((group) => (records.withId ? group.slice(0, 1) : group));
    const fits = rows.map((row) => events.flatMap((event, index) => (this.#fits(row, event, isWhole) ? [index] : [])));
    const first = new Set(this.#groups.map(([row]) => row));
    const mustBeEvent = rows.map(
      (row, index) => first.has(row) && rows.indexOf(row) === index && !this.#isLater(row, events),
    );
    const fitting = events.map((_, event) =>
      rows.flatMap((__, row) => (fits[row]?.includes(event) === true ? [row] : [])),
    );
    // Where each side can be served alone, both can be together.
    return isMatched(fitting, mustHaveRow) && (!isWhole || isMatched(fits, mustBeEvent));
  }

  #fits(row: RecordRow, { time, value }: TinyEvent, isWhole: boolean): boolean {
    const { records } = this.#incident.design;
    if (records === null) return false;
    if (records.types !== null && !records.types.includes(value.type)) return false;
    if (records.withId && row.id !== value.id) return false;
    const { earlier, later } = records.within;
    if (row.time < time - earlier || row.time > time + later) return false;
    if (isWhole) return sameValue(row.value, value);
    const { typed, withAmount } = records;
    return row.key === value.a && (!typed || row.type === value.type) && (!withAmount || row.value.n === value.n);
  }

  /** It may be an event that the log does not hold yet: the log was read after all that is in it and after its target. */
  #isLater({ time }: RecordRow, events: readonly TinyEvent[]): boolean {
    const { target, design } = this.#incident;
    const read = Math.max(target.kind === 'time' ? target.time : -Infinity, ...events.map((event) => event.time));
    return time + (design.records?.within.earlier ?? 0) >= read;
  }
}

const sameValue = (one: TinyValue, other: TinyValue): boolean =>
  one.type === other.type && one.a === other.a && one.b === other.b && one.n === other.n;

/** Whether all that must have a partner can have one of their own. */
function isMatched(partners: readonly (readonly number[])[], must: readonly boolean[]): boolean {
  const taken = new Map<number, number>();
  const find = (index: number, seen: Set<number>): boolean =>
    (partners[index] ?? []).some((partner) => {
      if (seen.has(partner)) return false;
      seen.add(partner);
      const holder = taken.get(partner);
      if (holder !== undefined && !find(holder, seen)) return false;
      taken.set(partner, index);
      return true;
    });
  return must.every((is, index) => !is || find(index, new Set()));
}
