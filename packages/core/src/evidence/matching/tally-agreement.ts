import type { AgreementClass, AgreementCounts } from './agreement.js';

type Counts = { -readonly [Name in keyof AgreementCounts]: number };

/** More types and months than this are counted together, under none. */
const mostClasses = 5000;

function noCounts(): Counts {
  return {
    known: 0,
    matched: 0,
    doubtful: 0,
    differing: 0,
    outsideTolerance: 0,
    missing: 0,
    ambiguousEvents: 0,
    ambiguousPairs: 0,
    ambiguousRecords: 0,
    onlyInRecords: 0,
    notComparable: 0,
    twice: 0,
    contradicting: 0,
    outsidePeriod: 0,
    repeatedEvents: 0,
  };
}

/** Counts by type and month. */
export class AgreementTally {
  readonly #classes = new Map<string | null, Map<string | null, Counts>>();
  #size = 0;

  of(type: string | null, month: string | null): Counts {
    let months = this.#classes.get(type);
    let counts = months?.get(month);
    if (counts !== undefined) return counts;
    if (this.#size >= mostClasses && (type !== null || month !== null)) return this.of(null, null);
    if (months === undefined) this.#classes.set(type, (months = new Map<string | null, Counts>()));
    months.set(month, (counts = noCounts()));
    this.#size++;
    return counts;
  }

  classes(): readonly AgreementClass[] {
    const rising = ([a]: readonly [string | null, unknown], [b]: readonly [string | null, unknown]) =>
      a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1;
    return [...this.#classes]
      .sort(rising)
      .flatMap(([type, months]) => [...months].sort(rising).map(([month, counts]) => ({ type, month, ...counts })));
  }

  total(): AgreementCounts {
    const total = noCounts();
    for (const counts of this.classes()) {
      for (const name of Object.keys(total) as (keyof AgreementCounts)[]) total[name] += counts[name];
    }
    return total;
  }
}
