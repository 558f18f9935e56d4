import {
  createMemoryLedger,
  createMemoryLog,
  createMemoryRecordedOutputs,
  createMemorySnapshots,
  type MemorySnapshot,
  type Position,
} from '@eventmend/core';
import { sortPosition, startOfOrder, type RecoveryInputs } from '@eventmend/core/engine';
import type { IncidentDesign } from './incident-design.js';
import { incidentWorker } from './incident-worker.js';
import { compareByTime, layOutEvents, toMemoryEvent, topic, type LaidEvent } from './lay-out-events.js';
import { placeFaults, type PlacedFault } from './plant-faults.js';
import { examineFaults, type PlantedTruth } from './planted-truth.js';
import { firstKept, keptFromTime, runService, type LeftBehind } from './run-service.js';

/** An incident with all that survived it, and with what really happened. */
export interface Incident {
  readonly situation: RecoveryInputs;
  readonly truth: PlantedTruth;
  /** One line for a failing test. */
  readonly description: string;
  /** Events in the order of a service without faults. */
  readonly events: readonly LaidEvent[];
  readonly left: LeftBehind;
}

/** Makes the incident of a design. `store` is the folder of runs, for diagnoses that write there. */
export function buildIncident(design: IncidentDesign, store = ''): Incident {
  const events = layOutEvents(design);
  const faults = placeFaults(design, events, firstKept(design, events));
  const cuts = cutsOf(design, events);
  const left = runService(design, events, faults, cuts);
  const locality = isLocal(design) ? 'partition' : 'global';
  const partitions = Array.from({ length: design.partitions }, (_, partition) => ({ topic, partition }));
  const timeOf = (event: number): number | null => finite((events[event] as LaidEvent).effective);
  const refOf = (event: number) => (events[event] as LaidEvent).ref;
  const takenAt = (cut: number): number | null =>
    finite(Math.max(-Infinity, ...events.slice(Math.max(0, cut - 50), cut).map(({ effective }) => effective)));
  const snapshot = (id: string, cut: number, rows: MemorySnapshot['rows']): MemorySnapshot => ({
    id,
    takenAt: takenAt(cut),
    position: positionAt(design, events, cut),
    rows,
  });
  return {
    situation: {
      incident: { name: 'bookings', digest: '0'.repeat(64), onset: onsetOf(design, events, faults), end: null },
      worker: { kind: 'definition', worker: incidentWorker(design.worker, locality), hash: hashOf(design) },
      logs: [{ log: createMemoryLog({ topic, partitions, events: events.map(toMemoryEvent) }), as: 'log' }],
      snapshots: createMemorySnapshots(
        left.snapshots.map(({ cut, rows }, index) => snapshot(`s-${index + 1}`, cut, rows)),
      ),
      trusted: [],
      live: left.live === null ? null : createMemorySnapshots([snapshot('live', events.length, left.live)]),
      recordedOutputs: createMemoryRecordedOutputs(
        left.outputs.map(({ event, ...output }) => ({ ...output, event: refOf(event), time: timeOf(event) })),
        { order: design.recordOrder, from: keptFromTime(design, events) },
      ),
      ledger:
        left.ledger === null
          ? null
          : createMemoryLedger(left.ledger.map((event) => ({ event: refOf(event), time: timeOf(event) }))),
      order: design.order === 'field' ? { by: 'field', path: 'seq' } : { by: 'time', maxStepMs: 24 * 3600 * 1000 },
      poison: 'stop',
      references: {},
      store,
    },
    truth: examineFaults(design, events, faults, cuts),
    description: describe(design, events, faults),
    events,
    left,
  };
}

/** A worker may promise to be local where each key stays in one partition. */
function isLocal({ keyed, worker }: IncidentDesign): boolean {
  return keyed && worker.keysOfEvent === 1;
}

/** Where snapshots are taken: only at positions that the canonical order passes through. */
function cutsOf(design: IncidentDesign, events: readonly LaidEvent[]): readonly number[] {
  const wanted = design.snapshots.map((share) => Math.round(share * events.length));
  const cuts = design.order === 'own' && !isLocal(design) ? wanted.map(canonicalCuts(events)) : wanted;
  return [...new Set(cuts)].filter((cut) => cut > 0).sort((a, b) => a - b);
}

/** The last cut at or before one, where the service and the canonical order have read the same events. */
function canonicalCuts(events: readonly LaidEvent[]): (cut: number) => number {
  const rank = new Map([...events].sort(compareByTime).map((event, index) => [event, index]));
  const passed = [0];
  let most = -1;
  events.forEach((event, index) => {
    most = Math.max(most, rank.get(event) ?? 0);
    if (most === index) passed.push(index + 1);
  });
  return (cut) => passed.filter((place) => place <= cut).at(-1) ?? 0;
}

function positionAt({ partitions }: IncidentDesign, events: readonly LaidEvent[], cut: number): Position {
  const next = Array<number>(partitions).fill(0);
  for (const { ref } of events.slice(0, cut)) next[ref.partition] = ref.offset + 1;
  return sortPosition(
    next.map((offset, partition) => ({
      source: 'memory',
      topic,
      incarnation: '',
      partition,
      next: offset,
      order: startOfOrder,
    })),
  );
}

/** The earliest time of all events that the faults reach over; null where it is not known. */
function onsetOf(
  { onsetKnown }: IncidentDesign,
  events: readonly LaidEvent[],
  faults: readonly PlacedFault[],
): number | null {
  if (!onsetKnown || faults.length === 0) return null;
  const reached = faults.flatMap(({ at, until }) => events.slice(at, until + 1));
  return finite(reached.reduce((least, { effective }) => Math.min(least, effective), Infinity));
}

function finite(time: number): number | null {
  return Number.isFinite(time) ? time : null;
}

function hashOf(design: IncidentDesign): string {
  return `bookings ${JSON.stringify(design.worker)} ${isLocal(design) ? 'partition' : 'global'}`;
}

function describe(design: IncidentDesign, events: readonly LaidEvent[], faults: readonly PlacedFault[]): string {
  const { worker, kept } = design;
  const says = faults.map(({ kind, at, slip }) => {
    const { partition, offset } = (events[at] as LaidEvent).ref;
    return `${kind}${slip === null ? '' : ` (${slip})`} ${partition}@${offset}`;
  });
  return [
    `${events.length} events, ${design.partitions} partitions, order ${design.order}`,
    `${worker.arithmetic}, ${worker.keysOfEvent} keys, reveals ${worker.reveals}${worker.silent ? ', silent' : ''}`,
    `outputs since ${kept.since}${design.recordOrder === 'handling' ? '' : `, order ${design.recordOrder}`}`,
    says.join(', ') || 'no faults',
  ].join('; ');
}
