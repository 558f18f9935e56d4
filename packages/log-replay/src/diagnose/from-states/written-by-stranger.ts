import type { CallBudget } from './call-budget.js';
import { foldOtherwise, statesBefore, writesOf, type Folding } from './fold-otherwise.js';
import type { GatheredEvent } from './gather-events.js';
import { numbersIn } from '../follow/numbers-in.js';
import { valueAt, withValueAt } from '../follow/json-path.js';
import type { MayMove } from './single-faults.js';
import { itemsOf, type Suspect } from './suspect.js';

/**
 * True where one event leads to the recorded states of a suspect, if it wrote the state of a key that it does not name: it took
 * that one for its own, put its own state there, or moved its numbers the other way, as a transfer does. What it writes is known
 * by the worker. Also true where there are too many such events to ask them all.
 * @param all events between the cut before and the one that is to be explained; null where there are too many
 */
export async function mayBeWrittenByStranger(
  suspect: Suspect,
  all: readonly GatheredEvent[] | null,
  mayMove: MayMove,
  folding: Folding,
  budget: CallBudget,
): Promise<boolean> {
  if (all === null) return true;
  const items = itemsOf(suspect);
  for (const stranger of all) {
    if (folding.control.stopRequested) return true;
    const foreign = suspect.keys.filter((key) => !stranger.keys.includes(key));
    for (const from of placesOf(suspect, stranger, mayMove)) {
      const states = statesBefore(suspect, from);
      const sequence = items.slice(items.indexOf(from < suspect.end ? from : -1 - suspect.decisive));
      for (const key of foreign) {
        const written = await strayStates(stranger, states.get(key), folding, budget);
        if (written === 'no-budget') return true;
        for (const state of written) {
          const handling = { from, sequence, altered: [], written: { key, state } };
          const result = await foldOtherwise(suspect, handling, folding, budget);
          if (result !== 'does-not') return true;
        }
      }
    }
  }
  return false;
}

/** Before which events of a suspect another one may have been handled: where it stands, or anywhere. */
function placesOf({ events, first, end }: Suspect, stranger: GatheredEvent, mayMove: MayMove): readonly number[] {
  const places = Array.from({ length: end - first + 1 }, (_, index) => first + index);
  const isFixed = events.slice(first, end).every((event) => mayMove(stranger, event));
  if (!isFixed) return places;
  const next = places.find((place) => place === end || (events[place] as GatheredEvent).seq > stranger.seq);
  return next === undefined ? [] : [next];
}

/** What an event may have written for a key that it does not name. */
async function strayStates(
  stranger: GatheredEvent,
  state: unknown,
  folding: Folding,
  budget: CallBudget,
): Promise<readonly unknown[] | 'no-budget'> {
  const states: unknown[] = [];
  for (const own of stranger.keys) {
    const read = (key: string): unknown => (key === own ? state : stranger.before.get(key));
    const writes = await writesOf(stranger, read, folding, budget);
    if (writes === 'no-budget') return writes;
    for (const write of writes ?? []) if (write.key === own) states.push(write.state);
    const [before, after] = [stranger.before.get(own), stranger.after.get(own)];
    states.push(after, movedBack(state ?? withoutNumbers(after), before, after));
  }
  return states.filter((one) => one !== undefined);
}

/** A state whose numbers are moved as far as those of another were, the other way. */
function movedBack(state: unknown, before: unknown, after: unknown): unknown {
  return numbersIn(after).reduce<unknown>((moved, { path, value }) => {
    const [now, then] = [valueAt(moved, path), valueAt(before, path)];
    const by = value - (typeof then === 'number' ? then : 0);
    return typeof now === 'number' ? withValueAt(moved, path, now - by) : moved;
  }, state);
}

function withoutNumbers(state: unknown): unknown {
  return numbersIn(state).reduce<unknown>((without, { path }) => withValueAt(without, path, 0), state);
}
