import { sameJson } from '../../model/json/same-json.js';
import { shortened } from '../compare/comparable-state.js';
import { fieldDifferences } from '../compare/field-differences.js';

/** What the values of a field look like that differ in it. */
type FieldLook =
  /** Numbers that are the same once both are rounded to so many decimals. */
  | { readonly kind: 'rounding'; readonly decimals: number }
  /** Only the service has the field: the worker never sets it. */
  | { readonly kind: 'not-set' }
  /** The service's is the text of the worker's: the incident does not say the type of the column. */
  | { readonly kind: 'as-text' }
  /** It differs nearly everywhere, though the other fields agree. */
  | { readonly kind: 'everywhere' }
  /** Nearly every value differs as a whole: there is nothing that could be left out. */
  | { readonly kind: 'whole' }
  | { readonly kind: 'some' };

/** A field in which what the worker gives and what the service recorded differ. */
export interface FieldFinding {
  /** `state`, or the name of an output. */
  readonly of: string;
  readonly path: string;
  /** Comparisons in which it differs, and all of them. */
  readonly differing: number;
  readonly compared: number;
  readonly look: FieldLook;
  readonly examples: readonly { readonly key: string; readonly expected: string; readonly recorded: string }[];
}

interface Tally {
  differing: number;
  notSet: number;
  asText: number;
  /** The most decimals that all pairs agree on; -1 where one pair is no number. */
  decimals: number;
  readonly examples: { readonly key: string; readonly expected: string; readonly recorded: string }[];
}

const mostFields = 500;
const mostPatterns = 1000;
const mostDecimals = 12;
/** Differences behind this many decimals are noise of the arithmetic. */
const noiseBelow = 6;
const shownExamples = 3;
const nearlyAll = 0.95;

/**
 * Counts in which fields states and outputs differ. A field that is off nearly everywhere, that only the service has, or
 * that agrees after rounding is a candidate for `normalise`: no single wrong rule looks like that. Memory is bounded by the
 * number of different paths.
 */
export class FieldTally {
  readonly #compared = new Map<string, number>();
  readonly #fields = new Map<string, Map<string, Tally>>();
  /** How often exactly these fields differed, to say what would agree without some of them. */
  readonly #patterns = new Map<string, Map<string, number>>();
  #fieldCount = 0;
  #patternCount = 0;

  /**
   * @param expected of the worker, `recorded` of the service; undefined where a side has nothing to compare
   * @param isTolerated whether two values of a field are the same all the same
   */
  add(
    of: string,
    key: string,
    expected: unknown,
    recorded: unknown,
    isTolerated: (path: string, expected: unknown, recorded: unknown) => boolean = () => false,
  ): void {
    this.addEqual(of);
    if (expected === undefined || recorded === undefined) return;
    const paths = new Set<string>();
    for (const { path, ...sides } of fieldDifferences(expected, recorded)) {
      if (isTolerated(path, sides.expected, sides.recorded)) continue;
      const tally = this.#tallyOf(of, path);
      if (tally === null) continue;
      if (!paths.has(path)) tally.differing++;
      paths.add(path);
      note(tally, key, sides.expected, sides.recorded);
    }
    this.#notePattern(of, [...paths].sort());
  }

  addEqual(of: string): void {
    this.#compared.set(of, (this.#compared.get(of) ?? 0) + 1);
  }

  /** The most frequent first. */
  findings(): readonly FieldFinding[] {
    return [...this.#fields]
      .flatMap(([of, fields]) =>
        [...fields].map(([path, tally]): FieldFinding => {
          const compared = this.#compared.get(of) ?? 0;
          const { differing, examples } = tally;
          return { of, path, differing, compared, look: lookOf(tally, path, compared), examples };
        }),
      )
      .sort((a, b) => b.differing - a.differing || (a.path < b.path ? -1 : 1));
  }

  /** How many of the differing ones differ in candidates for `normalise` alone. */
  explainedBy(candidates: readonly FieldFinding[]): number {
    let explained = 0;
    for (const [of, patterns] of this.#patterns) {
      const paths = new Set(candidates.filter((one) => one.of === of).map(({ path }) => path));
      for (const [pattern, count] of patterns) {
        if ((JSON.parse(pattern) as readonly string[]).every((path) => paths.has(path))) explained += count;
      }
    }
    return explained;
  }

  #tallyOf(of: string, path: string): Tally | null {
    const fields = this.#fields.get(of) ?? new Map<string, Tally>();
    this.#fields.set(of, fields);
    const known = fields.get(path);
    if (known !== undefined) return known;
    if (this.#fieldCount === mostFields) return null;
    this.#fieldCount++;
    const tally: Tally = { differing: 0, notSet: 0, asText: 0, decimals: mostDecimals, examples: [] };
    fields.set(path, tally);
    return tally;
  }

  #notePattern(of: string, paths: readonly string[]): void {
    const pattern = JSON.stringify(paths);
    const patterns = this.#patterns.get(of) ?? new Map<string, number>();
    this.#patterns.set(of, patterns);
    const count = patterns.get(pattern);
    if (count === undefined && this.#patternCount++ >= mostPatterns) return;
    patterns.set(pattern, (count ?? 0) + 1);
  }
}

/** True for what may be left out, of states by `normalise`, of outputs as `volatile`; a field that is off in some keys only may be a wrong rule. */
export function isCandidate({ look }: FieldFinding): boolean {
  return look.kind === 'rounding' || look.kind === 'not-set' || look.kind === 'everywhere';
}

function note(tally: Tally, key: string, expected: unknown, recorded: unknown): void {
  if (expected === undefined) tally.notSet++;
  if (isTextOf(expected, recorded)) tally.asText++;
  tally.decimals = Math.min(tally.decimals, agreeingDecimals(expected, recorded));
  if (tally.examples.length < shownExamples) {
    tally.examples.push({ key, expected: shownValue(expected), recorded: shownValue(recorded) });
  }
}

function lookOf(tally: Tally, path: string, compared: number): FieldLook {
  const { differing, notSet, asText, decimals } = tally;
  if (decimals >= 0) return { kind: 'rounding', decimals };
  if (notSet >= differing) return { kind: 'not-set' };
  if (asText >= differing) return { kind: 'as-text' };
  // One or two keys tell nothing about all of them.
  if (compared >= 5 && differing / compared >= nearlyAll) return { kind: path === '$' ? 'whole' : 'everywhere' };
  return { kind: 'some' };
}

/** True where the service has as a text what the worker has as JSON: `"12"` for 12. */
function isTextOf(expected: unknown, recorded: unknown): boolean {
  if (typeof recorded !== 'string' || typeof expected === 'string' || expected === undefined) return false;
  try {
    return sameJson(expected, JSON.parse(recorded));
  } catch {
    return false;
  }
}

/**
 * The most decimals to which both round alike; -1 where none. Few decimals count only if one side is written with no more
 * of them: else any two near numbers would pass for rounded ones.
 */
function agreeingDecimals(expected: unknown, recorded: unknown): number {
  if (typeof expected !== 'number' || typeof recorded !== 'number') return -1;
  for (let decimals = mostDecimals; decimals >= 0; decimals--) {
    const near = Math.abs(expected - recorded) * 10 ** decimals <= 0.5000001;
    if (near && (decimals >= noiseBelow || hasDecimals(expected, decimals) || hasDecimals(recorded, decimals))) {
      return decimals;
    }
  }
  return -1;
}

function hasDecimals(value: number, decimals: number): boolean {
  const scaled = value * 10 ** decimals;
  return Math.abs(scaled - Math.round(scaled)) <= 1e-9 * Math.max(1, Math.abs(scaled));
}

export function shownValue(value: unknown): string {
  return value === undefined ? 'nothing' : shortened(JSON.stringify(value));
}
