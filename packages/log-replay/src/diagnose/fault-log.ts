import type { Fault, Undetermined } from './fault.js';
import { faultKinds, type FaultKind } from '@eventmend/core/engine';

/** Where faults go one by one: a service may have done everything wrong, and a list of that is as long as the log. */
export interface FaultSink {
  fault(fault: Fault): void;
  undetermined(undetermined: Undetermined): void;
}

/** How many of a kind are kept as they are, besides being counted. */
const kept = 200;

/** Counts what a diagnosis finds, keeps the first of each kind, and passes everything on. */
export class FaultLog implements FaultSink {
  readonly counts: Record<FaultKind, number> = {
    missed: 0,
    twice: 0,
    'out-of-order': 0,
    wrong: 0,
    'not-sent': 0,
    'sent-twice': 0,
  };
  undeterminedCount = 0;
  readonly firstUndetermined: Undetermined[] = [];
  /** By effective time; faults without one do not bracket anything. */
  first: Fault | null = null;
  last: Fault | null = null;
  readonly #kept = new Map<FaultKind, Fault[]>(faultKinds.map((kind) => [kind, []]));
  readonly #sink: FaultSink;

  constructor(sink: FaultSink) {
    this.#sink = sink;
  }

  fault(fault: Fault): void {
    this.counts[fault.kind]++;
    const list = this.#kept.get(fault.kind);
    if (list !== undefined && list.length < kept) list.push(fault);
    if (this.first === null || isEarlier(fault, this.first)) this.first = fault;
    if (this.last === null || isEarlier(this.last, fault)) this.last = fault;
    this.#sink.fault(fault);
  }

  undetermined(undetermined: Undetermined): void {
    this.undeterminedCount++;
    if (this.firstUndetermined.length < kept) this.firstUndetermined.push(undetermined);
    this.#sink.undetermined(undetermined);
  }

  /** The first ones of each kind. */
  get examples(): readonly Fault[] {
    return faultKinds.flatMap((kind) => this.#kept.get(kind) ?? []);
  }
}

function isEarlier(a: Fault, b: Fault): boolean {
  return (a.time ?? Infinity) < (b.time ?? Infinity);
}
