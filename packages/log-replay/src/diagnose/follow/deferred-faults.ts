import type { Fault, Undetermined } from '../fault.js';
import type { Accusations } from './accusations.js';
import type { WalkedEvent } from './walk-log.js';

/** Beyond so many, what is held is told as what cannot be told: memory is bounded. */
const most = 100_000;

/** An accusation that another permissible explanation may do away with, and when the service came to its event. */
export interface HeldFault {
  readonly fault: Fault;
  readonly walked: WalkedEvent;
  /** What is told with it, of states that may come of it. */
  readonly accusations: Accusations;
  /** Number of the handling at which it was found. */
  readonly turn: number;
  /** It rests on the states that the service had, and so on everything that it did before; else nothing speaks against it. */
  readonly restsOnStates: boolean;
  /** Whether it holds whatever the states were, asked from all that were seen by then; absent where no handler was asked. */
  readonly holdsStill?: () => Promise<boolean>;
}

/**
 * Accusations that are not told yet, since what comes may show that another permissible explanation holds as well: another
 * interleaving of the partitions, another place of events that left no outputs, the content of a hole. All are kept in the
 * order in which they were found, so that they are told in it.
 */
export class DeferredFaults {
  #held: HeldFault[] = [];
  /** Those that there was no room for. */
  dropped = 0;

  get size(): number {
    return this.#held.length;
  }

  /** False where there is no room for it. */
  add(held: HeldFault): boolean {
    if (this.#held.length < most) {
      this.#held.push(held);
      return true;
    }
    if (held.restsOnStates) this.dropped++;
    return false;
  }

  /** Those for which a handler was asked from states. */
  *asked(): Iterable<HeldFault & Required<Pick<HeldFault, 'holdsStill'>>> {
    for (const held of this.#held) if (isAsked(held)) yield held;
  }

  /** @param objection why an accusation does not hold in every permissible explanation; null where it does */
  release(objection: (held: HeldFault) => Pick<Undetermined, 'reason' | 'missing'> | null): {
    readonly faults: readonly HeldFault[];
    readonly undetermined: readonly Undetermined[];
  } {
    const faults: HeldFault[] = [];
    const undetermined: Undetermined[] = [];
    for (const held of this.#held) {
      const why = objection(held);
      if (why === null) faults.push(held);
      else undetermined.push(undeterminedOf(held.fault, why));
    }
    this.#held = [];
    return { faults, undetermined };
  }
}

function isAsked(held: HeldFault): held is HeldFault & Required<Pick<HeldFault, 'holdsStill'>> {
  return held.holdsStill !== undefined;
}

function undeterminedOf({ kind, event, keys }: Fault, why: Pick<Undetermined, 'reason' | 'missing'>): Undetermined {
  return { event, key: keys[0] ?? null, suspicion: kind, ...why };
}
