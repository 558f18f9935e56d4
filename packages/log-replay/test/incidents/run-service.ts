import type { IncidentDesign } from './incident-design.js';
import type { LaidEvent } from './lay-out-events.js';
import { liveService, type SentOutput } from './live-service.js';
import { handlingsOf, type PlacedFault } from './plant-faults.js';

interface LeftOutput extends SentOutput {
  /** Place of the event among all. */
  readonly event: number;
}

interface LeftSnapshot {
  /** How many events the service had come to. */
  readonly cut: number;
  readonly rows: readonly { readonly key: string; readonly state: unknown }[];
}

/** Everything that the service leaves behind. */
export interface LeftBehind {
  readonly outputs: readonly LeftOutput[];
  /** Each handling; null where the service keeps no ledger. */
  readonly ledger: readonly number[] | null;
  readonly snapshots: readonly LeftSnapshot[];
  readonly live: LeftSnapshot['rows'] | null;
}

/** The service handles all events, with the faults given. `cuts` rise. */
export function runService(
  design: IncidentDesign,
  events: readonly LaidEvent[],
  faults: readonly PlacedFault[],
  cuts: readonly number[],
): LeftBehind {
  const service = liveService(design.worker);
  const isKept = keptOutputs(design, events);
  const outputs: LeftOutput[] = [];
  const ledger: number[] = [];
  const snapshots: LeftSnapshot[] = [];
  const snapshotAt = (cut: number): void => {
    for (const wanted of cuts) if (wanted === cut) snapshots.push({ cut, rows: service.states() });
  };
  handlingsOf(events.length, faults).forEach((handlings, place) => {
    snapshotAt(place);
    for (const { event, slip, sent } of handlings) {
      const all = service.handle((events[event] as LaidEvent).value, slip);
      ledger.push(event);
      if (!isKept(event, place)) continue;
      for (let time = 0; time < sent; time++) for (const output of all) outputs.push({ ...output, event });
    }
  });
  snapshotAt(events.length);
  return {
    outputs: asFound(design, events, outputs),
    ledger: design.ledger ? ledger : null,
    snapshots,
    live: design.live ? service.states() : null,
  };
}

/** Brings the outputs into the order in which they are found. */
function asFound(
  { recordOrder }: IncidentDesign,
  events: readonly LaidEvent[],
  outputs: readonly LeftOutput[],
): readonly LeftOutput[] {
  const partitionOf = ({ event }: LeftOutput): number => events[event]?.ref.partition ?? 0;
  switch (recordOrder) {
    case 'handling':
      return outputs;
    case 'partition':
      return outputs.toSorted((a, b) => partitionOf(a) - partitionOf(b));
    case 'unknown': {
      // Any order that says nothing of the handling: by a number drawn from the event, then by what was sent.
      const drawn = ({ event }: LeftOutput): number => Math.imul(event + 1, 0x9e3779b1) >>> 0;
      const text = ({ output, key, value }: LeftOutput): string => JSON.stringify([output, key, value]);
      return outputs.toSorted((a, b) => drawn(a) - drawn(b) || (text(a) < text(b) ? -1 : 1));
    }
  }
}

/** The moment that outputs are kept from, where it is a time; null for the first record. */
export function keptFromTime({ kept }: IncidentDesign, events: readonly LaidEvent[]): number | null {
  if (kept.since !== 'time') return null;
  const time = events[placeAt(kept.share, events.length)]?.effective ?? -Infinity;
  return Number.isFinite(time) ? time : null;
}

/** The first event whose outputs are surely kept. */
export function firstKept({ kept }: IncidentDesign, events: readonly LaidEvent[]): number {
  return kept.since === 'beginning' ? 0 : placeAt(kept.share, events.length);
}

function keptOutputs(design: IncidentDesign, events: readonly LaidEvent[]): (event: number, place: number) => boolean {
  const from = keptFromTime(design, events);
  const first = firstKept(design, events);
  if (design.kept.since === 'record') return (_, place) => place >= first;
  return (event) => from === null || (events[event] as LaidEvent).effective >= from;
}

function placeAt(share: number, count: number): number {
  return Math.min(count - 1, Math.floor(share * count));
}
