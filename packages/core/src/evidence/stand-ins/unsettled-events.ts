import type { ExternalRecord } from '../../model/records/external-record.js';
import { touchesTime, type BlindTime } from '../matching/blind-time.js';
import type { UnsettledEvent } from '../matching/match-outcome.js';
import type { MatchRule } from '../matching/match-rule.js';

/**
 * Events that are known, near times of which others are lost, and of which no record is surely the one. A record of their
 * key and time that has another amount can be theirs, wrongly written, as well as that of a lost one.
 */
export class UnsettledEvents {
  readonly #byKey = new Map<string, { readonly id: string | null; readonly time: number }[]>();
  readonly #rule: MatchRule;

  constructor(rule: MatchRule) {
    this.#rule = rule;
  }

  add({ id, key, time }: UnsettledEvent, blind: readonly BlindTime[]): void {
    const { within } = this.#rule;
    if (time === null || within === null) return;
    // Records that can be of a hole, and their other events, lie no further from it.
    const reach = 2 * (within.earlier + within.later);
    if (!touchesTime(blind, { from: time - reach, until: time + reach })) return;
    const name = this.#rule.key === null ? '' : (key ?? '');
    const known = this.#byKey.get(name);
    if (known === undefined) this.#byKey.set(name, [{ id, time }]);
    else known.push({ id, time });
  }

  /** Whether one of them can be the event of a record. Two that have ids are told apart by these. */
  mayBe({ id, key }: ExternalRecord, can: BlindTime): boolean {
    const known = this.#byKey.get(this.#rule.key === null ? '' : (key ?? '')) ?? [];
    return known.some(
      (event) => (id === null || event.id === null) && event.time >= can.from && event.time <= can.until,
    );
  }
}
