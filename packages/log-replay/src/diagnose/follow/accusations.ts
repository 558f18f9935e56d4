import type { Fault } from '../fault.js';
import type { WalkedEvent } from './walk-log.js';

/** That an event was handled wrongly, as far as the states of its keys may come of it. It may never be told. */
export interface Accusation {
  isTold: boolean;
}

/** Those that stand behind a state: of events that name its key, and of those whose states went into it. */
export type Accusations = readonly Accusation[];

export const nobody: Accusations = [];

/** So many are kept of one state: what is accused because of it may be less then, and never more. */
const most = 16;

/** Those of either; the very same list where nothing is added. */
export function joined(a: Accusations, b: Accusations): Accusations {
  if (a === b || b.length === 0 || a.length >= most) return a;
  if (a.length === 0) return b;
  const added = b.filter((one) => !a.includes(one));
  return added.length === 0 ? a : [...a, ...added].slice(0, most);
}

export function isAnyTold(accusations: Accusations): boolean {
  return accusations.some(({ isTold }) => isTold);
}

/** What outputs alone can be wrong of leaves the states as they should be. */
export function reachesStates({ kind }: Pick<Fault, 'kind'>): boolean {
  return kind !== 'not-sent' && kind !== 'sent-twice';
}

/** Who is accused, by event. Memory follows the events that are still held somewhere. */
export class AccusedEvents {
  readonly #byEvent = new WeakMap<WalkedEvent, Accusation>();

  of(walked: WalkedEvent): Accusation {
    let accusation = this.#byEvent.get(walked);
    if (accusation === undefined) this.#byEvent.set(walked, (accusation = { isTold: false }));
    return accusation;
  }
}
