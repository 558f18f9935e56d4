import { describe, expect, it } from 'vitest';
import type { ExternalRecord } from '../../model/records/external-record.js';
import { createMemoryLog, type MemoryEvent, type MemoryLogOptions } from '../../sources/log/memory-log.js';
import { memoryExternalRecords } from '../../sources/records/open-external-records.js';
import { createWorkerInstance } from '../../worker/create-worker-instance.js';
import { defineWorker } from '../../worker/define-worker.js';
import { agreementAtMost, agreementFraction, type Agreement } from './agreement.js';
import { knownEvents, type KnownEvents } from './known-events.js';
import type { MatchRule } from './match-rule.js';
import type { MatchOutcome } from './match-outcome.js';
import { matchRecords } from './match-records.js';

const worker = createWorkerInstance(
  defineWorker<{ cents?: number; euros?: number }, number>({
    name: 'w',
    version: '1',
    key: ({ key }) => key ?? '',
    initial: () => 0,
    evolve: (sum) => sum,
    upcasters: [(value) => ({ cents: 100 * ((value as { euros?: number }).euros ?? 0), ...(value as object) })],
  }),
  { replaying: true },
);

const hour = 3_600_000;
const start = Date.UTC(2026, 1, 1);
const byId: MatchRule = {
  topic: null,
  types: null,
  id: 'value.id',
  key: 'key',
  time: 'time',
  within: null,
  amount: { path: 'value.cents', factor: '100' },
  typed: false,
  reversible: false,
  from: 0,
  until: 4e12,
};
const byAmount: MatchRule = { ...byId, id: null, within: { earlier: 0, later: hour } };

const event = (offset: number, value: object, time = start + offset * hour): MemoryEvent => ({
  offset,
  time,
  key: 'a',
  value: { type: 'paid', ...value },
});
const record = (seq: number, more: Partial<ExternalRecord> = {}): ExternalRecord => ({
  seq,
  id: `${seq}`,
  key: 'a',
  time: start + seq * hour,
  amount: `${seq}`,
  type: null,
  reversal: false,
  ...more,
});
const range = (count: number) => Array.from({ length: count }, (_, n) => n);

async function match(
  records: readonly ExternalRecord[],
  log: MemoryLogOptions | readonly MemoryLogOptions[],
  rule: MatchRule,
): Promise<Agreement> {
  const logs = (Array.isArray(log) ? log : [log]).map((options: MemoryLogOptions) => ({
    log: createMemoryLog(options),
    as: 'log' as const,
  }));
  return matchRecords(memoryExternalRecords(records), await knownEvents({ logs }, worker, rule), rule);
}

describe('records of another system and the events of a log', () => {
  it('are matched by what the worker makes of an event', async () => {
    const events = range(10).map((n) => event(n, n < 5 ? { id: `${n}`, euros: n } : { id: `${n}`, cents: n * 100 }));
    expect(
      await match(
        range(10).map((n) => record(n)),
        { events },
        byId,
      ),
    ).toMatchObject({
      known: 10,
      matched: 10,
      differing: 0,
      lateness: { least: 0, most: 0 },
    });
  });

  it('a row with the same id and another amount does not agree', async () => {
    const events = range(10).map((n) => event(n, { id: `${n}`, cents: n * 100 }));
    const rows = range(10).map((n) => record(n, n === 3 ? { amount: '3.01' } : n === 4 ? { key: 'b' } : {}));
    expect(await match(rows, { events }, byId)).toMatchObject({ matched: 10, differing: 2 });
  });

  it('rows with one id that contradict each other are ambiguous, and named', async () => {
    const events = range(3).map((n) => event(n, { id: `${n}`, cents: n * 100 }));
    const rows = [record(0), record(1), record(2), record(3, { id: '1', amount: '7' })];
    expect(await match(rows, { events }, byId)).toMatchObject({
      known: 3,
      matched: 2,
      ambiguousEvents: 1,
      ambiguousRecords: 1,
      contradicting: 1,
    });
  });

  it('in a hole nothing is missing and nothing is too much', async () => {
    const events = range(20)
      .filter((n) => n < 8 || n > 11)
      .map((n) => event(n, { cents: n * 100 }));
    const agreement = await match(
      range(20).map((n) => record(n)),
      { events },
      byAmount,
    );
    expect(agreement).toMatchObject({ known: 16, missing: 0, onlyInRecords: 0, notComparable: 4 });
    // A record may be an hour late: those at the edge of the hole could be of it as well.
    expect(agreement).toMatchObject({ matched: 13, doubtful: 3 });
    expect([agreementFraction(agreement), agreementAtMost(agreement)]).toEqual([13 / 16, 1]);
  });

  it('beside a hole an id still says which event it is', async () => {
    const events = range(20)
      .filter((n) => n < 8 || n > 11)
      .map((n) => event(n, { id: `${n}`, cents: n * 100 }));
    const rows = range(20).map((n) => record(n));
    const agreement = await match(rows, { events }, { ...byAmount, id: 'value.id' });
    expect(agreement).toMatchObject({ known: 16, matched: 16, doubtful: 0, notComparable: 4 });
  });

  it('a range that another log has is no hole; one in front of the log is', async () => {
    const events = range(20).map((n) => event(n, { cents: n * 100 }));
    const part = (from: number, to: number) => ({ source: 's', events: events.slice(from, to) });
    const records = range(20).map((n) => record(n));
    const both = await match(records, [part(0, 8), part(6, 20)], byAmount);
    expect(both).toMatchObject({ events: 20, matched: 20, notComparable: 0 });
    const behind = await match(records, part(12, 20), byAmount);
    expect(behind).toMatchObject({ events: 8, matched: 6, doubtful: 2, onlyInRecords: 0, notComparable: 12 });
  });

  it('beside an event that cannot be decoded rows are not compared', async () => {
    const events = range(20).map((n) =>
      n === 10 ? { offset: n, time: start + n * hour, key: 'a', stored: '{' } : event(n, { cents: n * 100 }),
    );
    const agreement = await match(
      range(20).map((n) => record(n)),
      { events },
      byAmount,
    );
    expect(agreement).toMatchObject({ undecodable: 1, matched: 18, doubtful: 1, onlyInRecords: 0, notComparable: 1 });
  });

  it('rows are not compared in any blind time, in whatever order these are given', async () => {
    const events: KnownEvents = {
      async *read() {
        await Promise.resolve();
        yield [];
      },
      blind: () => [5, 2, 3].map((n) => ({ from: start + n * hour, until: start + (n + 0.5) * hour })),
      held: () => ({ from: start - hour, until: start + 9 * hour }),
      undecodable: () => 0,
    };
    const outcomes: MatchOutcome[] = [];
    const rows = memoryExternalRecords(range(7).map((n) => record(n)));
    await matchRecords(rows, events, byId, { take: (outcome) => outcomes.push(outcome) });
    const compared = outcomes.filter(({ kind }) => kind === 'only-in-records');
    expect(compared.map((outcome) => 'record' in outcome && outcome.record).sort()).toEqual([0, 1, 4, 6]);
  });

  it('tells clocks that are off by whole hours, by month, and changes nothing', async () => {
    // Local time of Berlin, read as UTC: an hour in winter, two in summer.
    const events = range(40).map((n) =>
      event(n, { id: `${n}`, cents: n * 100 }, Date.UTC(2026, n < 20 ? 1 : 5, 1 + (n % 20))),
    );
    const rows = events.map(({ time }, n) =>
      record(n, { time: (time ?? 0) + (n < 20 ? 1 : 2) * hour + ((n * 7) % 100) * 1000 }),
    );
    const agreement = await match(rows, { events }, byId);
    expect(agreement.clockShifts).toEqual([
      { month: '2026-02', hours: 1, pairs: 20 },
      { month: '2026-06', hours: 2, pairs: 20 },
    ]);
    expect(agreement).toMatchObject({ matched: 40, differing: 0 });
    const late = rows.map((row, n) => ({ ...row, time: (events[n]?.time ?? 0) + n * 7 * 60_000 }));
    expect((await match(late, { events }, byId)).clockShifts).toEqual([]);
  });

  it('tells amounts in another unit, and of another sign', async () => {
    const events = range(30).map((n) => event(n, { cents: -(n + 1) * 123 }));
    const rows = range(30).map((n) => record(n, { id: null, amount: `${(n + 1) * 123}` }));
    const agreement = await match(rows, { events }, byAmount);
    expect(agreement).toMatchObject({ matched: 0, amountFactor: { factor: '-1' } });
  });

  it('keeps reversals apart, and counts those of nothing', async () => {
    const events = range(3).map((n) => event(n, { cents: n * 100 + 100 }));
    const rows = [
      ...range(3).map((n) => record(n, { id: null, amount: `${n + 1}` })),
      record(3, { amount: '-2', reversal: true }),
      record(4, { amount: '-9', reversal: true }),
    ];
    expect(await match(rows, { events }, { ...byAmount, reversible: true })).toMatchObject({
      records: 5,
      matched: 3,
      onlyInRecords: 0,
      reversals: 2,
      reversalsWithoutRecord: 1,
    });
  });

  it('rows and events without what they are recognised by are never counted as missing', async () => {
    const events = range(6).map((n) => event(n, n === 2 ? {} : { id: `${n}`, cents: n * 100 }));
    const rows = range(6).map((n) => record(n, n === 2 ? { id: null } : {}));
    expect(await match(rows, { events }, byId)).toMatchObject({
      known: 6,
      matched: 5,
      missing: 0,
      ambiguousEvents: 1,
      notComparable: 1,
      eventsWithout: { id: 1 },
    });
  });

  it('many equal payments in a row are ambiguous where their order cannot be told, and still counted', async () => {
    const events = range(200).map((n) => event(n, { cents: 999 }, start + n * 60_000));
    const rows = range(199).map((n) => record(n, { id: null, amount: '9.99', time: start + n * 60_000 + 1000 }));
    expect(await match(rows, { events }, byAmount)).toMatchObject({
      known: 200,
      matched: 0,
      ambiguousEvents: 199,
      missing: 1,
      ambiguousPairs: 199,
    });
  });
});
