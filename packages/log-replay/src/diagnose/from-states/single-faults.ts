import type { GatheredEvent } from './gather-events.js';
import type { OtherHandling } from './fold-otherwise.js';
import { itemsOf, shareKey, type Suspect } from './suspect.js';

/** One statement of what the service did wrong. Several handlings can come of the same one. */
export type Accusation =
  | { readonly kind: 'missed' | 'twice'; readonly event: number }
  /** `event` was handled after `other`, which belongs behind it; null: only after a snapshot that should hold it. */
  | { readonly kind: 'out-of-order'; readonly event: number; readonly other: number | null };

export interface Hypothesis {
  readonly handling: OtherHandling;
  /**
   * Names of the statements that it agrees with, and what each of them says. Neighbours in the wrong order agree with two:
   * the first came late, or the second came early.
   */
  readonly claims: ReadonlyMap<string, readonly Accusation[]>;
}

export type MayMove = (a: GatheredEvent, b: GatheredEvent) => boolean;

/** Up to this many events, every place of a repeated or moved event is tried; beyond, the near places only. */
const allPlacesUpTo = 60;
const nearPlaces = 4;
/** Up to this many events, two faults at once are tried. */
export const pairsUpTo = 30;

/** All ways in which one event may have been missed, handled twice or handled out of order. */
export function* singleFaults(suspect: Suspect, mayMove: MayMove): Generator<Hypothesis> {
  const line = lineOf(suspect);
  for (let event = suspect.first; event < suspect.end; event++) {
    const place = line.places[event] as number;
    yield hypothesis({ kind: 'missed', event }, event, line.items.slice(place + 1));
  }
  yield* repeatedEvents(suspect, line);
  yield* lateEvents(suspect, line, mayMove);
  yield* earlyEvents(suspect, line, mayMove);
}

/** Two events missed, two handled twice, or one of each. */
export function* doubleFaults(suspect: Suspect): Generator<Hypothesis> {
  const { items, places } = lineOf(suspect);
  const kinds = ['missed', 'twice'] as const;
  for (let first = suspect.first; first < suspect.end; first++) {
    for (let second = first + 1; second < suspect.end; second++) {
      for (const one of kinds) {
        for (const other of kinds) {
          const times = (item: number): number =>
            item === first ? (one === 'missed' ? 0 : 2) : item === second ? (other === 'missed' ? 0 : 2) : 1;
          const sequence = items.slice(places[first]).flatMap((item) => Array<number>(times(item)).fill(item));
          const accusations = [
            { kind: one, event: first },
            { kind: other, event: second },
          ];
          yield {
            handling: { from: first, sequence, altered: [first, second] },
            claims: new Map([[nameOfAccusations(accusations), accusations]]),
          };
        }
      }
    }
  }
}

/** The same text for the same statement, wherever it comes from. */
export function nameOfAccusations(accusations: readonly Accusation[]): string {
  return accusations.map(({ kind, event }) => `${kind} ${event}`).join(' + ');
}

/** Events and checks in a row, and where what stands in it. */
interface Line {
  readonly items: readonly number[];
  /** By event. */
  readonly places: readonly number[];
  /** Places of the checks at both ends of the stretch that is to be explained; -1 where it is the first one. */
  readonly opens: number;
  readonly closes: number;
  readonly near: number;
}

function lineOf(suspect: Suspect): Line {
  const items = itemsOf(suspect);
  const places: number[] = [];
  items.forEach((item, place) => {
    if (item >= 0) places[item] = place;
  });
  return {
    items,
    places,
    opens: suspect.decisive === 0 ? -1 : items.indexOf(-1),
    closes: items.indexOf(-1 - suspect.decisive),
    near: suspect.events.length <= allPlacesUpTo ? Infinity : nearPlaces,
  };
}

/** A second handling that falls into the stretch, of one of its events or of one before it. */
function* repeatedEvents(
  { events, end }: Suspect,
  { items, places, opens, closes, near }: Line,
): Generator<Hypothesis> {
  for (let event = 0; event < end; event++) {
    const own = places[event] as number;
    for (let place = Math.max(own, opens); place < closes; place++) {
      if (place - own > near && place !== closes - 1) continue;
      const item = items[place] as number;
      if (item >= 0 && item !== event && !shareKey(events[event], events[item])) continue;
      const sequence = [...items.slice(own, place + 1), event, ...items.slice(place + 1)];
      yield hypothesis({ kind: 'twice', event }, event, sequence);
    }
  }
}

/** Events that were handled after others that belong behind them, perhaps only behind a cut. */
function* lateEvents(
  { events, end }: Suspect,
  { items, places, opens, near }: Line,
  mayMove: MayMove,
): Generator<Hypothesis> {
  for (let event = 0; event < end; event++) {
    const own = places[event] as number;
    const moved = events[event] as GatheredEvent;
    let next: number | null = null;
    // Not behind the last check: until then it was missed, and that is what is said.
    for (let place = own + 1; place < items.length - 1 && place - own <= near; place++) {
      const item = items[place] as number;
      const passed = item < 0 ? null : (events[item] as GatheredEvent);
      if (passed !== null && !shareKey(moved, passed)) continue;
      if (passed !== null && !mayMove(moved, passed)) break;
      if (passed !== null) next ??= item;
      if (place < opens) continue;
      const sequence = [...items.slice(own + 1, place + 1), event, ...items.slice(place + 1)];
      const accusation: Accusation = { kind: 'out-of-order', event, other: next };
      const claims: [string, readonly Accusation[]][] = [[`late ${event}`, [accusation]]];
      if (item === next && areNeighbours(events, items, own, place)) claims.push([`early ${item}`, [accusation]]);
      yield { handling: { from: event, sequence, altered: [event] }, claims: new Map(claims) };
    }
  }
}

/** Events that were handled before several others that belong before them. */
function* earlyEvents(
  { events }: Suspect,
  { items, places, opens, closes, near }: Line,
  mayMove: MayMove,
): Generator<Hypothesis> {
  for (let event = 0; event < events.length; event++) {
    const own = places[event] as number;
    const moved = events[event] as GatheredEvent;
    let nearest: number | null = null;
    for (let place = own - 1; place > opens && own - place <= near; place--) {
      const item = items[place] as number;
      const passed = item < 0 ? null : (events[item] as GatheredEvent);
      if (passed !== null && !shareKey(moved, passed)) continue;
      if (passed !== null && !mayMove(moved, passed)) break;
      if (passed !== null) nearest ??= item;
      // Before its neighbour only: the same as the neighbour behind it, which is a late event.
      if (passed !== null && areNeighbours(events, items, place, own)) continue;
      if (place > closes || nearest === null) continue;
      const from = items.slice(place, own + 1).find((one) => one >= 0) ?? event;
      const sequence = [event, ...items.slice(place, own), ...items.slice(own + 1)];
      const accusation: Accusation = { kind: 'out-of-order', event: nearest, other: event };
      yield { handling: { from, sequence, altered: [event] }, claims: new Map([[`early ${event}`, [accusation]]]) };
    }
  }
}

/** True where nothing between two places shares a key with the later one, and no check stands there. */
function areNeighbours(events: readonly GatheredEvent[], items: readonly number[], a: number, b: number): boolean {
  const later = events[items[b] as number];
  return items.slice(a + 1, b).every((item) => item >= 0 && !shareKey(events[item], later));
}

function hypothesis(accusation: Accusation, from: number, sequence: readonly number[]): Hypothesis {
  return {
    handling: { from, sequence, altered: [accusation.event] },
    claims: new Map([[nameOfAccusations([accusation]), [accusation]]]),
  };
}
