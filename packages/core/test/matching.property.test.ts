import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KnownEvent, KnownEvents } from '../src/evidence/matching/known-events.js';
import type { MatchRule } from '../src/evidence/matching/match-rule.js';
import type { MatchOutcome } from '../src/evidence/matching/match-outcome.js';
import { matchRecords } from '../src/evidence/matching/match-records.js';
import type { ExternalRecord } from '../src/model/records/external-record.js';
import { memoryExternalRecords } from '../src/sources/records/open-external-records.js';
import { matchNaively } from './model/naive-matching.js';

const runs =
  Number(process.env['EVENTMEND_PROPERTY_RUNS'] ?? (process.env['EVENTMEND_FULL'] === undefined ? 60 : 500)) * 4;
const seed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 20261119);
const hour = 3_600_000;

const time = fc.oneof(
  { weight: 9, arbitrary: fc.nat(8).map((n) => 1_770_000_000_000 + n * hour) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const id = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom('1', '2', '3') },
);
const key = fc.oneof({ weight: 9, arbitrary: fc.constantFrom('a', 'b') }, { weight: 1, arbitrary: fc.constant(null) });
const cents = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(100, 250) },
  { weight: 1, arbitrary: fc.constant(null) },
);

/** Records in euros, events in cents. */
const record = fc.record({
  id,
  key,
  time,
  amount: cents.map((amount) => (amount === null ? null : String(amount / 100))),
  type: fc.constant(null),
  reversal: fc.oneof({ weight: 8, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});
const event = fc.record({
  id,
  key,
  time,
  amount: cents.map((amount) => (amount === null ? null : String(amount))),
  type: fc.oneof({ weight: 5, arbitrary: fc.constant('paid') }, { weight: 1, arbitrary: fc.constant('other') }),
});
/** Some records follow from the events, with delays, doubles and lost ones; others say anything. */
const inputs = fc
  .record({
    events: fc.array(event, { maxLength: 6 }),
    others: fc.array(record, { maxLength: 5 }),
    fates: fc.array(fc.record({ copies: fc.nat(2), delay: fc.integer({ min: -1, max: 3 }), named: fc.boolean() }), {
      minLength: 6,
      maxLength: 6,
    }),
    earlier: fc.nat(2),
    later: fc.nat(3),
    blind: fc.array(fc.tuple(fc.nat(8), fc.nat(2)), { maxLength: 2 }),
    kept: fc.constantFrom(0, 3, 1000, 1000, 1000),
  })
  .map(({ events, others, fates, ...rest }) => {
    const records = events.flatMap((known, index): Omit<ExternalRecord, 'seq'>[] => {
      const { copies, delay, named } = fates[index] as (typeof fates)[number];
      const made = {
        id: named ? known.id : null,
        key: known.key,
        time: known.time === null ? null : known.time + delay * hour,
        amount: known.amount === null ? null : String(Number(known.amount) / 100),
        type: null,
        reversal: false,
      };
      return Array.from({ length: copies }, () => made);
    });
    return { events, records: [...records, ...others].slice(0, 9), ...rest };
  });

const seen = (items: readonly (number | null)[]) => items.filter((each) => each !== null);

describe(`matching records with events (seed ${seed}, ${runs} runs)`, { timeout: 11 * 60_000 }, () => {
  it('says what a plain loop over all assignments says', () =>
    fc.assert(
      fc.asyncProperty(inputs, async ({ events, records, earlier, later, blind, kept }) => {
        const rule: MatchRule = {
          topic: null,
          types: null,
          id: 'value.id',
          key: 'key',
          time: 'time',
          within: { earlier: earlier * hour, later: later * hour },
          amount: { path: 'value.cents', factor: '100' },
          typed: false,
          reversible: true,
          from: 0,
          until: 2e12,
        };
        const known: KnownEvent[] = events.map((each, offset) => ({
          ...each,
          topic: 't',
          partition: offset % 2,
          offset,
        }));
        const rows: ExternalRecord[] = records.map((each, seq) => ({ ...each, seq }));
        const times = seen(known.map((each) => each.time));
        const blindTimes = blind.map(([from, length]) => {
          const begin = 1_770_000_000_000 + from * hour;
          return { from: begin, until: begin + length * hour };
        });
        const held = times.length === 0 ? null : { from: Math.min(...times) - hour, until: Math.max(...times) + hour };
        const source: KnownEvents = {
          async *read() {
            await Promise.resolve();
            yield known;
          },
          blind: () => blindTimes,
          held: () => held,
          undecodable: () => 0,
        };
        const outcomes: MatchOutcome[] = [];
        const agreement = await matchRecords(memoryExternalRecords(rows), source, rule, {
          keptRows: kept,
          take: (outcome) => outcomes.push(outcome),
        });
        const nameRecord = (seq: number) => {
          const row = rows[seq] as ExternalRecord;
          return JSON.stringify([row.id, row.key, row.time, row.amount && String(Number(row.amount) * 100), row.type]);
        };
        const nameEvent = (offset: number) => {
          const of = known[offset] as KnownEvent;
          return JSON.stringify([of.id, of.key, of.time, of.amount, of.type]);
        };
        const names = outcomes.map((outcome) =>
          [
            outcome.kind,
            ...('record' in outcome ? [nameRecord(outcome.record)] : []),
            ...('event' in outcome ? [nameEvent(outcome.event.offset)] : []),
          ].join(' '),
        );
        const naive = matchNaively(rows, known, rule, { blind: blindTimes, held });
        expect(names.sort()).toEqual(naive.outcomes);
        expect(agreement.ambiguousPairs).toBe(naive.ambiguousPairs);
        const count = (kind: MatchOutcome['kind']) => outcomes.filter((outcome) => outcome.kind === kind).length;
        expect(agreement).toMatchObject({
          matched: count('matched'),
          doubtful: count('doubtful'),
          missing: count('missing'),
          ambiguousEvents: count('ambiguous-event'),
          ambiguousRecords: count('ambiguous-record'),
          onlyInRecords: count('only-in-records'),
          notComparable: count('not-comparable'),
          twice: count('twice'),
          contradicting: count('contradicting'),
          repeatedEvents: count('repeated-event'),
        });
        // Every record and every event has one outcome.
        expect(outcomes.filter((outcome) => 'record' in outcome).length + agreement.reversals).toBe(rows.length);
        expect(outcomes.filter((outcome) => 'event' in outcome).length).toBe(known.length);
        expect(agreement.known).toBe(
          agreement.matched + agreement.doubtful + agreement.missing + agreement.ambiguousEvents,
        );
      }),
      { seed, numRuns: runs },
    ));
});
