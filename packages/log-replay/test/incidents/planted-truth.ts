import type { RecordedEventRef, FaultKind } from '@eventmend/core/engine';
import type { CauseKind, IncidentDesign, Slip } from './incident-design.js';
import type { LaidEvent } from './lay-out-events.js';
import { mustKeepOrder, type PlacedFault } from './plant-faults.js';
import { keptFromTime, runService, type LeftBehind } from './run-service.js';

/**
 * Where a fault shows. `own`: in outputs or ledger entries of the very events. `elsewhere`: only in outputs of later
 * events, or in a state, so that it need not be possible to tell which event it was. `nowhere`: everything that is left
 * would be the same without it.
 */
type FaultTrace = 'own' | 'elsewhere' | 'nowhere';

export interface PlantedFault {
  readonly cause: CauseKind;
  readonly slip: Slip | null;
  readonly event: RecordedEventRef;
  /** The event that it changed places with; null for faults that are no swap. */
  readonly swappedWith: RecordedEventRef | null;
  /** Pairs of events that were handled in the wrong order; empty for other faults. */
  readonly inversions: readonly (readonly [RecordedEventRef, RecordedEventRef])[];
  readonly keys: readonly string[];
  readonly trace: FaultTrace;
  /** The first event whose outputs differ from what they would be without the fault; null where none do or no order says so. */
  readonly shownBy: RecordedEventRef | null;
  /** What a diagnosis may call it: more than one kind where both would have left the very same outputs behind. */
  readonly accepts: readonly FaultKind[];
}

export interface PlantedTruth {
  readonly faults: readonly PlantedFault[];
}

/** What else could have left the same outputs behind, and what a diagnosis would call that. */
const lookAlikes: Readonly<Partial<Record<CauseKind, readonly LookAlike[]>>> = {
  missed: [
    { kind: 'output-lost', slip: null, called: 'not-sent' },
    { kind: 'wrong', slip: 'ignored', called: 'wrong' },
  ],
  wrong: [{ kind: 'missed', slip: null, called: 'missed' }],
  'output-lost': [{ kind: 'missed', slip: null, called: 'missed' }],
  twice: [{ kind: 'output-repeated', slip: null, called: 'sent-twice' }],
  'output-repeated': [{ kind: 'twice', slip: null, called: 'twice' }],
};

interface LookAlike {
  readonly kind: CauseKind;
  readonly slip: Slip | null;
  readonly called: FaultKind;
}

const kindOf: Readonly<Record<CauseKind, FaultKind>> = {
  missed: 'missed',
  twice: 'twice',
  swapped: 'out-of-order',
  late: 'out-of-order',
  wrong: 'wrong',
  'output-lost': 'not-sent',
  'output-repeated': 'sent-twice',
};

/** Leaves out one fault after the other, and looks what changes: costs a run of the service for each. */
export function examineFaults(
  design: IncidentDesign,
  events: readonly LaidEvent[],
  faults: readonly PlacedFault[],
  cuts: readonly number[],
): PlantedTruth {
  const leave = (what: readonly PlacedFault[]): LeftBehind => runService(design, events, what, cuts);
  const left = leave(faults);
  const refOf = (place: number): RecordedEventRef => (events[place] as LaidEvent).ref;
  return {
    faults: faults.map((fault): PlantedFault => {
      const without = leave(faults.filter((other) => other !== fault));
      const inversions = inversionsOf(design, events, fault);
      const involved = new Set([fault.at, ...inversions.flat()]);
      const twins = (lookAlikes[fault.kind] ?? []).filter(({ kind, slip }) => {
        const twin: PlacedFault = { ...fault, kind, slip, until: fault.at };
        return looksAlike(left, leave(faults.map((other) => (other === fault ? twin : other))));
      });
      const shownBy = design.recordOrder === 'handling' ? firstDifferent(left, without) : null;
      return {
        cause: fault.kind,
        slip: fault.slip,
        event: refOf(fault.at),
        swappedWith: fault.kind === 'swapped' ? refOf(fault.until) : null,
        inversions: inversions.map(([a, b]) => [refOf(a), refOf(b)] as const),
        keys: [...new Set([...involved].flatMap((place) => (events[place] as LaidEvent).value.keys))],
        trace: traceOf(design, events, left, without, involved, inversions),
        shownBy: shownBy === null ? null : refOf(shownBy),
        accepts: [...new Set([kindOf[fault.kind], ...twins.map(({ called }) => called)])],
      };
    }),
  };
}

/** Pairs that a swap or a late event turned round, of those that share a key and whose order is prescribed. */
function inversionsOf(
  design: IncidentDesign,
  events: readonly LaidEvent[],
  { kind, at, until }: PlacedFault,
): readonly (readonly [number, number])[] {
  if (kind !== 'swapped' && kind !== 'late') return [];
  const pairs: (readonly [number, number])[] = [];
  for (let place = at + 1; place <= until; place++) {
    pairs.push([at, place]);
    if (kind === 'swapped' && place < until) pairs.push([place, until]);
  }
  return pairs.filter(([a, b]) => mustKeepOrder(design, events, a, b));
}

function traceOf(
  design: IncidentDesign,
  events: readonly LaidEvent[],
  left: LeftBehind,
  without: LeftBehind,
  involved: ReadonlySet<number>,
  inversions: readonly (readonly [number, number])[],
): FaultTrace {
  if (same(left, without)) return 'nowhere';
  const ofInvolved = (of: LeftBehind): string =>
    JSON.stringify(recordsOf(of).filter(({ event }) => involved.has(event)));
  if (ofInvolved(left) === ofInvolved(without)) return 'elsewhere';
  if (inversions.length > 0) {
    const outputsTell = ([a, b]: readonly [number, number]): boolean =>
      design.recordOrder === 'handling' ||
      (design.recordOrder === 'partition' && events[a]?.ref.partition === events[b]?.ref.partition);
    const isTurned = (list: NamesEvent, [a, b]: readonly [number, number]): boolean => {
      const [first, second] = [a, b].map((event) => list.findIndex((record) => record.event === event)) as [
        number,
        number,
      ];
      return second >= 0 && second < first;
    };
    const [outputs, ledger] = listsOf(left);
    const turned = inversions.some((pair) => (outputsTell(pair) && isTurned(outputs, pair)) || isTurned(ledger, pair));
    return turned ? 'own' : 'elsewhere';
  }
  // Nothing of the event is there: that says something only if the service is seen to have come further in its partition.
  const passed = (event: number): boolean =>
    [...involved].some((place) => {
      const { partition, offset } = (events[place] as LaidEvent).ref;
      const { ref } = events[event] as LaidEvent;
      return ref.partition === partition && ref.offset > offset;
    });
  const isSeen = recordsOf(left).some(({ event }) => involved.has(event) || passed(event));
  if (!design.live && !isSeen) return 'elsewhere';
  return [...involved].some((place) => beginBefore(design, events, left, place)) ? 'own' : 'elsewhere';
}

/**
 * Whether records are known to have begun before an event. Where nobody says from when on they were kept, in front of all of
 * them an event may have been handled as well, before they begin, and with any result that later outputs show. Records of other
 * partitions speak of its time only where one list has them all in an order that the service had to keep.
 */
function beginBefore(design: IncidentDesign, events: readonly LaidEvent[], left: LeftBehind, place: number): boolean {
  if (keptFromTime(design, events) !== null) return true;
  const { order, recordOrder, partitions } = design;
  const isOneList = recordOrder === 'handling' && (order === 'field' || partitions === 1);
  const { partition, offset } = (events[place] as LaidEvent).ref;
  return recordsOf(left).some(({ event }) => {
    const { ref } = events[event] as LaidEvent;
    return event === place || (isOneList ? event < place : ref.partition === partition && ref.offset < offset);
  });
}

type NamesEvent = readonly { readonly event: number }[];

/** What names events: outputs, and ledger entries. */
function listsOf({ outputs, ledger }: LeftBehind): readonly [outputs: NamesEvent, ledger: NamesEvent] {
  return [outputs, (ledger ?? []).map((event) => ({ event }))];
}

function recordsOf(left: LeftBehind): NamesEvent {
  return listsOf(left).flat();
}

/** Only by what names events: a difference in a state alone says that something was wrong, and not what. */
function looksAlike(a: LeftBehind, b: LeftBehind): boolean {
  return JSON.stringify(recordsOf(a)) === JSON.stringify(recordsOf(b));
}

function same(a: LeftBehind, b: LeftBehind): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function firstDifferent(left: LeftBehind, without: LeftBehind): number | null {
  const length = Math.max(left.outputs.length, without.outputs.length);
  for (let place = 0; place < length; place++) {
    const [a, b] = [left.outputs[place], without.outputs[place]];
    if (JSON.stringify(a) !== JSON.stringify(b)) return a?.event ?? b?.event ?? null;
  }
  return null;
}
