import type { FeatureColumn } from './feature-columns.js';
import { leastConvincing, logLikelihoodRatio } from './log-likelihood.js';
import type { Property } from './property.js';
import { roundCut, roundMoment } from './round-cut.js';
import { bestCut, risingNumbers } from './best-cut.js';

/** Rows to compare, by number: those of faulty events, and those of the background. */
export interface ComparedRows {
  readonly faults: readonly number[];
  readonly background: readonly number[];
}

/** A property that is more frequent among the faulty events than chance explains. */
export interface Candidate {
  readonly property: Property;
  readonly faults: number;
  readonly background: number;
  readonly strength: number;
  /** The strength that it had to reach: by how many properties of its field were tried. */
  readonly least: number;
}

/** Fewer faulty events have nothing in common that would help anybody; nor has a share below this. */
const fewest = 3;
const smallestShare = 0.05;
const candidatesOfField = 3;

/**
 * Tries every property of every field. The level is shared among the fields alike, and within a field among the
 * properties tried: so a field with thousands of values needs more evidence than the partition does, and no more than that.
 */
export function tryProperties(
  columns: readonly FeatureColumn[],
  rows: ComparedRows,
  level: number,
): readonly Candidate[] {
  return columns.flatMap((column) => {
    const tries = [...tryValues(column, rows), ...tryCuts(column, rows)];
    const least = leastConvincing(level / columns.length, countTests(column, rows));
    return tries
      .map((candidate) => ({ ...candidate, least }))
      .filter(({ strength }) => strength >= least)
      .sort((a, b) => b.strength - a.strength)
      .slice(0, candidatesOfField);
  });
}

type Tried = Omit<Candidate, 'least'>;

function tryValues(column: FeatureColumn, { faults, background }: ComparedRows): readonly Tried[] {
  const { codes, values } = column;
  // One more for "absent".
  const ofFaults = new Uint32Array(values.length + 1);
  const ofBackground = new Uint32Array(values.length + 1);
  for (const row of faults) ofFaults[codes[row]! < 0 ? values.length : codes[row]!]!++;
  for (const row of background) ofBackground[codes[row]! < 0 ? values.length : codes[row]!]!++;
  const tries: Tried[] = [];
  const weigh = (property: Property, a: number, b: number): void => {
    const strength = weight(a, faults.length, b, background.length);
    if (strength > 0) tries.push({ property, faults: a, background: b, strength });
  };
  for (let code = 0; code < values.length; code++) {
    weigh({ is: 'equal', column, code }, ofFaults[code]!, ofBackground[code]!);
  }
  const absent = [ofFaults[values.length]!, ofBackground[values.length]!] as const;
  weigh({ is: 'absent', column }, ...absent);
  // That a field is there says more than its value only where there are several.
  if (values.length > 1) {
    weigh({ is: 'present', column }, faults.length - absent[0], background.length - absent[1]);
  }
  return tries;
}

/** The best cut in each direction. */
function tryCuts(column: FeatureColumn, rows: ComparedRows): readonly Tried[] {
  const { numbers } = column;
  if (numbers === null) return [];
  const round = column.field.origin === 'time' ? roundMoment : roundCut;
  const faults = risingNumbers(numbers, rows.faults);
  const background = risingNumbers(numbers, rows.background);
  const weigh = (a: number, b: number): number => weight(a, rows.faults.length, b, rows.background.length);
  return (['at least', 'below'] as const).flatMap((is) => {
    const best = bestCut(is, faults, background, weigh, round);
    return best === null ? [] : [{ ...best, property: { is, column, cut: best.cut } }];
  });
}

/** 0 where it is not over-represented, or too few have it. */
function weight(a: number, ofA: number, b: number, ofB: number): number {
  if (a < fewest || a < smallestShare * ofA || a * ofB <= b * ofA) return 0;
  return logLikelihoodRatio(a, ofA, b, ofB);
}

/** All properties of a column that these rows could have shown: each value, there or not, each cut in two directions. */
function countTests({ codes, values, numbers }: FeatureColumn, { faults, background }: ComparedRows): number {
  const isThere = new Uint8Array(values.length);
  for (const rows of [faults, background]) for (const row of rows) if (codes[row]! >= 0) isThere[codes[row]!] = 1;
  const distinct = isThere.reduce((sum, one) => sum + one, 0);
  return distinct + 2 + (numbers === null ? 0 : 2 * distinct);
}
