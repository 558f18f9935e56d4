import { canonicalJson } from '../../src/model/json/canonical-json.js';
import type { MemoryOutput } from '../../src/sources/records/memory-recorded-outputs.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Correction } from '../../src/evidence/corrections/correction.js';
import { naiveCorrections } from './naive-corrections.js';
import { compare, recordsOf, runOf, type Emitted, type TestEvent } from './run-of-events.js';

const runs = process.env['EVENTMEND_FULL'] ? 5000 : 100;

const emitted: fc.Arbitrary<Emitted> = fc.record({
  output: fc.constantFrom('booked', 'noted', 'balance'),
  key: fc.constantFrom('a', 'b', '__proto__'),
  value: fc.constantFrom<unknown>(1, 2, { x: 1 }, null),
});

/** Events of up to three partitions in the order of a run; offsets rise with holes. */
const events: fc.Arbitrary<readonly TestEvent[]> = fc
  .array(
    fc.record({
      partition: fc.nat(2),
      step: fc.integer({ min: 1, max: 2 }),
      outputs: fc.array(emitted, { maxLength: 3 }),
    }),
    { maxLength: 14 },
  )
  .map((list) => {
    const next = [0, 0, 0];
    return list.map(({ partition, step, outputs }): TestEvent => {
      const offset = (next[partition] ?? 0) + step - 1;
      next[partition] = offset + 1;
      return { partition, offset, outputs };
    });
  });

type Slip =
  | { readonly kind: 'drop' | 'repeat' | 'swap'; readonly at: number; readonly to: number }
  | { readonly kind: 'change'; readonly at: number; readonly value: unknown }
  | {
      readonly kind: 'invent';
      readonly at: number;
      readonly record: Emitted;
      readonly partition: number;
      readonly offset: number;
    };

const slip: fc.Arbitrary<Slip> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('drop' as const, 'repeat' as const, 'swap' as const),
    at: fc.nat(40),
    to: fc.nat(40),
  }),
  fc.record({ kind: fc.constant('change' as const), at: fc.nat(40), value: fc.constantFrom<unknown>(1, 2, 3) }),
  fc.record({
    ...{ kind: fc.constant('invent' as const), at: fc.nat(40), record: emitted },
    ...{ partition: fc.nat(2), offset: fc.nat(12) },
  }),
);

/** What a service with these slips recorded. */
function slipped(records: readonly MemoryOutput[], slips: readonly Slip[]): readonly MemoryOutput[] {
  const list = [...records];
  for (const one of slips) {
    const at = list.length === 0 ? 0 : one.at % list.length;
    const record = list[at];
    if (one.kind === 'invent') {
      const { partition, offset } = one;
      list.splice(at, 0, { ...one.record, event: { topic: 't', partition, offset } });
    } else if (record === undefined) continue;
    else if (one.kind === 'drop') list.splice(at, 1);
    else if (one.kind === 'repeat') list.splice(one.to % (list.length + 1), 0, record);
    else if (one.kind === 'change') list[at] = { ...record, value: one.value };
    else {
      const other = one.to % list.length;
      [list[at], list[other]] = [list[other] as MemoryOutput, record];
    }
  }
  return list;
}

function described({ action, output, key, event, ordinal, value, replaces }: Correction): string {
  const replaced = replaces === null ? 'nothing' : canonicalJson(replaces.value);
  const where = `${output} ${key} ${event.partition}@${event.offset}#${ordinal}`;
  return `${action} ${where} ${canonicalJson(value)} for ${replaced}`;
}

/** Where a run stands that has handled these events. */
function positionBehind(handled: readonly TestEvent[]): readonly number[] {
  return [0, 1, 2].map((partition) => {
    return Math.max(0, ...handled.filter((event) => event.partition === partition).map(({ offset }) => offset + 1));
  });
}

const ends = { target: [20, 20, 20] };
const scenario = fc.record({ events, slips: fc.array(slip, { maxLength: 6 }) });

it('owe nothing because of a record from before the baseline, which may be of no event at all', async () => {
  const events = [0, 1, 2].map((partition): TestEvent => {
    return { partition, offset: partition, outputs: [{ output: 'booked', key: 'a', value: 1 }] };
  });
  const invented: MemoryOutput = {
    output: 'booked',
    key: 'a',
    value: 1,
    event: { topic: 't', partition: 0, offset: 0 },
  };
  const whole = await compare(runOf(events.slice(1), ends), [invented]);
  const later = await compare(runOf(events.slice(1), { ...ends, from: [1, 0, 0] }), [invented]);
  expect([whole, later].map(({ corrections }) => corrections.map(({ action }) => action))).toEqual([['retract'], []]);
});

describe('corrections of random runs and random slips', () => {
  it('are those of a plain model with everything in maps, in the same order (property)', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const records = slipped(recordsOf(given.events), given.slips);
        const { corrections, counts } = await compare(runOf(given.events, ends), records);
        expect(corrections.map(described)).toEqual(naiveCorrections(given.events, records));
        const { intended, done, owed, replaced, superseded, toRetract, unknown } = counts;
        const unknowns = Object.values(unknown).reduce((sum, count) => sum + count, 0);
        expect(intended).toBe(given.events.flatMap(({ outputs }) => outputs).length);
        expect(done + owed + replaced + superseded + toRetract + unknowns).toBeGreaterThanOrEqual(intended);
        expect(new Set(corrections.map(({ id }) => id)).size).toBe(corrections.length);
      }),
      { numRuns: runs, seed: 8 },
    );
  });

  it('do not depend on batches, on what fits into memory, or on lanes (property)', async () => {
    const limits = fc.record({ limit: fc.integer({ min: 1, max: 6 }), batchRecords: fc.integer({ min: 1, max: 5 }) });
    await fc.assert(
      fc.asyncProperty(scenario, limits, fc.boolean(), async (given, some, local) => {
        const records = slipped(recordsOf(given.events), given.slips);
        const run = runOf(given.events, { ...ends, local });
        const whole = await compare(run, records);
        const bounded = await compare(run, records, some);
        expect(bounded.corrections).toEqual(whole.corrections);
        expect(bounded.counts).toEqual(whole.counts);
      }),
      { numRuns: runs, seed: 9 },
    );
  });

  it('are the same from a later baseline, for all events behind it, or unknown (property)', async () => {
    let same = 0;
    await fc.assert(
      fc.asyncProperty(scenario, fc.nat(14), async (given, replayed) => {
        const baseline = positionBehind(given.events.slice(0, replayed));
        // What a key's last value is can only be told from where its values are known.
        const facts = given.events.map((event) => ({
          ...event,
          outputs: event.outputs.filter(({ output }) => output !== 'balance'),
        }));
        const records = slipped(recordsOf(facts), given.slips).filter(({ output }) => output !== 'balance');
        const whole = await compare(runOf(facts, ends), records);
        const later = await compare(runOf(facts, { ...ends, from: baseline }), records);
        const behind = whole.corrections.filter(({ event }) => event.offset >= (baseline[event.partition] ?? 0));
        // Where a partition without any record begins, only an event with a record tells, and those before are not replayed.
        const isLeftOpen = ({ action, event, id }: Correction): boolean =>
          action === 'send' &&
          !records.some((record) => record.event?.partition === event.partition) &&
          !later.corrections.some((other) => other.id === id);
        expect(later.corrections).toEqual(behind.filter((one) => !isLeftOpen(one)));
        if (later.corrections.length === behind.length) same++;
      }),
      { numRuns: runs, seed: 10 },
    );
    expect(same / runs).toBeGreaterThan(0.9);
  });
});
