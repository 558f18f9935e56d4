import type { Fault, Undetermined } from '../fault.js';
import type { OrderIndependentKeys } from '@eventmend/core/engine';

/** Beyond so many, what is held is told: a service that went wrong this often did not merely interleave otherwise. */
const most = 100_000;

/**
 * Accusations that rest on the order of events which left no outputs. Under an assumed order nobody knows when those were
 * handled; so such an accusation counts only where the order of the partitions provably makes no difference to its keys,
 * and that is known at the end of the stretch.
 */
export class DeferredFaults {
  #held: Fault[] = [];

  get isFull(): boolean {
    return this.#held.length >= most;
  }

  add(fault: Fault): void {
    this.#held.push(fault);
  }

  /**
   * @param independent keys to which the order of the partitions makes no difference
   * @param sometimesSilent whether there were events without outputs at all
   */
  release(
    independent: OrderIndependentKeys,
    sometimesSilent: boolean,
  ): { readonly faults: readonly Fault[]; readonly undetermined: readonly Undetermined[] } {
    const stands = (fault: Fault): boolean => !sometimesSilent || fault.keys.every((key) => independent.has(key));
    const faults = this.#held.filter(stands);
    const undetermined = this.#held.filter((fault) => !stands(fault)).map(undeterminedOf);
    this.#held = [];
    return { faults, undetermined };
  }
}

function undeterminedOf({ kind, event, keys }: Fault): Undetermined {
  return {
    event,
    key: keys[0] ?? null,
    suspicion: kind,
    reason: 'order not determined: events of its keys without outputs may have been handled at another time',
    missing: 'a ledger of the handled events, or a recorded order',
  };
}
