import type { FaultKind } from '../../evidence/corrections/fault-kind.js';
import type { RecordedEventRef } from '../../model/records/recorded-outputs.js';
import type { DrillFaultKind } from './drill-mix.js';
import type { PlantedFault } from './planted-fault.js';

/** An event that a diagnosis accuses the service of. */
export interface Accusation {
  readonly kind: FaultKind;
  readonly event: RecordedEventRef;
  /** For `wrong`: the only other event at which it may have been. */
  readonly other: RecordedEventRef | null;
}

/** What a diagnosis says of the service of a drill. */
export interface DrillDiagnosis {
  readonly accusations: Iterable<Accusation>;
  /** Events of which it says that nobody can tell. */
  readonly undetermined: number;
}

/** How a diagnosis agrees with what was planted. */
export interface DetectionScore {
  readonly planted: Readonly<Record<DrillFaultKind, number>>;
  /** Planted faults of which it accuses the event, whatever it calls them; and those that it calls by their name. */
  readonly found: number;
  readonly named: number;
  readonly accusations: number;
  /** Accusations of events that were handled as they should have been. */
  readonly falseAlarms: number;
  /** The first of those. */
  readonly firstFalse: Accusation | null;
  readonly undetermined: number;
  /** Accusations that are right, of all, 0 to 1; null where there are none. */
  readonly precision: number | null;
  /** Planted faults that were found, of all, 0 to 1; null where none was planted. */
  readonly recall: number | null;
}

const nameOf: Readonly<Record<DrillFaultKind, FaultKind>> = {
  missed: 'missed',
  twice: 'twice',
  reordered: 'out-of-order',
  wrong: 'wrong',
};

/**
 * @param stumbled events that came to nothing since the service met wrong states: neither are they faults of their own, nor is it
 *   wrong to name them
 */
export function scoreDetection(
  planted: readonly PlantedFault[],
  stumbled: readonly RecordedEventRef[],
  { accusations, undetermined }: DrillDiagnosis,
): DetectionScore {
  const faults = new Map<string, Set<PlantedFault>>();
  const note = (event: RecordedEventRef, fault: PlantedFault): void => {
    const name = textOf(event);
    faults.set(name, (faults.get(name) ?? new Set()).add(fault));
  };
  for (const fault of planted) {
    note(fault.event, fault);
    // Of two events that changed places either may be called the one that is out of order.
    if (fault.kind === 'reordered' && fault.other !== null) note(fault.other, fault);
  }
  const excused = new Set(stumbled.map(textOf));
  const found = new Set<PlantedFault>();
  const named = new Set<PlantedFault>();
  let total = 0;
  let falseAlarms = 0;
  let firstFalse: Accusation | null = null;
  for (const accusation of accusations) {
    total++;
    // Of a wrong result that is told at one of two events, either is right.
    const isEither = accusation.kind === 'wrong' && accusation.other !== null;
    const events = isEither ? [accusation.event, accusation.other] : [accusation.event];
    const hit = events.map((event) => faults.get(textOf(event))).find((one) => one !== undefined);
    for (const fault of hit ?? []) {
      found.add(fault);
      if (nameOf[fault.kind] === accusation.kind) named.add(fault);
    }
    if (hit !== undefined || excused.has(textOf(accusation.event))) continue;
    falseAlarms++;
    firstFalse ??= accusation;
  }
  const counts = { missed: 0, twice: 0, reordered: 0, wrong: 0 };
  for (const { kind } of planted) counts[kind]++;
  return {
    planted: counts,
    found: found.size,
    named: named.size,
    accusations: total,
    falseAlarms,
    firstFalse,
    undetermined,
    precision: total === 0 ? null : (total - falseAlarms) / total,
    recall: planted.length === 0 ? null : found.size / planted.length,
  };
}

function textOf({ topic, partition, offset }: RecordedEventRef): string {
  return JSON.stringify([topic, partition, offset]);
}
