/**
 * The length of `JSON.stringify` of a value, where a JSON text of the value that is as long must be that very text; NaN where it
 * may be another. The text must be known to have no number that loses digits, and no half of a surrogate pair.
 *
 * What a printer would not write makes a text longer: blanks, escapes, a field that stands twice, zeros behind a point, a sign
 * in front of zero. Two things do not, and so nothing is said of values with them: an exponent may be shorter than the zeros
 * it stands for (`1e3`, and as long in `1e2` and `1e-2`), and fields that are called as numbers are come in another order. Names
 * with escapes are left out too, because the digits of one may be of either case.
 */
export function provenLength(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return value.length + 2;
    case 'number':
      return numberLength(value);
    case 'boolean':
      return value ? 4 : 5;
    case 'object':
      if (value === null) return 4;
      return Array.isArray(value) ? listLength(value) : objectLength(value as Readonly<Record<string, unknown>>);
    default:
      return NaN;
  }
}

/** What an object with these fields has besides their values: names, colons, commas and braces. */
export function frameLength(names: readonly string[]): number {
  let length = 1 + Math.max(1, names.length);
  for (const name of names) length += isPlainName(name) ? name.length + 3 : NaN;
  return length;
}

const asNumber = /^\d+$/;

function isPlainName(name: string): boolean {
  return !asNumber.test(name) && JSON.stringify(name).length === name.length + 2;
}

function objectLength(object: Readonly<Record<string, unknown>>): number {
  const names = Object.keys(object);
  let length = frameLength(names);
  for (const name of names) length += provenLength(object[name]);
  return length;
}

function listLength(list: readonly unknown[]): number {
  let length = 1 + Math.max(1, list.length);
  for (const value of list) length += provenLength(value);
  return length;
}

/** From here on a power of ten with an exponent is longer; and below 1e15 digits and point have at most 15 digits. */
const smallest = 0.1;
const largest = 1e15;

function numberLength(number: number): number {
  if (number === 0) return 1;
  const size = number < 0 ? -number : number;
  if (!(size >= smallest && size < largest)) return NaN;
  const sign = number < 0 ? 1 : 0;
  if (Math.floor(size) === size) {
    const hundreds = size / 100;
    return Math.floor(hundreds) === hundreds ? NaN : sign + digitsOf(size);
  }
  // The double next to a decimal fraction of at most 15 digits prints as that fraction.
  for (let places = 1, scale = 10; places <= 6; places++, scale *= 10) {
    const whole = Math.round(size * scale);
    if (whole >= largest) break;
    if (whole / scale === size) return sign + 1 + Math.max(digitsOf(whole), places + 1);
  }
  return String(number).length;
}

function digitsOf(whole: number): number {
  let digits = 1;
  for (let limit = 10; whole >= limit; limit *= 10) digits++;
  return digits;
}
