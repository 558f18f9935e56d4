import type { FieldOrigin } from './event-features.js';
import type { FeatureColumn } from './feature-columns.js';
import { logLikelihoodRatio } from './log-likelihood.js';
import { holds, type Property } from './property.js';
import { tryProperties, type Candidate, type ComparedRows } from './try-properties.js';

/** One property, or two that hold together. */
export interface PatternFinding {
  readonly properties: readonly Property[];
  readonly faults: number;
  readonly background: number;
  readonly strength: number;
}

const mostPatterns = 5;
/** A second property must make the pattern this much stronger, and leave nearly all of its faulty events in. */
const muchBetter = 1.2;
const nearlyAll = 0.9;
const nearlyAsStrong = 0.95;

/**
 * The properties that say most about the faulty events, the strongest first. One that says the same as a stronger one is
 * left out: among the events with the stronger property, and among those without, it is no longer over-represented.
 */
export function selectPatterns(
  columns: readonly FeatureColumn[],
  rows: ComparedRows,
  level: number,
): readonly PatternFinding[] {
  const findings: PatternFinding[] = [];
  // Sorting is stable: of two that are equally strong, the field with the plainer meaning comes first.
  let open = [...tryProperties(columns, rows, level)].sort((a, b) => b.strength - a.strength);
  while (findings.length < mostPatterns) {
    const [strongest] = open;
    if (strongest === undefined) break;
    const finding = sharpened(plainest(strongest, open, columns, rows), columns, rows, level);
    findings.push(finding);
    open = open.filter((candidate) => candidate !== strongest && !isExplained(candidate, finding, rows));
  }
  return findings;
}

/** One that says the same in plainer words, where it is nearly as strong: a deploy rather than the moment of it. */
function plainest(
  strongest: Candidate,
  open: readonly Candidate[],
  columns: readonly FeatureColumn[],
  rows: ComparedRows,
): Candidate {
  const place = ({ property }: Candidate): number => columns.indexOf(property.column);
  return open
    .filter(({ strength }) => strength >= nearlyAsStrong * strongest.strength)
    .filter((other) => strengthBeside(strongest, holds(other.property), rows) < strongest.least)
    .reduce((best, other) => (place(other) < place(best) ? other : best), strongest);
}

/** By all properties of the finding together, or by one of them alone. */
function isExplained(candidate: Candidate, { properties }: PatternFinding, rows: ComparedRows): boolean {
  const tests = properties.map(holds);
  const together = (row: number): boolean => tests.every((test) => test(row));
  return [together, ...tests].some((isInside) => strengthBeside(candidate, isInside, rows) < candidate.least);
}

/** What is left of the strength of a property when events with another one and those without are looked at apart. */
function strengthBeside({ property }: Candidate, isInside: (row: number) => boolean, rows: ComparedRows): number {
  const has = holds(property);
  let strength = 0;
  for (const inside of [true, false]) {
    const faults = rows.faults.filter((row) => isInside(row) === inside);
    const background = rows.background.filter((row) => isInside(row) === inside);
    const a = faults.filter(has).length;
    const b = background.filter(has).length;
    if (a * background.length > b * faults.length) {
      strength += logLikelihoodRatio(a, faults.length, b, background.length);
    }
  }
  return strength;
}

/** Adds the one property that makes the pattern much stronger, where there is one. */
function sharpened(
  candidate: Candidate,
  columns: readonly FeatureColumn[],
  { faults, background }: ComparedRows,
  level: number,
): PatternFinding {
  const { property, strength } = candidate;
  const plain: PatternFinding = { ...candidate, properties: [property] };
  const has = holds(property);
  const inside: ComparedRows = { faults: faults.filter(has), background: background.filter(has) };
  let best = plain;
  // When and what are told apart: nearly every error has a beginning, which would hide the second half of its cause.
  const alike = columns.filter((column) => isWhen(column) === isWhen(property.column));
  for (const second of tryProperties(alike, inside, level)) {
    if (second.faults < nearlyAll * inside.faults.length) continue;
    const together = logLikelihoodRatio(second.faults, faults.length, second.background, background.length);
    if (together < muchBetter * strength || together <= best.strength) continue;
    best = {
      properties: [property, second.property],
      faults: second.faults,
      background: second.background,
      strength: together,
    };
  }
  return best;
}

const whens: ReadonlySet<FieldOrigin> = new Set(['deploy', 'time', 'day', 'hour', 'hour of day']);

function isWhen({ field }: FeatureColumn): boolean {
  return whens.has(field.origin);
}
