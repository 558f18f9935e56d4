import { nanosecondsOf } from '../../sources/rows/parse-time.js';

/** How the values of a field are ordered: as doubles, as integers of any length, as times, or by their characters. */
export type FieldKind = 'number' | 'integer' | 'time' | 'text';

/** The value at a path of own properties; undefined where it is not there. */
export function orderValueAt(value: unknown, names: readonly string[]): unknown {
  let inner = value;
  for (const name of names) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, name)) return undefined;
    inner = (inner as Record<string, unknown>)[name];
  }
  return inner;
}

const digits = /^-?\d{1,1000}$/;

/** Learns from value to value what a field holds. */
export interface FieldKinds {
  /** Why a value can order nothing, in words that follow the event; null where it can. */
  refuse(value: unknown): string | null;
  /** Why the values cannot be ordered among each other; null where they can. */
  conflict(): string | null;
  kind(): FieldKind;
}

export function fieldKinds(): FieldKinds {
  let doubles = 0;
  let fractions = 0;
  let longIntegers = 0;
  let times = 0;
  let texts = 0;
  const lengths = new Set<number>();
  return {
    refuse(value) {
      if (value === undefined) return 'lacks it';
      if (value === null) return 'has null';
      if (typeof value === 'number') {
        if (!Number.isFinite(value)) return 'has a number that lost its digits';
        doubles++;
        if (!Number.isSafeInteger(value)) fractions++;
        return null;
      }
      if (typeof value !== 'string')
        return `has ${Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`}`;
      if (value === '') return 'has an empty text';
      if (digits.test(value)) {
        if (/^-?\d{1,15}$/.test(value)) doubles++;
        else longIntegers++;
        return null;
      }
      if (nanosecondsOf(value) !== null) times++;
      else {
        texts++;
        if (lengths.size < 3) lengths.add(value.length);
      }
      return null;
    },
    conflict() {
      const kinds = [doubles + longIntegers, times, texts].filter((count) => count > 0).length;
      if (kinds > 1) return 'some events have numbers there, others times or texts';
      if (longIntegers > 0 && fractions > 0) return 'some events have integers beyond 2^53 there, others fractions';
      if (texts > 0 && lengths.size > 1) {
        return `its texts have different lengths (${[...lengths].join(', ')}), so their order cannot be told`;
      }
      return null;
    },
    kind: () => (texts > 0 ? 'text' : times > 0 ? 'time' : longIntegers > 0 ? 'integer' : 'number'),
  };
}

/** A text that sorts, byte by byte, as the value does. */
export function orderKey(value: unknown, kind: FieldKind): string {
  const text = String(value);
  if (kind === 'text' || kind === 'number') return text;
  return integerKey(kind === 'time' ? (nanosecondsOf(text) ?? 0n) : BigInt(text));
}

/** Negative ones first, the longer the earlier, with their digits turned round. */
function integerKey(value: bigint): string {
  const magnitude = String(value < 0n ? -value : value);
  const length = magnitude.length;
  if (value >= 0n) return `1${String(length).padStart(4, '0')}${magnitude}`;
  const turned = magnitude.replace(/\d/g, (digit) => String(9 - Number(digit)));
  return `0${String(9999 - length).padStart(4, '0')}${turned}`;
}
