import { RecoveryError } from '@eventmend/core';
import { isSolvable } from './integer-simplex.js';
import type { LinearTotal } from './linear-total.js';

/** What is known of the values besides the totals. */
export interface ValueBounds {
  /** No value can be below zero. */
  readonly isNonNegative: boolean;
  /** Values that are certain, by their places. */
  readonly fixed?: ReadonlyMap<number, number>;
}

/**
 * Finds certain totals that cannot hold together: without any one of them the others of the set can. Which of them is wrong nobody
 * can tell. Decided exactly, on the decimal numbers that were written down; found by leaving out one total after the other (the
 * deletion filter of Chinneck & Dravnieks 1991, "Locating minimal infeasible constraint sets in linear programs").
 * @returns names of the totals, in their order; empty where all can hold
 */
export function findContradiction(totals: readonly LinearTotal[], bounds: ValueBounds): readonly string[] {
  for (const group of connectTotals(totals.filter(({ variance = 0 }) => variance === 0))) {
    if (canHold(group, bounds)) continue;
    let left = group;
    for (const total of group) {
      const others = left.filter((candidate) => candidate !== total);
      if (!canHold(others, bounds)) left = others;
    }
    return left.map(({ name }) => name);
  }
  return [];
}

/** Totals that share no value cannot contradict each other. */
function connectTotals(totals: readonly LinearTotal[]): readonly (readonly LinearTotal[])[] {
  const ofValue = new Map<number, LinearTotal[]>();
  for (const total of totals) {
    for (const { at } of total.terms) ofValue.set(at, [...(ofValue.get(at) ?? []), total]);
  }
  const seen = new Set<LinearTotal>();
  const groups: LinearTotal[][] = [];
  for (const first of totals) {
    if (seen.has(first)) continue;
    const group = new Set([first]);
    for (const total of group) {
      seen.add(total);
      for (const { at } of total.terms) for (const neighbour of ofValue.get(at)!) group.add(neighbour);
    }
    groups.push(totals.filter((total) => group.has(total)));
  }
  return groups;
}

function canHold(totals: readonly LinearTotal[], { isNonNegative, fixed }: ValueBounds): boolean {
  const equations = totals.map(({ terms, value }) => {
    const factors = new Map<number, Fraction>();
    let right = fractionOf(value);
    for (const { at, factor = 1 } of terms) {
      const certain = fixed?.get(at);
      const exact = fractionOf(factor);
      if (certain === undefined) factors.set(at, add(factors.get(at) ?? zero, exact));
      else right = add(right, multiply(exact, fractionOf(-certain)));
    }
    return { factors, right };
  });
  // Values that stand in the same totals with the same factors are as good as one.
  const columns = new Map<string, readonly Fraction[]>();
  for (const at of new Set(equations.flatMap(({ factors }) => [...factors.keys()]))) {
    const column = equations.map(({ factors }) => factors.get(at) ?? zero);
    columns.set(column.map(({ digits, places }) => `${digits}e${places}`).join(), column);
  }
  const numbers = [...equations.map(({ right }) => right), ...[...columns.values()].flat()];
  const places = numbers.reduce((most, number) => Math.max(most, number.places), 0);
  const whole = ({ digits, places: had }: Fraction): bigint => digits * 10n ** BigInt(places - had);
  const rows = equations.map((_, row) =>
    [...columns.values()].flatMap((column) => {
      const entry = whole(column[row]!);
      return isNonNegative ? [entry] : [entry, -entry];
    }),
  );
  return isSolvable({ rows, right: equations.map(({ right }) => whole(right)) });
}

/**
 * `digits` with so many of them behind the point: a double as it is written with 15 digits, which is what somebody meant by it; the
 * noise of a sum stands behind them. Whole numbers are taken as they are.
 */
interface Fraction {
  readonly digits: bigint;
  readonly places: number;
}

const zero: Fraction = { digits: 0n, places: 0 };
const written = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

function fractionOf(value: number): Fraction {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    written.exec(String(Number.isSafeInteger(value) ? value : Number(value.toPrecision(15)))) ?? [];
  if (whole === '') throw new RecoveryError('invalid-argument', `${value} is no finite number`, { hint: 'give one' });
  const places = fraction.length - Number(exponent);
  const digits = BigInt(sign + whole + fraction);
  return places < 0 ? { digits: digits * 10n ** BigInt(-places), places: 0 } : { digits, places };
}

function add(first: Fraction, second: Fraction): Fraction {
  const places = Math.max(first.places, second.places);
  const scaled = ({ digits, places: had }: Fraction): bigint => digits * 10n ** BigInt(places - had);
  return { digits: scaled(first) + scaled(second), places };
}

function multiply(first: Fraction, second: Fraction): Fraction {
  return { digits: first.digits * second.digits, places: first.places + second.places };
}
