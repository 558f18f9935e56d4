/** Levels of objects and arrays that a value may have: `[]` has one. */
export const maxJsonDepth = 1000;

/** What `countNegativeZeros` answers for a value that JSON would change otherwise. */
export const notPlainJson = -1;

const maxInteger = Number.MAX_SAFE_INTEGER;

/**
 * The fast check of every state and output: 0 for plain JSON data, the number of `-0` in otherwise plain data, and
 * `notPlainJson` for anything that `JSON.parse(JSON.stringify(value))` would not give back. It looks at values and at the
 * constructor of what holds them; what only a look at prototypes and property descriptors shows (symbol keys, accessors,
 * hidden properties, objects that inherit from plain ones) is left to `hasHiddenParts`, which costs thirty times as much.
 *
 * Comparisons with `typeof` instead of a switch, and `constructor` instead of `Object.getPrototypeOf`, because the engine
 * compiles them to a few instructions.
 */
export function countNegativeZeros(value: unknown): number {
  if (typeof value === 'object') return value === null ? 0 : containerVerdict(value, 1);
  if (typeof value === 'number') {
    if (!(value >= -maxInteger && value <= maxInteger)) return notPlainJson;
    return value === 0 && 1 / value < 0 ? 1 : 0;
  }
  return typeof value === 'string' || typeof value === 'boolean' ? 0 : notPlainJson;
}

function containerVerdict(value: object, depth: number): number {
  if (depth > maxJsonDepth) return notPlainJson;
  return Array.isArray(value) ? arrayVerdict(value, depth) : objectVerdict(value as Record<string, unknown>, depth);
}

function objectVerdict(value: Record<string, unknown>, depth: number): number {
  // A field of that name hides the inherited one.
  if (value['constructor'] !== Object && Object.getPrototypeOf(value) !== Object.prototype) return notPlainJson;
  let zeros = 0;
  for (const name in value) {
    const field = value[name];
    if (typeof field === 'number') {
      if (!(field >= -maxInteger && field <= maxInteger)) return notPlainJson;
      if (field === 0 && 1 / field < 0) zeros++;
    } else if (typeof field === 'object') {
      if (field === null) continue;
      const inner = containerVerdict(field, depth + 1);
      if (inner < 0) return notPlainJson;
      zeros += inner;
    } else if (typeof field !== 'string' && typeof field !== 'boolean') return notPlainJson;
  }
  return zeros;
}

function arrayVerdict(value: readonly unknown[], depth: number): number {
  if ((value as { constructor: unknown }).constructor !== Array) return notPlainJson;
  let zeros = 0;
  // By index and not by iterator: a missing element reads as undefined and fails.
  for (let index = 0; index < value.length; index++) {
    const item = value[index];
    if (typeof item === 'number') {
      if (!(item >= -maxInteger && item <= maxInteger)) return notPlainJson;
      if (item === 0 && 1 / item < 0) zeros++;
    } else if (typeof item === 'object') {
      if (item === null) continue;
      const inner = containerVerdict(item, depth + 1);
      if (inner < 0) return notPlainJson;
      zeros += inner;
    } else if (typeof item !== 'string' && typeof item !== 'boolean') return notPlainJson;
  }
  return zeros;
}

/**
 * True when an object in the value has parts that JSON leaves out or evaluates: symbol keys, accessors, properties that are
 * not enumerable, named properties of an array; or a prototype other than a plain one. For values that
 * `countNegativeZeros` let pass, so without cycles.
 */
export function hasHiddenParts(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype) return true;
  return ownHiddenPart(value) !== null || Object.values(value).some(hasHiddenParts);
}

export interface HiddenPart {
  /** Name of the property; `[Symbol(x)]` for a symbol. */
  readonly name: string;
  readonly symbol: boolean;
  readonly reason: string;
}

/** Names the first part of this one object that JSON would leave out or evaluate; null when there is none. */
export function ownHiddenPart(value: object): HiddenPart | null {
  const isArray = Array.isArray(value);
  for (const key of Reflect.ownKeys(value)) {
    if (typeof key === 'symbol')
      return { name: `[${String(key)}]`, symbol: true, reason: 'a symbol key, which JSON leaves out' };
    if (isArray && key === 'length') continue;
    const reason = hiddenReason(value, key, isArray);
    if (reason !== null) return { name: key, symbol: false, reason };
  }
  return null;
}

function hiddenReason(value: object, key: string, isArray: boolean): string | null {
  const property = Reflect.getOwnPropertyDescriptor(value, key);
  if (property === undefined) return null;
  if (!('value' in property)) return 'a getter or setter, which JSON turns into a plain field';
  if (property.enumerable !== true) return 'a hidden property (not enumerable), which JSON leaves out';
  return isArray && !isIndex(key) ? 'a named property of a list, which JSON leaves out' : null;
}

function isIndex(key: string): boolean {
  return /^(0|[1-9]\d{0,9})$/.test(key);
}
