import type { GatheredEvent } from './gather-events.js';
import type { OtherHandling } from './fold-otherwise.js';
import { shareKey, type Suspect } from './suspect.js';

/** One statement of what the service did wrong. Several handlings can come of the same one. */
export type Accusation =
  | { readonly kind: 'missed' | 'twice'; readonly event: number }
  /** `event` was handled after `other`, which belongs behind it. */
  | { readonly kind: 'out-of-order'; readonly event: number; readonly other: number };

export interface Hypothesis {
  readonly handling: OtherHandling;
  /**
   * Names of the statements that it agrees with, and what each of them says. Neighbours in the wrong order agree with two:
   * the first came late, or the second came early.
   */
  readonly claims: ReadonlyMap<string, readonly Accusation[]>;
}

/** Up to this many events, every place of a repeated or moved event is tried; beyond, the near places and the end. */
export const allPlacesUpTo = 60;
const nearPlaces = 8;
/** Up to this many events, two faults at once are tried. */
export const pairsUpTo = 30;

/** All ways in which one event may have been missed, handled twice or handled out of order. */
export function* singleFaults(suspect: Suspect, mayMove: (a: GatheredEvent, b: GatheredEvent) => boolean) {
  const count = suspect.events.length;
  for (let event = 0; event < count; event++) {
    yield hypothesis({ kind: 'missed', event }, event, [...range(event + 1, count)], [event]);
  }
  for (let event = 0; event < count; event++) {
    for (const place of placesBehind(event, count)) {
      if (place > event && !shareKey(suspect.events[event], suspect.events[place])) continue;
      const sequence = [...range(event, place + 1), event, ...range(place + 1, count)];
      yield hypothesis({ kind: 'twice', event }, event, sequence, [event]);
    }
  }
  yield* movedEvents(suspect, mayMove);
}

/** Two events missed, two handled twice, or one of each. */
export function* doubleFaults({ events }: Suspect): Generator<Hypothesis> {
  const count = events.length;
  const kinds = ['missed', 'twice'] as const;
  for (let first = 0; first < count; first++) {
    for (let second = first + 1; second < count; second++) {
      for (const one of kinds) {
        for (const other of kinds) {
          const times = (event: number): number =>
            event === first ? (one === 'missed' ? 0 : 2) : event === second ? (other === 'missed' ? 0 : 2) : 1;
          const sequence = [...range(first, count)].flatMap((event) => Array<number>(times(event)).fill(event));
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

function* movedEvents(
  { events }: Suspect,
  mayMove: (a: GatheredEvent, b: GatheredEvent) => boolean,
): Generator<Hypothesis> {
  const count = events.length;
  for (let event = 0; event < count; event++) {
    const moved = events[event] as GatheredEvent;
    let next: number | null = null;
    for (const place of placesBehind(event, count)) {
      const passed = events[place];
      if (place === event || passed === undefined || !shareKey(moved, passed)) continue;
      if (!mayMove(moved, passed)) break;
      next ??= place;
      const sequence = [...range(event + 1, place + 1), event, ...range(place + 1, count)];
      yield {
        handling: { from: event, sequence, altered: [event] },
        claims: new Map(late(event, next, place === next && isPrevious(events, place, event))),
      };
    }
  }
  for (let event = count - 1; event > 0; event--) {
    const moved = events[event] as GatheredEvent;
    let nearest: number | null = null;
    for (let place = event - 1; place >= 0; place--) {
      const passed = events[place] as GatheredEvent;
      if (!shareKey(moved, passed)) continue;
      if (!mayMove(moved, passed)) break;
      if (nearest === null) {
        // Before its neighbour: the same as the neighbour behind it, which was tried above.
        nearest = place;
        if (isNext(events, place, event)) continue;
      }
      if (count > allPlacesUpTo && event - place > nearPlaces) break;
      const sequence = [event, ...range(place, event), ...range(event + 1, count)];
      const accusation: Accusation = { kind: 'out-of-order', event: nearest, other: event };
      yield {
        handling: { from: place, sequence, altered: [event] },
        claims: new Map([[`early ${event}`, [accusation]]]),
      };
    }
  }
}

function late(event: number, next: number, neighbours: boolean): [string, readonly Accusation[]][] {
  const accusation: Accusation = { kind: 'out-of-order', event, other: next };
  const claims: [string, readonly Accusation[]][] = [[`late ${event}`, [accusation]]];
  if (neighbours) claims.push([`early ${next}`, [accusation]]);
  return claims;
}

/** True where `event` is the last one before `place` that shares a key with it. */
function isPrevious(events: readonly GatheredEvent[], place: number, event: number): boolean {
  for (let between = place - 1; between > event; between--) if (shareKey(events[between], events[place])) return false;
  return true;
}

/** True where `event` is the first one behind `place` that shares a key with it. */
function isNext(events: readonly GatheredEvent[], place: number, event: number): boolean {
  for (let between = place + 1; between < event; between++) if (shareKey(events[between], events[place])) return false;
  return true;
}

function* placesBehind(event: number, count: number): Generator<number> {
  if (count <= allPlacesUpTo) {
    yield* range(event, count);
    return;
  }
  yield* range(event, Math.min(count, event + nearPlaces));
  if (event + nearPlaces < count) yield count - 1;
}

function hypothesis(
  accusation: Accusation,
  from: number,
  sequence: readonly number[],
  altered: readonly number[],
): Hypothesis {
  return {
    handling: { from, sequence, altered },
    claims: new Map([[nameOfAccusations([accusation]), [accusation]]]),
  };
}

/** The same text for the same statement, wherever it comes from. */
export function nameOfAccusations(accusations: readonly Accusation[]): string {
  return accusations.map(({ kind, event }) => `${kind} ${event}`).join(' + ');
}

function* range(from: number, to: number): Generator<number> {
  for (let number = from; number < to; number++) yield number;
}
