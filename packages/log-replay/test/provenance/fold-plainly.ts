import type { OrderedEvent } from './plain-order.js';
import { placeOf, type Design, type States, type TinyEvent } from './tiny-incident.js';
import { handle, rateAt, type TinyState, type TinyType, type TinyValue } from './tiny-worker.js';

/** What an event may have done that the worker could not handle, or that was lost. */
export type Effect =
  | { readonly kind: 'skipped' }
  /** It was handled; what it wrote, if anything, nobody knows. */
  | { readonly kind: 'handled'; readonly write: 'nothing' | 'more' | 'gone'; readonly keys: readonly string[] };

/** One way in which everything may have been that nobody knows. */
export interface World {
  /** Of events that cannot be handled, by place; all others were skipped. */
  readonly effects: ReadonlyMap<string, Effect>;
  /** What lay in the holes. */
  readonly filled: readonly TinyEvent[];
  /** A type of event that the service handles otherwise than the worker. */
  readonly deviant: { readonly type: TinyType; readonly does: 'more' | 'nothing' | 'other' } | null;
  /** What a cache really holds. */
  readonly cacheDiffers: boolean;
}

/** The world that a recovery supposes. */
export const asRecovered: World = { effects: new Map(), filled: [], deviant: null, cacheDiffers: false };

export interface Folded {
  readonly states: States;
  /** Events that could not be handled, by place; false where they were only kept back for a key of theirs. */
  readonly parked: ReadonlyMap<string, 'failed' | 'unreadable' | 'kept-back'>;
  readonly applied: readonly TinyEvent[];
}

/**
 * A plain loop over the events.
 * @param keepBack under `quarantine-key` the recovery parks what names a key that it parked before; nobody says the service did
 */
export function foldPlainly(
  { shape, poison }: Design,
  events: readonly OrderedEvent[],
  start: States,
  world: World,
  keepBack = world === asRecovered,
): Folded {
  const states = new Map(start);
  const windows = new Map<number, (string | null)[]>();
  const quarantined = new Set<string>();
  const parked = new Map<string, 'failed' | 'unreadable' | 'kept-back'>();
  const applied: TinyEvent[] = [];
  for (const { event, now } of events) {
    const { value } = event;
    const lane = shape.locality === 'partition' ? event.partition : 0;
    const recent = windows.get(lane) ?? [];
    windows.set(lane, recent);
    const id = value?.id ?? null;
    const isRepeat = shape.window !== null && id !== null && recent.includes(id);
    if (isRepeat) continue;
    const remember = (): void => {
      applied.push(event);
      recent.push(id);
      if (recent.length > (shape.window ?? 0)) recent.shift();
    };
    const park = (why: 'failed' | 'unreadable' | 'kept-back', keys: readonly string[]): void => {
      parked.set(placeOf(event), why);
      if (keepBack && poison === 'quarantine-key' && why !== 'kept-back') for (const key of keys) quarantined.add(key);
      const effect = world.effects.get(placeOf(event));
      if (effect?.kind !== 'handled') return;
      remember();
      for (const key of effect.keys) {
        if (effect.write === 'gone') states.delete(key);
        if (effect.write === 'more') states.set(key, { ...states.get(key), n: (states.get(key)?.n ?? 0) + 101 });
      }
    };
    if (value === null) {
      park('unreadable', []);
      continue;
    }
    const keys = shape.many ? [...new Set(value.keys)] : value.keys.slice(0, 1);
    if (keys.some((key) => quarantined.has(key))) {
      park('kept-back', keys);
      continue;
    }
    const written = write(states, value, now, world);
    if (written === null) {
      park('failed', keys);
      continue;
    }
    remember();
    for (const [key, state] of written) {
      if (state === null) states.delete(key);
      else states.set(key, state);
    }
  }
  return { states, parked, applied };
}

/** What the handler writes; null where it fails. */
function write(
  states: States,
  value: TinyValue,
  now: number,
  world: World,
): ReadonlyMap<string, TinyState | null> | null {
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
      now,
      () => rateAt(now),
    );
  } catch {
    return null;
  }
  const [a = ''] = value.keys;
  if (world.cacheDiffers && value.type === 'cache')
    written.set(a, { ...get(a), n: get(a)?.n ?? 0, c: (get(a)?.c ?? 0) + 50 });
  if (world.deviant?.type !== value.type) return written;
  switch (world.deviant.does) {
    case 'nothing':
      return new Map();
    case 'more':
      for (const key of value.keys) written.set(key, { ...get(key), n: (get(key)?.n ?? 0) + 1001 });
      return written;
    case 'other':
      return new Map(value.keys.map((key) => [key, { n: -7 }]));
  }
}
