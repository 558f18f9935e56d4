/** What stood at one place of states. */
interface PlaceOfStates {
  /** Texts, booleans, lists, how large numbers are, how many fields there are; null where there are so many that they are ids. */
  values: Set<unknown> | null;
  readonly fields: Map<string, PlaceOfStates>;
}

/** What takes more values than these is not what a handler decides by. */
const mostValues = 24;

/** So many states are kept at the most. */
const mostStates = 64;

/**
 * States that are not alike, of all that were passed: one for each text, boolean and list that stood somewhere, and for each size of
 * number. Near a state that is known, numbers can be changed to see what a handler makes of them; what a status may be, or how far
 * a sum goes, has to be seen.
 */
export class StatesSeen {
  readonly #root = newPlace();
  readonly #states: unknown[] = [];

  note(state: unknown): void {
    if (this.#states.length < mostStates && bringsMore(this.#root, state)) this.#states.push(state);
  }

  /** None where all states are alike. */
  get all(): readonly unknown[] {
    return this.#states.length > 1 ? this.#states : [];
  }
}

function newPlace(): PlaceOfStates {
  return { values: new Set(), fields: new Map() };
}

/** Every state of every handling comes here, so nothing is made on the way. */
function bringsMore(place: PlaceOfStates, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) {
    return place.values !== null && isNew(place, typeof value === 'number' ? sizeOf(value) : value);
  }
  if (Array.isArray(value)) return place.values !== null && isNew(place, JSON.stringify(value));
  let isMore = false;
  let fields = 0;
  for (const name in value) {
    fields++;
    let field = place.fields.get(name);
    if (field === undefined) {
      if (place.fields.size === mostFields) continue;
      place.fields.set(name, (field = newPlace()));
    }
    if (bringsMore(field, (value as Readonly<Record<string, unknown>>)[name])) isMore = true;
  }
  // Where one lacks.
  return isNew(place, aboveSizes + fields) || isMore;
}

/** No number has such a size. */
const aboveSizes = 10_000;

/** What lies between one power of two and the next is about alike. */
function sizeOf(value: number): number {
  return Math.sign(value) * (1 + Math.ceil(Math.log2(1 + Math.abs(value))));
}

/** Of an object with a field an id, more fields tell nothing. */
const mostFields = 64;

function isNew(place: PlaceOfStates, value: unknown): boolean {
  if (place.values === null || place.values.has(value)) return false;
  place.values.add(value);
  if (place.values.size > mostValues) place.values = null;
  return true;
}
