import type { IntendedOutput } from '../../model/outputs/output.js';
import type { RecordedEventRef, RecordedOutput } from '../../model/records/recorded-outputs.js';
import type { FaultKind } from './fault-kind.js';
import type { CorrectionReason, UnknownReason } from './correction.js';
import type { IntendedRun } from './intended-run.js';

/** What the service did wrong with an event; null for one that it handled well. */
interface FaultOfEvent {
  (event: RecordedEventRef): { readonly kind: FaultKind } | null;
  /** Whether a fault was diagnosed that what follows for a key may come of; yes for all where absent. */
  readonly reaches?: (key: string) => boolean;
  /** Whether nobody could tell what the service did with an event. */
  readonly isOpen?: (event: RecordedEventRef) => boolean;
}

/** What other rooms know of the run: how the service erred, and which keys an order matters for. */
export interface DeviationPorts {
  /** What the service did wrong with an event; null for one that it handled well. Null where nobody diagnosed it. */
  readonly faultOf: FaultOfEvent | null;
  /** False for a key of whose events any permissible order gives the same. */
  readonly orderMatters: (key: string) => boolean;
}

/** Why a difference may be none, and why there is one. */
export class Doubts {
  readonly #run: IntendedRun;
  readonly #ports: DeviationPorts;
  /** Outputs, alone and with a key, that a record without an event may be; and those that one without an id may be. */
  readonly #unattributed = new Set<string>();
  readonly #unnamed = new Set<string>();

  constructor(run: IntendedRun, ports: DeviationPorts) {
    this.#run = run;
    this.#ports = ports;
  }

  noteUnattributed({ output, key, businessId }: RecordedOutput): void {
    this.#unattributed.add(nameOf(output, key));
    if (businessId === null) this.#unnamed.add(nameOf(output, key));
  }

  /** About an intended output that has another record, or none. */
  ofOutput(output: IntendedOutput, isMissing: boolean): UnknownReason | null {
    const { output: name, key } = output;
    // A record with an id can only be an output that has none.
    const others = output.businessId === null ? this.#unattributed : this.#unnamed;
    if (isMissing && (others.has(nameOf(name, null)) || others.has(nameOf(name, key)))) return 'ambiguous';
    return this.ofKey(key, output);
  }

  /** About anything that was recorded for a key. */
  ofKey(key: string, event: RecordedEventRef): UnknownReason | null {
    const { orderMayDiffer } = this.#run;
    if (orderMayDiffer && this.#ports.orderMatters(key) && !this.#isFaulty(event)) return 'order-not-determined';
    return this.#run.doubtful(key) ? 'incomplete-state' : null;
  }

  reasonOf(event: RecordedEventRef, key: string): CorrectionReason {
    const { faultOf } = this.#ports;
    if (faultOf === null) return 'differs';
    const fault = faultOf(refOf(event));
    if (fault !== null) return fault.kind;
    const isTold = faultOf.reaches?.(key) !== false && faultOf.isOpen?.(refOf(event)) !== true;
    return isTold ? 'consequence' : 'not-told';
  }

  #isFaulty(event: RecordedEventRef): boolean {
    return this.#ports.faultOf !== null && this.#ports.faultOf(refOf(event)) !== null;
  }
}

function refOf({ topic, partition, offset }: RecordedEventRef): RecordedEventRef {
  return { topic, partition, offset };
}

function nameOf(output: string, key: string | null): string {
  return JSON.stringify(key === null ? [output] : [output, key]);
}
