import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileMapping } from './compile-mapping.js';
import { type ColumnMapping, type EventMapping, type MappedEvent, mappedValueText } from './event-mapping.js';
import { jsonMemberText } from './json-member-text.js';
import { mapRow } from './map-row.js';
import { newMappingState, restoreMappingState, saveMappingState } from './mapping-state.js';
import { murmur2, partitionOfKey } from './murmur2.js';
import { nearestName } from '../../worker/nearest-name.js';
import { InexactNumber } from '../../model/json/exact-number.js';
import { parseTime } from './parse-time.js';
import type { RowBatch } from './row-source.js';

function batchOf(texts: readonly string[]): RowBatch {
  return {
    count: texts.length,
    values: texts.map((text) => JSON.parse(text) as unknown),
    text: (index) => texts[index] ?? null,
    bytes: (index) => Buffer.from(texts[index] ?? ''),
    place: (index) => ({ file: 'a.ndjson', unit: 'line', number: index + 1, byte: null }),
    positionAfter: (index) => ({ rows: index + 1, lines: index + 1, byte: null }),
  };
}

function mapAll(texts: readonly string[], mapping: EventMapping, state = newMappingState()): MappedEvent[] {
  const compiled = compileMapping(mapping);
  const batch = batchOf(texts);
  return texts.map((_, index) => mapRow(batch, index, compiled, state));
}

const base: ColumnMapping = { source: 's', topic: 't', partition: { constant: 0 }, offset: 'assigned' };

describe('mapRow', () => {
  it('takes columns, nested ones too, and keeps the exact text of the row', () => {
    const [event] = mapAll(
      ['{"p":3,"o":"17","user":{"id":9},"at":"2001-03-01T00:00:00Z","n":1.0,"h":{"a":"b"},"e":"x1"}'],
      {
        ...base,
        partition: { column: 'p' },
        offset: { column: 'o' },
        key: 'user.id',
        time: { column: 'at' },
        headers: 'h',
        id: 'e',
      },
    );
    expect(event).toMatchObject({
      partition: 3,
      offset: 17,
      key: '9',
      time: Date.UTC(2001, 2, 1),
      headers: [['a', 'b']],
      id: 'x1',
    });
    expect(event && mappedValueText(event)).toContain('"n":1.0');
  });

  it('prefers a column whose name has dots over a path', () => {
    const [event] = mapAll(['{"a.b":"flat","a":{"b":"nested"}}'], { ...base, key: 'a.b' });
    expect(event?.key).toBe('flat');
  });

  it('assigns offsets per partition, and goes on from a saved state', () => {
    const rows = Array.from({ length: 40 }, (_, n) => JSON.stringify({ k: `key-${n % 9}` }));
    const mapping: EventMapping = { ...base, partition: { hash: 'k', count: 4 }, rowNumber: 'row' };
    const all = mapAll(rows, mapping);
    for (let cut = 0; cut <= rows.length; cut++) {
      const state = newMappingState();
      const first = mapAll(rows.slice(0, cut), mapping, state);
      const saved = JSON.parse(JSON.stringify(saveMappingState(state))) as ReturnType<typeof saveMappingState>;
      expect([...first, ...mapAll(rows.slice(cut), mapping, restoreMappingState(saved))]).toEqual(all);
    }
    for (let partition = 0; partition < 4; partition++) {
      const offsets = all.filter((event) => event.partition === partition).map((event) => event.offset);
      expect(offsets).toEqual(offsets.map((_, index) => index));
    }
    expect(all.map((event) => (event.value as { row: number }).row)).toEqual(all.map((_, index) => index));
  });

  it('leaves the state alone when a row fails', () => {
    const state = newMappingState();
    expect(() => mapAll(['{"k":1}', '{}'], { ...base, key: 'k' }, state)).toThrow();
    expect(saveMappingState(state)).toEqual({ rows: 1, next: [{ topic: 't', partition: 0, offset: '1' }] });
  });

  it('names the place and the nearest right column', () => {
    for (const name of ['custmer', 'CUSTOMER', 'cutsomer']) {
      expect(() => mapAll(['{"customer":1,"other":2}'], { ...base, key: name })).toThrow(
        expect.objectContaining({
          code: 'invalid-field',
          message: `a.ndjson, line 1: the row has no column ${JSON.stringify(name)}`,
          hint: expect.stringContaining('did you mean "customer"?') as string,
        }) as Error,
      );
    }
    expect(() => mapAll(['[1]'], { ...base, key: '0' })).not.toThrow();
    expect(() => mapAll(['5'], { ...base, key: 'k' })).toThrow(/not an object/);
  });

  it('is not fooled by names that every object has', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(() => mapAll(['{"a":1}'], { ...base, key: name })).toThrow(/has no column/);
      expect(mapAll([`{"${name}":"own"}`], { ...base, key: name })[0]?.key).toBe('own');
      const [event] = mapAll([`{"${name}":"own","b":1}`], { ...base, value: { columns: [name] }, rowNumber: 'n' });
      expect(event && mappedValueText(event)).toBe(`{"${name}":"own","n":0}`);
    }
  });

  it('refuses values of the wrong type', () => {
    const wrong: readonly [string, Partial<ColumnMapping>][] = [
      ['{"x":-1}', { partition: { column: 'x' } }],
      ['{"x":1.5}', { partition: { column: 'x' } }],
      ['{"x":null}', { partition: { column: 'x' } }],
      ['{"x":-1}', { offset: { column: 'x' } }],
      ['{"x":9007199254740993}', { offset: { column: 'x' } }],
      ['{"x":"1e3"}', { offset: { column: 'x' } }],
      ['{"x":{}}', { key: 'x' }],
      ['{"x":1000}', { time: { column: 'x' } }],
      ['{"x":"yesterday"}', { time: { column: 'x', unit: 'seconds' } }],
      ['{"x":5}', { headers: 'x' }],
      ['{"x":5}', { rowNumber: 'x' }],
      ['{"x":5}', { topic: { column: 'x' } }],
      ['{"x":5}', { value: { column: 'x' }, rowNumber: 'n' }],
    ];
    for (const [text, part] of wrong) {
      expect(() => mapAll([text], { ...base, ...part })).toThrow(
        expect.objectContaining({ code: 'invalid-field' }) as Error,
      );
    }
    expect(() => compileMapping({ ...base, partition: { hash: 'k', count: 0 } })).toThrow(
      expect.objectContaining({ code: 'invalid-configuration' }) as Error,
    );
  });

  it('takes missing optional columns and null as none', () => {
    const mapping: EventMapping = {
      ...base,
      key: { column: 'k', optional: true },
      time: { column: 't', optional: true, unit: 'seconds' },
    };
    for (const text of ['{}', '{"k":null,"t":null}']) {
      expect(mapAll([text], mapping)[0]).toMatchObject({ key: null, time: NaN });
    }
  });
});

describe('envelope rows', () => {
  const map = (text: string): MappedEvent => {
    const [event] = mapAll([text], { form: 'envelope', source: 'cluster' });
    if (event === undefined) throw new Error('no event');
    return event;
  };
  const head = '"topic":"t","partition":2,"offset":"7","timestamp":5,"key":"k","headers":null';

  it('keeps the exact text of the value, wherever it stands', () => {
    const value = '{ "big":9007199254740993, "r":1.0,"value":{"value":"}\\""}}';
    for (const text of [`{${head},"value":${value}}`, `{"value": ${value} , ${head} }`]) {
      expect(map(text)).toMatchObject({
        source: 'cluster',
        partition: 2,
        offset: 7,
        time: 5,
        key: 'k',
        valueText: value,
      });
    }
  });

  it('tells tombstones, bytes and JSON apart', () => {
    expect(map(`{${head},"value":null}`)).toMatchObject({ valueKind: 'none' });
    expect(map(`{${head},"valueBase64":"bnVsbA=="}`)).toMatchObject({
      valueKind: 'bytes',
      valueBytes: Buffer.from('null'),
    });
    expect(map(`{${head},"value":0}`)).toMatchObject({ valueKind: 'json', value: 0, valueText: '0' });
  });

  it('refuses what is not the form', () => {
    for (const text of [
      `{${head}}`,
      `{${head},"value":1,"valueBase64":"AA=="}`,
      `{${head},"valueBase64":"A"}`,
      `{${head},"vlue":1}`,
      `{${head},"value":1,"timestampType":"never"}`,
      '{"topic":"t","partition":2,"offset":"-1","value":1}',
      '{"partition":2,"offset":"1","value":1}',
      '[]',
    ]) {
      expect(() => map(text)).toThrow(expect.objectContaining({ code: 'invalid-field' }) as Error);
    }
    expect(() => mapAll([`{${head},"value":1}`], { form: 'envelope' })).toThrow(/source/);
  });
});

describe('jsonMemberText', () => {
  it('cuts out what JSON.parse would give', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.jsonValue(),
        fc.constantFrom(undefined, 1, '\t'),
        (others, value, space) => {
          const text = JSON.stringify({ ...others, value, 'after"': '\\' }, null, space);
          expect(JSON.stringify(JSON.parse(jsonMemberText(text, 'value') ?? 'undefined'))).toBe(JSON.stringify(value));
        },
      ),
    );
    expect(jsonMemberText('{"value":1,"\\u0076alue":2}', 'value')).toBe('2');
    expect(jsonMemberText('{}', 'value')).toBe(null);
  });
});

describe('partitionOfKey', () => {
  it('agrees with the hash of the Java client', () => {
    const known: readonly [string, number][] = [
      ['21', -973932308],
      ['foobar', -790332482],
      ['a-little-bit-long-string', -985981536],
      ['a-little-bit-longer-string', -1486304829],
      ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
      ['abc', 479470107],
    ];
    for (const [key, hash] of known) {
      expect(murmur2(Buffer.from(key))).toBe(hash);
      expect(partitionOfKey(key, 1000)).toBe((hash & 0x7fffffff) % 1000);
    }
  });

  it('hashes the UTF-8 bytes of any key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), fc.integer({ min: 1, max: 99 }), (key, count) => {
        expect(partitionOfKey(key, count)).toBe((murmur2(Buffer.from(key, 'utf8')) & 0x7fffffff) % count);
      }),
    );
  });
});

describe('parseTime', () => {
  it('reads ISO text the same on every machine, and numbers by their unit', () => {
    const time = Date.UTC(2001, 2, 1, 12, 30, 15, 250);
    for (const text of [
      '2001-03-01T12:30:15.250Z',
      '2001-03-01 12:30:15.250',
      '2001-03-01T14:30:15.25+02:00',
      '2001-03-01T14:30:15.25+0200',
      '2001-03-01T14:30:15.25+02',
    ]) {
      expect(parseTime(text, null)).toBe(time);
      expect(parseTime(text, 'seconds')).toBe(time);
    }
    expect(parseTime('2001-03-01', null)).toBe(Date.UTC(2001, 2, 1));
    // What is below a millisecond is kept: it takes part in the order.
    expect(parseTime('2001-03-01T12:30:15,250123', null)).toBe(time + 0.123);
    expect(parseTime('2001-03-01T12:30:15.250123456Z', null)).toBe(time + 0.123456);
    expect(parseTime('983449815.250123', 'seconds')).toBe(time + 0.123);
    expect(parseTime(new InexactNumber('1767225600123456789'), 'nanoseconds')).toBe(1767225600123 + 0.456789);
    expect(parseTime(time / 1000, 'seconds')).toBe(time);
    expect(parseTime(String(time), 'milliseconds')).toBe(time);
    expect(parseTime(time * 1000 + 999, 'microseconds')).toBe(time + 0.999);
    expect(parseTime(null, null)).toBe(NaN);
    expect(parseTime('', 'seconds')).toBe(NaN);
    for (const wrong of ['2001-02-30', '2001-13-01', 'now', '12', {}, true])
      expect(parseTime(wrong, null)).toBe(undefined);
    expect(parseTime(12, null)).toBe(undefined);
  });
});

describe('nearestName', () => {
  it('says nothing rather than nonsense', () => {
    expect(nearestName('zzz', ['customer', 'amount'])).toBe(null);
    expect(nearestName('amuont', ['customer', 'amount'])).toBe('amount');
  });
});

describe('times without a zone', () => {
  it.each([
    ['2026-01-01T12:00:00', '2026-01-01T11:00:00Z'],
    ['2026-07-01T12:00:00.000001', '2026-07-01T10:00:00.000001Z'],
    ['2026-03-29T03:00:00', '2026-03-29T01:00:00Z'],
    ['2026-10-25T03:00:00', '2026-10-25T02:00:00Z'],
    ['2026-07-01T12:00:00Z', '2026-07-01T12:00:00Z'],
  ])('are those of the zone that is named: %s', (text, utc) => {
    expect(parseTime(text, null, 'Europe/Berlin')).toBe(parseTime(utc, null));
  });

  it('are refused where clocks skip them or show them twice', () => {
    expect(parseTime('2026-03-29T02:30:00', null, 'Europe/Berlin')).toBe(undefined);
    expect(parseTime('2026-10-25T02:30:00', null, 'Europe/Berlin')).toBe(undefined);
  });
});
