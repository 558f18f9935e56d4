/** An item that could be paired, of one key and amount. */
export interface Candidate {
  readonly time: number;
  /** An id of its own; null for none. */
  readonly id: string | null;
  readonly type: string | null;
}

/** What is certain of some records and events of one key and amount. All are indexes into what was given. */
export interface Settlement {
  /** Pairs that every largest assignment has, up to the exchange of items that say the same. */
  readonly pairs: readonly (readonly [record: number, event: number])[];
  /** Records without an event in every such assignment; `twice` where an equal one has an event, or stands before it. */
  readonly recordsAlone: readonly { readonly record: number; readonly twice: boolean }[];
  readonly eventsAlone: readonly number[];
  readonly ambiguousRecords: readonly number[];
  readonly ambiguousEvents: readonly number[];
  /** How many pairs the ambiguous ones make in every such assignment. */
  readonly ambiguousPairs: number;
}

/** More possible pairs than this in one cluster are not searched: all of it is ambiguous. */
const searchedArcs = 4096;

/**
 * Assigns records to events, one to one, where the record is at most so much earlier or later, and not both have ids (those
 * would have been the same). Settled is what is the same in every assignment of as many as possible; of items that say the
 * same (time and type are equal, no id) it does not matter which is taken.
 */
export function settleCandidates(
  records: readonly Candidate[],
  events: readonly Candidate[],
  within: { readonly earlier: number; readonly later: number },
): Settlement {
  const result: MutableSettlement = {
    pairs: [],
    recordsAlone: [],
    eventsAlone: [],
    ambiguousRecords: [],
    ambiguousEvents: [],
    ambiguousPairs: 0,
  };
  if (records.length === 0) result.eventsAlone.push(...events.keys());
  if (events.length === 0 || records.length === 0) {
    if (records.length === 1) result.recordsAlone.push({ record: 0, twice: false });
    if (records.length <= 1) return result;
  }
  const left = classesOf(records);
  const right = classesOf(events);
  for (const [from, to, start, end] of clusters(left, right, within)) {
    settleCluster(left.slice(from, to), right.slice(start, end), within, result);
  }
  return result;
}

type MutableSettlement = {
  -readonly [Name in keyof Settlement]: Settlement[Name] extends readonly (infer Item)[] ? Item[] : number;
};

/** Items that say the same. */
interface ItemClass extends Candidate {
  readonly items: number[];
}

/** In the order of time; items of one class in the order given. */
function classesOf(items: readonly Candidate[]): readonly ItemClass[] {
  const order = [...items.keys()].sort((a, b) => timeAt(items, a) - timeAt(items, b) || a - b);
  const classes: ItemClass[] = [];
  // Of one time, the classes of those without an id, by type.
  let equal = new Map<string | null, ItemClass>();
  let at = NaN;
  for (const index of order) {
    const { time, id, type } = items[index] as Candidate;
    if (time !== at) {
      equal = new Map();
      at = time;
    }
    const same = id === null ? equal.get(type) : undefined;
    if (same !== undefined) {
      same.items.push(index);
      continue;
    }
    const made: ItemClass = { time, id, type, items: [index] };
    if (id === null) equal.set(type, made);
    classes.push(made);
  }
  return classes;
}

function timeAt(items: readonly Candidate[], index: number): number {
  return (items[index] as Candidate).time;
}

type Within = { readonly earlier: number; readonly later: number };

/** Ranges of records and events that nothing connects to the others. */
function* clusters(
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

function settleCluster(
  records: readonly ItemClass[],
  events: readonly ItemClass[],
  within: Within,
  result: MutableSettlement,
): void {
  const [record, event] = [records[0], events[0]];
  if (record !== undefined && event !== undefined && records.length === 1 && events.length === 1) {
    if (record.items.length === 1 && event.items.length === 1 && (record.id === null || event.id === null)) {
      result.pairs.push([record.items[0] as number, event.items[0] as number]);
      return;
    }
  }
  const graph = new ExchangeGraph(records, events, within);
  if (graph.arcs.length > searchedArcs) {
    const pairs = graph.flow();
    for (const { items } of records) result.ambiguousRecords.push(...items);
    for (const { items } of events) result.ambiguousEvents.push(...items);
    result.ambiguousPairs += pairs;
    return;
  }
  const total = graph.flow();
  let certain = 0;
  const usedOfRecord = records.map(() => 0);
  const usedOfEvent = events.map(() => 0);
  for (const arc of graph.arcs) {
    if (arc.flow === 0 || !graph.isFixed(arc)) continue;
    const { record, event, flow } = arc;
    const [fromRecord, fromEvent] = [usedOfRecord[record] ?? 0, usedOfEvent[event] ?? 0];
    for (let unit = 0; unit < flow; unit++) {
      result.pairs.push([
        records[record]?.items[fromRecord + unit] as number,
        events[event]?.items[fromEvent + unit] as number,
      ]);
    }
    usedOfRecord[record] = fromRecord + flow;
    usedOfEvent[event] = fromEvent + flow;
    certain += arc.flow;
  }
  result.ambiguousPairs += total - certain;
  records.forEach(({ items }, r) => {
    const covered = graph.recordFlow[r] as number;
    const free = graph.isRecordFixed(r) ? items.length - covered : 0;
    const rest = items.slice(usedOfRecord[r]);
    result.ambiguousRecords.push(...rest.slice(0, rest.length - free));
    rest.slice(rest.length - free).forEach((record, index) => {
      result.recordsAlone.push({ record, twice: covered > 0 || index > 0 });
    });
  });
  events.forEach(({ items }, e) => {
    const free = graph.isEventFixed(e) ? items.length - (graph.eventFlow[e] as number) : 0;
    const rest = items.slice(usedOfEvent[e]);
    result.ambiguousEvents.push(...rest.slice(0, rest.length - free));
    result.eventsAlone.push(...rest.slice(rest.length - free));
  });
}

interface Arc {
  readonly record: number;
  readonly event: number;
  flow: number;
}

/**
 * A largest flow from records to events, and what of it other largest flows share: what no cycle of the residual network can
 * change. Nodes: records, events behind them, then the source and the sink.
 */
class ExchangeGraph {
  readonly arcs: Arc[] = [];
  readonly recordFlow: number[];
  readonly eventFlow: number[];
  readonly #records: readonly ItemClass[];
  readonly #events: readonly ItemClass[];
  readonly #ofRecord: Arc[][];
  readonly #ofEvent: Arc[][];
  readonly #source: number;
  readonly #sink: number;

  constructor(records: readonly ItemClass[], events: readonly ItemClass[], { earlier, later }: Within) {
    this.#records = records;
    this.#events = events;
    this.recordFlow = records.map(() => 0);
    this.eventFlow = events.map(() => 0);
    this.#ofRecord = records.map(() => []);
    this.#ofEvent = events.map(() => []);
    this.#source = records.length + events.length;
    this.#sink = this.#source + 1;
    let first = 0;
    for (const [r, record] of records.entries()) {
      while (first < events.length && (events[first] as ItemClass).time < record.time - later) first++;
      for (let e = first; e < events.length; e++) {
        const event = events[e] as ItemClass;
        if (event.time > record.time + earlier) break;
        if (record.id !== null && event.id !== null) continue;
        const arc: Arc = { record: r, event: e, flow: 0 };
        this.arcs.push(arc);
        this.#ofRecord[r]?.push(arc);
        this.#ofEvent[e]?.push(arc);
      }
    }
  }

  /** Makes the flow as large as it can be; greedy first, the rest by augmenting paths. Gives its size. */
  flow(): number {
    for (const arc of this.arcs) this.#add(arc, Math.min(this.#recordRest(arc.record), this.#eventRest(arc.event)));
    if (this.arcs.length <= searchedArcs) while (this.#augment());
    return this.recordFlow.reduce((sum, flow) => sum + flow, 0);
  }

  isFixed(arc: Arc): boolean {
    const [r, e] = [arc.record, this.#records.length + arc.event];
    return !this.#reaches(e, r, arc) && !this.#reaches(r, e, arc);
  }

  isRecordFixed(r: number): boolean {
    const flow = this.recordFlow[r] as number;
    if (flow < (this.#records[r]?.items.length ?? 0) && this.#reaches(r, this.#source, r)) return false;
    return flow === 0 || !this.#reaches(this.#source, r, r);
  }

  isEventFixed(e: number): boolean {
    const flow = this.eventFlow[e] as number;
    const node = this.#records.length + e;
    if (flow < (this.#events[e]?.items.length ?? 0) && this.#reaches(this.#sink, node, node)) return false;
    return flow === 0 || !this.#reaches(node, this.#sink, node);
  }

  #add(arc: Arc, flow: number): void {
    arc.flow += flow;
    this.recordFlow[arc.record] = (this.recordFlow[arc.record] as number) + flow;
    this.eventFlow[arc.event] = (this.eventFlow[arc.event] as number) + flow;
  }

  #recordRest(r: number): number {
    return (this.#records[r]?.items.length ?? 0) - (this.recordFlow[r] as number);
  }

  #eventRest(e: number): number {
    return (this.#events[e]?.items.length ?? 0) - (this.eventFlow[e] as number);
  }

  /** One more pair, by a path that moves others. */
  #augment(): boolean {
    const arcTo = new Map<number, Arc>();
    const arcBack = new Map<number, Arc>();
    const queue = this.#records.flatMap((_, r) => (this.#recordRest(r) > 0 ? [r] : []));
    const seen = new Set(queue);
    for (const r of queue) {
      for (const arc of this.#ofRecord[r] ?? []) {
        if (arcTo.has(arc.event)) continue;
        arcTo.set(arc.event, arc);
        if (this.#eventRest(arc.event) > 0) {
          let step: Arc | undefined = arc;
          while (step !== undefined) {
            this.#add(step, 1);
            const back = arcBack.get(step.record);
            if (back === undefined) return true;
            this.#add(back, -1);
            step = arcTo.get(back.event);
          }
          return true;
        }
        for (const other of this.#ofEvent[arc.event] ?? []) {
          if (other.flow === 0 || seen.has(other.record)) continue;
          seen.add(other.record);
          arcBack.set(other.record, other);
          queue.push(other.record);
        }
      }
    }
    return false;
  }

  /** Whether the residual network has a path, without an arc, or without the one between a node and the source or sink. */
  #reaches(from: number, to: number, without: Arc | number): boolean {
    const records = this.#records.length;
    const seen = new Set([from]);
    const queue = [from];
    const visit = (node: number) => {
      if (seen.has(node)) return;
      seen.add(node);
      queue.push(node);
    };
    for (const node of queue) {
      if (node === to) return true;
      if (node === this.#source) {
        for (const r of this.#records.keys()) if (r !== without && this.#recordRest(r) > 0) visit(r);
      } else if (node === this.#sink) {
        for (const e of this.#events.keys())
          if (records + e !== without && (this.eventFlow[e] as number) > 0) visit(records + e);
      } else if (node < records) {
        for (const arc of this.#ofRecord[node] ?? []) if (arc !== without) visit(records + arc.event);
        if (node !== without && (this.recordFlow[node] as number) > 0) visit(this.#source);
      } else {
        const e = node - records;
        for (const arc of this.#ofEvent[e] ?? []) if (arc !== without && arc.flow > 0) visit(arc.record);
        if (node !== without && this.#eventRest(e) > 0) visit(this.#sink);
      }
    }
    return false;
  }
}
