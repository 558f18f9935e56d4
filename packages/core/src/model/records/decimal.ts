/**
 * A decimal number as text with one form for each value: no zeros in front or behind, `0` for zero, `-` in front. Amounts of
 * money are compared as such texts and never pass through a double.
 */
export type Decimal = string;

const form = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Reads digits with a point, as JSON writes numbers; null for anything else. */
export function parseDecimal(text: string): Decimal | null {
  const parts = form.exec(text);
  if (parts === null) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  return decimalOf(sign === '-', whole + fraction, fraction.length - Number(exponent));
}

export function negateDecimal(value: Decimal): Decimal {
  if (value === '0') return value;
  return value.startsWith('-') ? value.slice(1) : `-${value}`;
}

export function absoluteDecimal(value: Decimal): Decimal {
  return value.startsWith('-') ? value.slice(1) : value;
}

export function addDecimals(one: Decimal, other: Decimal): Decimal {
  const a = partsOf(one);
  const b = partsOf(other);
  const places = Math.max(a.places, b.places);
  const sum = unitsOf(a, places) + unitsOf(b, places);
  return decimalOf(sum < 0n, (sum < 0n ? -sum : sum).toString(), places);
}

/** Below zero where the first is less, above zero where it is more, 0 where they are the same. */
export function compareDecimals(one: Decimal, other: Decimal): number {
  const difference = addDecimals(one, negateDecimal(other));
  return difference === '0' ? 0 : difference.startsWith('-') ? -1 : 1;
}

export function multiplyDecimals(one: Decimal, other: Decimal): Decimal {
  if (other === '1') return one;
  const zeros = /^10*$/.test(other) ? other.length - 1 : 0;
  if (zeros > 0) return movePoint(one, zeros);
  const a = partsOf(one);
  const b = partsOf(other);
  const product = (BigInt(a.digits) * BigInt(b.digits)).toString();
  return decimalOf(a.negative !== b.negative, product, a.places + b.places);
}

/** Money in cents against money in euros is the usual case, and needs no arithmetic. */
function movePoint(value: Decimal, places: number): Decimal {
  const point = value.indexOf('.');
  if (point === -1) return value === '0' ? value : value + '0'.repeat(places);
  const { negative, digits, places: had } = partsOf(value);
  return decimalOf(negative, digits, had - places);
}

function unitsOf({ negative, digits, places: had }: ReturnType<typeof partsOf>, places: number): bigint {
  const units = BigInt(digits + '0'.repeat(places - had));
  return negative ? -units : units;
}

function partsOf(value: Decimal): { negative: boolean; digits: string; places: number } {
  const negative = value.startsWith('-');
  const [whole = '', fraction = ''] = absoluteDecimal(value).split('.');
  return { negative, digits: whole + fraction, places: fraction.length };
}

/** `digits` with so many of them behind the point; a negative number of places appends zeros. */
function decimalOf(negative: boolean, digits: string, places: number): Decimal {
  const all = places < 0 ? digits + '0'.repeat(-places) : digits.padStart(places + 1, '0');
  const cut = all.length - Math.max(0, places);
  let start = 0;
  while (start < cut - 1 && all[start] === '0') start++;
  let end = all.length;
  while (end > cut && all[end - 1] === '0') end--;
  const fraction = end > cut ? `.${all.slice(cut, end)}` : '';
  const text = all.slice(start, cut) + fraction;
  return negative && text !== '0' ? `-${text}` : text;
}
