/** An item that could be paired, of one key and amount. */
export interface Candidate {
  readonly time: number;
  /** An id of its own; null for none. */
  readonly id: string | null;
  readonly type: string | null;
}

/** Items that say the same. */
export interface ItemClass extends Candidate {
  readonly items: number[];
}

/** In the order of time; items of one class in the order given. */
export function classesOf(items: readonly Candidate[]): readonly ItemClass[] {
  const order = [...items.keys()].sort((a, b) => timeAt(items, a) - timeAt(items, b) || a - b);
  const classes: ItemClass[] = [];
  // Where the classes of the time at hand begin, and those of them without an id, by type: only made where a time comes again.
  let first = 0;
  let equal: Map<string | null, ItemClass> | null = null;
  let at = NaN;
  for (const index of order) {
    const { time, id, type } = items[index] as Candidate;
    if (time !== at) {
      equal = null;
      first = classes.length;
      at = time;
    } else if (id === null) {
      equal ??= new Map(classes.slice(first).flatMap((each) => (each.id === null ? [[each.type, each] as const] : [])));
      const same = equal.get(type);
      if (same !== undefined) {
        same.items.push(index);
        continue;
      }
    }
    const made: ItemClass = { time, id, type, items: [index] };
    if (id === null) equal?.set(type, made);
    classes.push(made);
  }
  return classes;
}

function timeAt(items: readonly Candidate[], index: number): number {
  return (items[index] as Candidate).time;
}

export type Within = { readonly earlier: number; readonly later: number };

/** Ranges of records and events that nothing connects to the others. */
export function* clusters(
  records: readonly ItemClass[],
  events: readonly ItemClass[],
  { earlier, later }: Within,
): Generator<readonly [number, number, number, number]> {
  let r = 0;
  let e = 0;
  while (r < records.length || e < events.length) {
    const [fromRecord, fromEvent] = [r, e];
    // The latest time of an event that a record of the cluster can be, and of a record that an event of it can be.
    let eventsUpTo = -Infinity;
    let recordsUpTo = -Infinity;
    const record = records[r];
    const event = events[e];
    if (event === undefined || (record !== undefined && record.time - later <= event.time)) {
      eventsUpTo = (record?.time ?? 0) + earlier;
      r++;
    } else {
      recordsUpTo = event.time + later;
      e++;
    }
    for (;;) {
      const nextRecord = records[r];
      const nextEvent = events[e];
      if (nextEvent !== undefined && nextEvent.time <= eventsUpTo) {
        recordsUpTo = Math.max(recordsUpTo, nextEvent.time + later);
        e++;
      } else if (nextRecord !== undefined && nextRecord.time <= recordsUpTo) {
        eventsUpTo = Math.max(eventsUpTo, nextRecord.time + earlier);
        r++;
      } else break;
    }
    yield [fromRecord, r, fromEvent, e];
  }
}
