import { RecoveryError } from '@eventmend/core';

/** What some of the values come to together, as somebody else says. */
export interface LinearTotal {
  /** For people, and by which a contradiction names it. */
  readonly name: string;
  /** Which values it adds, by their places, and what each is multiplied by: 1 by default. */
  readonly terms: readonly { readonly at: number; readonly factor?: number }[];
  readonly value: number;
  /** Of the total itself where it is not certain; 0 by default. */
  readonly variance?: number;
}

/** A total that adds whole values. */
export function totalOf(name: string, places: readonly number[], value: number): LinearTotal {
  return { name, terms: places.map((at) => ({ at })), value };
}

/** @throws RecoveryError `invalid-argument` for a total of values that are not there, or with a number that is none */
export function requireTotals(totals: readonly LinearTotal[], values: number): void {
  for (const { name, terms, value, variance = 0 } of totals) {
    const isKnown = terms.every(
      ({ at, factor = 1 }) => Number.isInteger(at) && at >= 0 && at < values && Number.isFinite(factor),
    );
    if (isKnown && Number.isFinite(value) && Number.isFinite(variance) && variance >= 0) continue;
    throw new RecoveryError('invalid-argument', `the total ${JSON.stringify(name)} is none over ${values} values`, {
      hint: 'give places of values that are there, and finite numbers',
    });
  }
}

/** What a total comes to with these values. */
export function sumTerms({ terms }: LinearTotal, values: ArrayLike<number>): number {
  let sum = 0;
  for (const { at, factor = 1 } of terms) sum += factor * values[at]!;
  return sum;
}
