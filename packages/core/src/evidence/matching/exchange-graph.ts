import type { ItemClass, Within } from './candidate-clusters.js';

/** More possible pairs than this in one cluster are not searched: all of it is ambiguous. */
export const searchedArcs = 4096;

interface Arc {
  readonly record: number;
  readonly event: number;
  flow: number;
}

/**
 * A largest flow from records to events, and what of it other largest flows share: what no cycle of the residual network can
 * change. Nodes: records, events behind them, then the source and the sink.
 */
export class ExchangeGraph {
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
