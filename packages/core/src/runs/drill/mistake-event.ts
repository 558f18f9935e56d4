import { sameHandling, withValue, type ComingEvent, type Handling, type ServiceHandler } from './service-handler.js';
import { isNoticeable } from './service-handler.js';
import type { SeededNumbers } from './seeded-numbers.js';

/** How a handler mistakes an event: a number of it with the other sign, or sixty times as large; or it forgets to write. */
export type Slip = 'sign' | 'unit' | 'not-written';

/** What a wrong handling comes to. `path` is that of the number in the value. */
export interface Mistake {
  readonly handling: Handling;
  readonly slip: Slip;
  readonly path: string | null;
}

type Path = readonly (string | number)[];

/** So many numbers of an event are tried. */
const triedNumbers = 6;
const largestValue = 200;

/**
 * A handling of an event that is noticeably wrong, for any worker: the handler sees a number of the event as another one; where no
 * number makes a difference, it sends what it should and does not write the state. Null where neither can be noticed.
 * @param right what the handling should do, from the states that the service has
 */
export async function mistakeEvent(
  handler: ServiceHandler,
  coming: ComingEvent,
  right: Handling,
  random: SeededNumbers,
): Promise<Mistake | null> {
  const value = coming.event.page.values[coming.event.index];
  const paths = random.shuffle(numbersOf(value)).slice(0, triedNumbers);
  for (const path of paths) {
    const slips: readonly Slip[] = random.below(2) === 0 ? ['sign', 'unit'] : ['unit', 'sign'];
    for (const slip of slips) {
      const wrong = await handler.evaluate(withValue(coming, changed(value, path, slip)));
      // An event that names other keys would be another event, and one that fails is missed.
      if (wrong === null || wrong.keys.join('\n') !== right.keys.join('\n') || sameHandling(wrong, right)) continue;
      return { handling: wrong, slip, path: `$.${path.join('.')}` };
    }
  }
  const unwritten = { ...right, writes: [] };
  const isMissed = isNoticeable({ ...right, outputs: [] }, handler.states);
  return isMissed ? { handling: unwritten, slip: 'not-written', path: null } : null;
}

/** Where numbers other than 0 stand in a value. */
function numbersOf(value: unknown, path: Path = [], found: Path[] = []): readonly Path[] {
  if (found.length >= largestValue) return found;
  if (typeof value === 'number' && value !== 0) found.push(path);
  else if (Array.isArray(value)) value.forEach((item, index) => numbersOf(item, [...path, index], found));
  else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) numbersOf(item, [...path, name], found);
  }
  return found;
}

function changed(value: unknown, path: Path, slip: Slip): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return slip === 'sign' ? -(value as number) : (value as number) * 60;
  if (Array.isArray(value))
    return value.map((item, index) => (index === name ? changed(item, rest, slip) : (item as unknown)));
  return Object.fromEntries(
    Object.entries(value as object).map(([field, item]) => [
      field,
      field === name ? changed(item, rest, slip) : (item as unknown),
    ]),
  );
}
