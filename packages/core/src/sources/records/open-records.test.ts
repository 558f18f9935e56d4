import { parquetWriteBuffer } from 'hyparquet-writer';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { LogLocator } from '../../model/log/event-log.js';
import { openLocator } from '../log/open-locator.js';
import { openNdjsonLog } from '../ndjson/open-ndjson-log.js';
import { scratchFolder } from '../../testing/scratch-folder.js';
import { openProcessedLedger, openRecordedOutputs } from './open-records.js';
import {
  standardLedgerMapping,
  standardOutputMapping,
  type LedgerMapping,
  type OutputMapping,
} from './record-mapping.js';
import type { RecordInput } from './record-rows.js';
import type { RecordedOutput, RecordedOutputs } from '../../model/records/recorded-outputs.js';

const folder = scratchFolder();
afterAll(() => folder.remove());
const settings = { order: 'handling', from: null, until: null } as const;

function ndjson(rows: readonly unknown[]): RecordInput {
  const file = folder.file('rows.ndjson', rows.map((row) => JSON.stringify(row) + '\n').join(''));
  return { kind: 'file', format: 'ndjson', file };
}

function csv(text: string): RecordInput {
  return { kind: 'file', format: 'csv', file: folder.file('rows.csv', text) };
}

async function all<Row>(batches: AsyncIterable<readonly Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

const outputsOf = async (input: RecordInput, mapping: OutputMapping): Promise<RecordedOutput[]> =>
  all(openRecordedOutputs(input, mapping, settings).read());

/** Modules of locators are those of the build. */
function built(locator: LogLocator | undefined): LogLocator {
  if (locator === undefined) throw new Error('no locator');
  return { ...locator, module: locator.module.replace('/src/', '/dist/').replace(/\.ts$/, '.js') };
}

describe('recorded outputs', () => {
  it('reads what the service wrote, and leaves null what a row does not say', async () => {
    const rows = ndjson([
      { output: 'board', key: 'ATL', value: { n: 1 }, time: 5, topic: 'flights', partition: 2, offset: '17' },
      { output: 'board', value: null },
      { output: 'board', value: 1, topic: 'flights', partition: '2', offset: 18, id: 'o-1', event_id: 'e-1' },
    ]);
    const none = { key: null, event: null, eventId: null, businessId: null, time: null };
    const event = { topic: 'flights', partition: 2 };
    expect(await outputsOf(rows, standardOutputMapping)).toEqual([
      { ...none, seq: 0, output: 'board', key: 'ATL', value: { n: 1 }, event: { ...event, offset: 17 }, time: 5 },
      { ...none, seq: 1, output: 'board', value: null },
      {
        ...none,
        seq: 2,
        output: 'board',
        value: 1,
        event: { ...event, offset: 18 },
        businessId: 'o-1',
        eventId: 'e-1',
      },
    ]);
  });

  it('knows the unit of a Parquet column of times, also where a long number of the row becomes a text', async () => {
    const long = { id: 9007199254740992 };
    const columnData = [
      { name: 'at', data: [new Date(1_700_000_000_123), new Date(1_700_000_000_456)], type: 'TIMESTAMP' as const },
      { name: 'value', data: [{ id: 1 }, long], type: 'JSON' as const },
    ];
    const written = Buffer.from(parquetWriteBuffer({ columnData, codec: 'UNCOMPRESSED' }));
    // No double holds it, so no writer takes it as a number.
    const bytes = Buffer.from(written.toString('latin1').replace('9007199254740992', '9007199254740993'), 'latin1');
    const input: RecordInput = { kind: 'file', format: 'parquet', file: folder.file('rows.parquet', bytes) };
    const mapping: OutputMapping = {
      output: { constant: 'balance' },
      key: null,
      value: { form: 'column', column: 'value' },
      time: { column: 'at', unit: 'seconds' },
      numbers: 'text',
    };
    expect(await outputsOf(input, mapping)).toMatchObject([
      { time: 1_700_000_000_123, value: { id: 1 } },
      { time: 1_700_000_000_456, value: { id: '9007199254740993' } },
    ]);
  });

  it('maps columns, constants and types', async () => {
    const rows = csv('acct,cents,src,at,ref\n007,12,3,2026-01-02T00:00:00Z,\n008,,,,r-1\n');
    const mapping: OutputMapping = {
      output: { constant: 'balance' },
      key: 'acct',
      value: { form: 'columns', columns: [{ field: 'cents', column: 'cents', type: 'integer' }] },
      event: { topic: { constant: 'orders' }, partition: { constant: 0 }, offset: 'src' },
      id: 'ref',
      time: { column: 'at' },
    };
    expect(await outputsOf(rows, mapping)).toMatchObject([
      {
        key: '007',
        value: { cents: 12 },
        event: { topic: 'orders', partition: 0, offset: 3 },
        businessId: null,
        time: Date.UTC(2026, 0, 2),
      },
      { key: '008', value: { cents: null }, event: null, businessId: 'r-1', time: null },
    ]);
  });

  it('reads the log of an output topic, with the event in its headers', async () => {
    const event = { topic: 'balances', partition: 0, offset: '4', timestamp: 9, key: 'a', value: { n: 1 } };
    const headers = [
      ['offset', '17'],
      ['part', '1'],
    ];
    const file = folder.file('log.ndjson', JSON.stringify({ ...event, headers }) + '\n');
    const log = openNdjsonLog([file], { form: 'envelope', source: 'c' });
    const rows = (topics: readonly string[]): RecordInput => ({ kind: 'log', log: built(log.locator), topics });
    const mapping: OutputMapping = {
      output: { constant: 'balance' },
      key: 'key',
      value: { form: 'column', column: 'value' },
      event: { topic: { constant: 'orders' }, partition: { column: 'headers.part' }, offset: 'headers.offset' },
      time: { column: 'time', unit: 'milliseconds' },
    };
    expect(await outputsOf(rows(['balances']), mapping)).toMatchObject([
      { output: 'balance', key: 'a', value: { n: 1 }, event: { topic: 'orders', partition: 1, offset: 17 }, time: 9 },
    ]);
    expect(await outputsOf(rows(['other']), mapping)).toEqual([]);
  });

  it.each([
    [{ value: 1 }, /no column "output"/],
    [{ ouput: 'x', value: 1 }, /no column "output"/],
    [{ output: 'x' }, /no column "value"/],
    [
      { output: 'x', value: 1, topic: 't', partition: -1, offset: 1 },
      /column "partition" holds a value of type number, not the number of a partition/,
    ],
    [{ output: 'x', value: 1, topic: 't', partition: 1, offset: '1.5' }, /is not an offset/],
  ])('names the row and the column of %j', async (row, message) => {
    await expect(outputsOf(ndjson([{ output: 'x', value: 1 }, row]), standardOutputMapping)).rejects.toMatchObject({
      code: 'invalid-field',
      message: expect.stringMatching(new RegExp(`line 2.*${message.source}`)) as unknown,
    });
  });

  it('keeps repeats and contradictions under one business id', async () => {
    const rows = ndjson([1, 1, 2].map((value) => ({ output: 'x', value, id: 'o-1' })));
    expect((await outputsOf(rows, standardOutputMapping)).map(({ value }) => value)).toEqual([1, 1, 2]);
  });

  it('can be opened by another thread, and is opened only when it is asked for', async () => {
    const outputs = openRecordedOutputs(ndjson([{ output: 'x', value: 1 }]), standardOutputMapping, settings);
    const locator = JSON.parse(JSON.stringify(built(outputs.locator))) as LogLocator;
    expect(await all((await openLocator<RecordedOutputs>(locator)).read())).toMatchObject([{ output: 'x', value: 1 }]);
    const missing = openRecordedOutputs(
      { kind: 'file', format: 'csv', file: '/no/where.csv' },
      standardOutputMapping,
      settings,
    );
    await expect(missing.describe()).rejects.toMatchObject({ code: 'file-unavailable' });
    missing.close();
  });

  it('has a digest over content and mapping', async () => {
    const digest = async (rows: readonly unknown[], mapping: OutputMapping) =>
      (await openRecordedOutputs(ndjson(rows), mapping, settings).describe()).digest;
    const row = { output: 'x', value: 1 };
    expect(await digest([row], standardOutputMapping)).toBe(await digest([row], standardOutputMapping));
    expect(await digest([row], standardOutputMapping)).not.toBe(await digest([row, row], standardOutputMapping));
    const other = { ...standardOutputMapping, output: { constant: 'x' } };
    expect(await digest([row], standardOutputMapping)).not.toBe(await digest([row], other));
  });
});

describe('ledgers', () => {
  const byOffset = (events: readonly (readonly [partition: number, offset: number])[]) =>
    events.map(([partition, offset]) => ({ topic: 't', partition, offset: String(offset) }));
  const orderOf = async (events: readonly (readonly [number, number])[]) =>
    openProcessedLedger(ndjson(byOffset(events)), standardLedgerMapping, settings).describe();
  const range = Array.from({ length: 200 }, (_, i) => i);

  it('needs a way to name an event', async () => {
    const rows = ndjson([]);
    expect(() => openProcessedLedger(rows, { time: { column: 'at' } }, settings)).toThrow(
      /by event \(offsets\) or by event_id/,
    );
  });

  it('counts as of unknown order when many offsets fall', async () => {
    expect(await orderOf(range.map((i) => [i % 2, i >> 1]))).toMatchObject({ order: 'handling', objection: null });
    expect(await orderOf(range.map((i) => [i % 2, 100 - (i >> 1)]))).toMatchObject({
      order: 'unknown',
      objection: expect.stringMatching(/fall inside partitions 198 times in the first 200 records/) as unknown,
    });
  });

  it('keeps its order when the service handled a few events late or twice', async () => {
    const events = range.map((i) => [i % 2, i >> 1] as [number, number]);
    events.push([0, 3], [1, 90], [0, 3]);
    expect(await orderOf(events)).toMatchObject({ order: 'handling' });
  });

  it('tells the order inside of partitions only when it is listed partition by partition', async () => {
    expect(await orderOf(range.map((i) => [i < 100 ? 0 : 1, i % 100]))).toMatchObject({ order: 'partition' });
    expect(await orderOf(range.map((i) => [0, i]))).toMatchObject({ order: 'handling' });
  });

  it('reads in the order of a column, and names the row where it falls', async () => {
    const mapping: LedgerMapping = { eventId: 'id', rising: 'seq' };
    const ledger = async (text: string) => all(openProcessedLedger(csv(text), mapping, settings).read());
    expect((await ledger('id,seq\na,1\nb,1\nc,10\n')).map(({ eventId }) => eventId)).toEqual(['a', 'b', 'c']);
    expect((await ledger('id,seq\na,2026-01-01T00:00Z\nb,2026-01-02\n')).length).toBe(2);
    await expect(ledger('id,seq\na,9\nb,10\nc,2\n')).rejects.toMatchObject({
      code: 'records-out-of-order',
      message: expect.stringMatching(/row 3: "seq" falls here/) as unknown,
    });
    await expect(ledger('id,seq\na,first\n')).rejects.toMatchObject({ code: 'invalid-field' });
  });

  it('gives every entry once in its order, however the rows are cut into batches', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(3), fc.nat(1e6)), { maxLength: 50 }), async (events) => {
        const entries = await all(
          openProcessedLedger(ndjson(byOffset(events)), standardLedgerMapping, settings).read(),
        );
        expect(entries.map(({ seq, event }) => [seq, event?.partition, event?.offset])).toEqual(
          events.map(([partition, offset], seq) => [seq, partition, offset]),
        );
      }),
      { numRuns: 30 },
    );
  });
});
