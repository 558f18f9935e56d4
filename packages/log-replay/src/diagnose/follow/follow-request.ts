import type { ForcedQuarantine, ReplayInputs, ReplaySpec, RunControl, FaultKind } from '@eventmend/core/engine';
import type { SnapshotRow } from '@eventmend/core';
import type { FaultLog } from '../fault-log.js';
import type { Handling } from '../records/handling.js';
import type { OpenEvent } from './open-event.js';
import type { ExpectedAndLiveStates } from './expected-and-live-states.js';
import type { StateDoubts } from './state-doubts.js';
import type { WalkedEvent } from './walk-log.js';

/**
 * What the service's order is held against: the canonical order, where it is an explicit one; the offsets of each partition,
 * where the order over partitions is only assumed; nothing, where the records do not tell the order.
 */
export type JudgedOrder = 'canonical' | 'partition' | 'none';

export interface FollowRequest {
  readonly spec: ReplaySpec;
  readonly inputs: ReplayInputs;
  readonly handlings: AsyncIterable<readonly Handling[]>;
  /**
   * By place, from which offset on a ledger notes every event, those without outputs too; null where it does not. Without
   * one they are taken for handled where the path passes them.
   */
  readonly notedFrom: readonly (number | null)[];
  readonly hasLedger: boolean;
  readonly hasOutputs: boolean;
  /** The records tell the order over all partitions; else only that of each partition. */
  readonly sequenceKnown: boolean;
  /** By place: the first offset behind each stretch that the log lacks. */
  readonly holes: readonly (readonly number[])[];
  /** An event of one partition touches no key of another. */
  readonly partitionLocal: boolean;
  /** Whether it begins with a snapshot: events from before may come again under their business ids. */
  readonly beginsLate: boolean;
  /** Records are told by offsets, or by the business id of the event. */
  readonly recordsBy: 'offset' | 'id';
  readonly orderJudged: JudgedOrder;
  /** Nothing says how the service put the partitions together but its records: each is walked by itself. */
  readonly apart: boolean;
  /** By place: the first offset that the records speak of; null where only the first record tells. */
  readonly witnessedFrom: readonly (number | null)[];
  /** Outputs were kept of events from this time on, in milliseconds, where somebody said so. */
  readonly outputsFrom: number | null;
  /** By place: the exclusive end up to which the service is known to have read; null where its records end. */
  readonly readUpTo: readonly number[] | null;
  /** The live state at `readUpTo`; null where there is none. */
  readonly live: { readonly stateVersion: number; rows(): AsyncIterable<SnapshotRow> } | null;
  /** Events that the worker must not be asked to handle again. */
  readonly forced: readonly ForcedQuarantine[];
  /** Only events that name one of these keys count; a closed set, so that they name no others. Null for all. */
  readonly scope: ReadonlySet<string> | null;
  readonly log: FaultLog;
  /** Called for every event of the stretch. */
  readonly onEvent: (walked: WalkedEvent) => void;
  readonly onFault: (kind: FaultKind, walked: WalkedEvent) => void;
  readonly control: RunControl;
}

/** Counts of what was gone through. */
export interface FollowTally {
  /** Events of the stretch, and handlings that the records show. */
  events: number;
  handlings: number;
  /** Events before the records begin, and events without outputs: both taken for handled. */
  unwitnessed: number;
  silent: number;
  /** Records of events that lie before the stretch, and of events that the log does not hold. */
  beforeStretch: number;
  unknownEvents: number;
  firstUnknownEvent: string | null;
  /** Records of events behind the position of the live state, which is as far as the service is followed. */
  behindLiveState: number;
  /** Handlings whose outputs differ from the intended ones although the service handled the event rightly. */
  consequences: number;
  /** The same, where no fault stands behind it: another permissible order explains it. */
  orderNotDetermined: number;
  /** Handlings that could not be judged. */
  notJudged: number;
  /** Events of keys that the diagnosis is not about. */
  outOfScope: number;
  /** Events that the worker cannot handle (poison policy). */
  parked: number;
}

/** What following the service came to, besides the faults. */
export interface Followed {
  readonly tally: Readonly<FollowTally>;
  readonly states: ExpectedAndLiveStates;
  readonly doubts: StateDoubts;
  /** Open at the end, and nobody can tell whether the event was missed or its outputs were lost. */
  readonly unclear: readonly OpenEvent[];
  readonly interrupted: boolean;
}

export function newTally(): FollowTally {
  return {
    events: 0,
    handlings: 0,
    unwitnessed: 0,
    silent: 0,
    beforeStretch: 0,
    unknownEvents: 0,
    firstUnknownEvent: null,
    behindLiveState: 0,
    consequences: 0,
    orderNotDetermined: 0,
    notJudged: 0,
    outOfScope: 0,
    parked: 0,
  };
}
