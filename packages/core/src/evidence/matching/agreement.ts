/** How records of another system agree with the events that are known: counts, and nothing guessed. */
export interface Agreement extends AgreementCounts {
  /** Rows that were read, reversals and rows of other types included. */
  readonly records: number;
  /** Events that records may stand for. */
  readonly events: number;
  /** Rows of types that the rule does not name: they stand for no event. */
  readonly otherTypes: number;
  /** Rows that take an earlier one back, and how many of these find none that they could. They stand for no event. */
  readonly reversals: number;
  readonly reversalsWithoutRecord: number;
  /** What is known of the events that are compared, and of the records: times in milliseconds; null for none. */
  readonly period: { readonly from: number; readonly until: number } | null;
  /** Rising by type, then by month. */
  readonly classes: readonly AgreementClass[];
  readonly lateness: Lateness | null;
  /** By month, rising: times of the records that look as if a clock were off by whole hours. */
  readonly clockShifts: readonly ClockShift[];
  /** A factor by which the amounts of the records look off; null for none. */
  readonly amountFactor: { readonly factor: string; readonly pairs: number } | null;
  /** Events without an id, key, time or amount where the rule names it: a path that no event has shows here. */
  readonly eventsWithout: Readonly<Record<'id' | 'key' | 'time' | 'amount', number>>;
  /** Events that the worker cannot decode; what they are is not known, and records near them are not compared. */
  readonly undecodable: number;
}

/** The events of one type in one month (UTC), and the records that speak of it. */
export interface AgreementClass extends AgreementCounts {
  /** Null where records do not tell. */
  readonly type: string | null;
  /** `2026-11`; null where there is no time. */
  readonly month: string | null;
}

/** `known = matched + doubtful + missing + ambiguousEvents`. */
export interface AgreementCounts {
  /** Events that the source should have, each once. */
  readonly known: number;
  /** Events that exactly one record can be. */
  readonly matched: number;
  /**
   * Events that exactly one record can be, not by an id, and beside a hole: an event that was lost there could as well be what
   * the record speaks of. They neither agree nor differ.
   */
  readonly doubtful: number;
  /** Of the matched ones, the ones whose record has another amount or key. */
  readonly differing: number;
  /** Of the matched ones, those whose record is earlier or later than the rule allows. */
  readonly outsideTolerance: number;
  /** Events without a record. */
  readonly missing: number;
  /** Events that several records could be, or whose record could be several events; and how many of them have one in any case. */
  readonly ambiguousEvents: number;
  readonly ambiguousPairs: number;
  /** Records that could be several events, or share an event with others. */
  readonly ambiguousRecords: number;
  /** Records without an event where the log holds all of its events. */
  readonly onlyInRecords: number;
  /** Records without an event of a time whose events are not all known. */
  readonly notComparable: number;
  /** Rows that say once more what an earlier one says. */
  readonly twice: number;
  /** Rows with the id of an earlier one and another content. */
  readonly contradicting: number;
  /** Events outside of the time that the source covers: not compared. */
  readonly outsidePeriod: number;
  /** Later copies of an event under the same id. */
  readonly repeatedEvents: number;
}

/** How much later than their events the matched records are, in milliseconds; the quantiles within one sixteenth. */
export interface Lateness {
  readonly pairs: number;
  readonly least: number;
  readonly p5: number;
  readonly median: number;
  readonly p95: number;
  readonly most: number;
}

export interface ClockShift {
  readonly month: string;
  /** Later than the events by so many hours. */
  readonly hours: number;
  readonly pairs: number;
}

/** The part of the known events that the records have and do not contradict; null where nothing could be compared. */
export function agreementFraction({ known, matched, differing }: AgreementCounts): number | null {
  return known === 0 ? null : (matched - differing) / known;
}

/** The most that it can be: with every ambiguous event that has a record in any case, and every doubtful one. */
export function agreementAtMost(counts: AgreementCounts): number | null {
  const { known, matched, differing, doubtful, ambiguousPairs } = counts;
  return known === 0 ? null : (matched - differing + doubtful + ambiguousPairs) / known;
}
