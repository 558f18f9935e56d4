import type { RecordedEventRef } from '@eventmend/core/engine';
import type { Fault, Undetermined } from '../../src/diagnose/fault.js';
import type { PlantedFault, PlantedTruth } from './planted-truth.js';

/** What a diagnosis says, as far as it is judged. */
export interface JudgedDiagnosis {
  readonly faults: readonly Fault[];
  readonly undetermined: readonly Undetermined[];
}

export interface Judgement {
  /** Of all that was blamed, the share that is right; 1 where nothing was blamed. */
  readonly precision: number;
  /** Of the planted faults that show and were not called undetermined, the share that was found; 1 where there are none. */
  readonly recall: number;
  readonly found: readonly PlantedFault[];
  /** Of the found ones: wrong states under right outputs, told to be at their event or at that of the next output. */
  readonly namedByNext: readonly PlantedFault[];
  /** Faults that are none, or are another kind, or were said twice. */
  readonly falseAlarms: readonly Fault[];
  /** Planted faults that show, and about which the diagnosis says nothing. */
  readonly missedFaults: readonly PlantedFault[];
  /** Planted faults that were not found, but called undetermined. */
  readonly cannotBeTold: readonly PlantedFault[];
  /** Planted faults that left no trace and were not found: neither right nor wrong. */
  readonly invisible: readonly PlantedFault[];
  /** For people, the worst first. */
  readonly lines: readonly string[];
}

export function judgeDiagnosis(truth: PlantedTruth, { faults, undetermined }: JudgedDiagnosis): Judgement {
  const found = new Set<PlantedFault>();
  const falseAlarms: Fault[] = [];
  for (const fault of faults) {
    const planted = truth.faults.find((candidate) => isRight(fault, candidate));
    // A late event turns several pairs round, and each may be named; everything else is to be said once.
    if (planted === undefined || (found.has(planted) && fault.kind !== 'out-of-order')) falseAlarms.push(fault);
    else found.add(planted);
  }
  const open = truth.faults.filter((planted) => !found.has(planted));
  const told = open.filter((planted) => undetermined.some((doubt) => isAbout(doubt, planted)));
  const untold = open.filter((planted) => !told.includes(planted));
  const missedFaults = untold.filter(({ trace }) => trace !== 'nowhere');
  return {
    precision: share(faults.length - falseAlarms.length, faults.length),
    recall: share(found.size, found.size + missedFaults.length),
    found: [...found],
    namedByNext: [...found].filter((planted) => faults.some((fault) => isNamedByNext(fault, planted))),
    falseAlarms,
    missedFaults,
    cannotBeTold: told,
    invisible: untold.filter(({ trace }) => trace === 'nowhere'),
    lines: [
      ...falseAlarms.map((fault) => `false alarm: ${describeFault(fault)}${near(fault, truth)}`),
      ...missedFaults.map((planted) => `not found: ${describePlanted(planted)}`),
      ...told.map((planted) => `cannot be told: ${describePlanted(planted)}`),
      `${found.size} found, ${missedFaults.length} not found, ${told.length} cannot be told, ${falseAlarms.length} false alarms`,
    ],
  };
}

function isRight(fault: Fault, planted: PlantedFault): boolean {
  if (!planted.accepts.includes(fault.kind)) return false;
  // A wrong state under a right output shows at the next output of its keys: it is told at one of the two.
  if (isNamedByNext(fault, planted)) return true;
  if (fault.kind !== 'out-of-order') return sameEvent(fault.event, planted.event);
  const { event, other } = fault;
  return planted.inversions.some(([a, b]) =>
    other === null
      ? [planted.event, planted.swappedWith].some((moved) => moved !== null && sameEvent(moved, event))
      : (sameEvent(event, a) && sameEvent(other, b)) || (sameEvent(event, b) && sameEvent(other, a)),
  );
}

function isNamedByNext({ kind, event: named, other }: Fault, { slip, event, shownBy }: PlantedFault): boolean {
  if (kind !== 'wrong' || slip !== 'state-only' || other === null || shownBy === null) return false;
  return sameEvent(event, other) && sameEvent(shownBy, named);
}

/** By the event; or by a key alone, where the fault shows in no output of its own event. */
function isAbout({ event, key }: Undetermined, planted: PlantedFault): boolean {
  if (event !== null && [planted.event, ...planted.inversions.flat()].some((own) => sameEvent(own, event))) return true;
  return planted.trace !== 'own' && key !== null && planted.keys.includes(key);
}

function sameEvent(a: RecordedEventRef, b: RecordedEventRef): boolean {
  return a.topic === b.topic && a.partition === b.partition && a.offset === b.offset;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}

function describeFault({ kind, event, other, evidence }: Fault): string {
  return `${kind} ${nameOf(event)}${other === null ? '' : ` (${nameOf(other)})`}: ${evidence}`;
}

function describePlanted({ cause, slip, event, trace, shownBy }: PlantedFault): string {
  const shown = shownBy === null ? '' : `, first at ${nameOf(shownBy)}`;
  return `${cause}${slip === null ? '' : ` (${slip})`} ${nameOf(event)}, shows ${placeOf[trace]}${shown}`;
}

const placeOf = { own: 'in its own records', elsewhere: 'elsewhere only', nowhere: 'nowhere' } as const;

/** Which planted fault a false alarm may have come of. */
function near(fault: Fault, truth: PlantedTruth): string {
  const planted = truth.faults.find(
    ({ event, shownBy, inversions }) =>
      sameEvent(event, fault.event) ||
      (shownBy !== null && sameEvent(shownBy, fault.event)) ||
      inversions.flat().some((own) => sameEvent(own, fault.event)),
  );
  return planted === undefined ? '' : ` (planted: ${describePlanted(planted)})`;
}

function nameOf({ partition, offset }: RecordedEventRef): string {
  return `${partition}@${offset}`;
}
