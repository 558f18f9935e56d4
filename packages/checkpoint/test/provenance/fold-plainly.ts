import { placeOf, type Effect, type States, type TinyEvent } from './tiny-incident.js';
import { handle, keysOf, type TinyShape, type TinyState, type TinyType, type TinyValue } from './tiny-worker.js';

/** A type of event that the service handles otherwise than the worker. */
export interface Deviance {
  readonly type: TinyType;
  readonly does: 'more' | 'nothing' | 'other';
}

export interface FoldInput {
  readonly shape: TinyShape;
  readonly start: States;
  readonly effects: ReadonlyMap<string, Effect>;
  readonly deviance?: Deviance | null;
}

export interface OrderedEvent extends TinyEvent {
  /** The highest time of its partition so far, which is its place. */
  readonly at: number;
}

/**
 * The order over all partitions: highest time so far, then partition, then offset.
 * @param events all that there are of each partition, from its beginning on
 */
export function inOrder(events: readonly TinyEvent[]): readonly OrderedEvent[] {
  const highest = new Map<number, number>();
  return [...events]
    .sort((a, b) => a.partition - b.partition || a.offset - b.offset)
    .map((event) => {
      const at = Math.max(event.time, highest.get(event.partition) ?? -Infinity);
      highest.set(event.partition, at);
      return { ...event, at };
    })
    .sort((a, b) => a.at - b.at || a.partition - b.partition || a.offset - b.offset);
}

/** A plain loop over events that are in order. */
export function foldPlainly(events: readonly TinyEvent[], { shape, start, effects, deviance }: FoldInput): States {
  const states = new Map(start);
  for (const event of events) {
    const written = write(states, event.value, shape);
    if (written === null) {
      const effect = effects.get(placeOf(event)) ?? 'nothing';
      for (const key of keysOf(event.value)) {
        if (effect === 'gone') states.delete(key);
        if (effect === 'more') states.set(key, { ...states.get(key), n: (states.get(key)?.n ?? 0) + 101 });
      }
      continue;
    }
    if (deviance != null && deviance.type === event.value.type) {
      if (deviance.does === 'nothing') continue;
      for (const key of keysOf(event.value))
        states.set(key, deviance.does === 'other' ? { n: -7 } : { n: (states.get(key)?.n ?? 0) + 1001 });
      continue;
    }
    for (const [key, state] of written) {
      if (state === null) states.delete(key);
      else states.set(key, state);
    }
  }
  return states;
}

/** What the handler writes; null where it fails. */
function write(states: States, value: TinyValue, shape: TinyShape): ReadonlyMap<string, TinyState | null> | null {
  const written = new Map<string, TinyState | null>();
  const get = (key: string): TinyState | undefined =>
    written.has(key) ? (written.get(key) ?? undefined) : states.get(key);
  try {
    handle(
      {
        get,
        set: (key, state) => void written.set(key, state),
        delete: (key) => void written.set(key, null),
      },
      value,
      shape.counts,
    );
  } catch {
    return null;
  }
  return written;
}
