import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RecordEvent } from './compile-event-template.js';
import type { EventTemplate, TemplateField } from './event-template.js';
import { readRecordEvents } from './open-external-records.js';

const folder = mkdtempSync(join(tmpdir(), 'eventmend-template-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function make(row: string, template: Partial<EventTemplate>): Promise<RecordEvent | undefined> {
  const csv = !row.startsWith('{');
  const file = join(folder, csv ? 'rows.csv' : 'rows.ndjson');
  writeFileSync(file, csv ? `ref;account;at;amount;kind;more\n${row}\n` : `${row}\n`);
  const input = { kind: 'file', file, format: csv ? 'csv' : 'ndjson', ...(csv && { delimiter: ';' }) } as const;
  const mapping = {
    id: { column: 'ref', optional: true },
    key: 'account',
    time: { column: 'at' },
    amount: csv ? ({ column: 'amount', decimal: 'comma' } as const) : { column: 'amount' },
    type: { column: 'kind' },
  };
  const whole: EventTemplate = { topic: 'payments', key: null, value: { form: 'row' }, ...template };
  for await (const [made] of readRecordEvents(input, mapping, whole, () => true)) return made?.event;
  return undefined;
}

const fields = (...all: readonly TemplateField[]): Partial<EventTemplate> => ({
  value: { form: 'fields', fields: all },
});
const cents = (as: 'number' | 'text'): TemplateField => ({ field: 'cents', mapped: 'amount', as, factor: '100' });
const csv = '007;DE1;2026-03-01T08:00:00Z;1234,50;paid;"{""a"":1}"';

describe('the event of a row', () => {
  it('has fields of columns, constants and what the mapping makes, in this order, also inside of others', async () => {
    const template = fields(
      { field: 'type', constant: 'payment' },
      { field: 'payer.account', column: 'account' },
      cents('number'),
      { field: 'at', mapped: 'time', as: 'text' },
      { field: 'ms', mapped: 'time', as: 'number' },
      { field: 'id', mapped: 'id', as: 'text' },
      { field: 'payer.more', column: 'more', type: 'json' },
    );
    const event = await make(csv, { ...template, key: { mapped: 'key' } });
    expect(event).toEqual({
      topic: 'payments',
      key: 'DE1',
      headers: null,
      value:
        '{"type":"payment","payer":{"account":"DE1","more":{"a":1}},"cents":123450,"at":"2026-03-01T08:00:00.000Z","ms":1772352000000,"id":"007"}',
    });
  });

  it('is the whole row, or a column with JSON, with headers of a column', async () => {
    const row = '{"account":"a","at":"2026-03-01T08:00:00Z","amount":1.5,"kind":"paid","h":{"x":"y"}}';
    expect((await make(row, { headers: 'h', value: { form: 'row', drop: ['h'] } }))?.headers).toEqual([['x', 'y']]);
    expect((await make(row, { value: { form: 'row', drop: ['h', 'at'] } }))?.value).toBe(
      '{"account":"a","amount":1.5,"kind":"paid"}',
    );
    expect((await make(csv, { value: { form: 'column', column: 'more', type: 'json' } }))?.value).toBe('{"a":1}');
    expect(await make(row, { key: 'kind' })).toMatchObject({ key: 'paid' });
  });

  it('keeps every digit of an amount, as a text or as an exact number, and loses none silently', async () => {
    const long = '1;DE1;2026-03-01T08:00:00Z;90071992547409931234,56;paid;';
    expect((await make(long, fields(cents('text'))))?.value).toBe('{"cents":"9007199254740993123456"}');
    await expect(make(long, fields(cents('number')))).rejects.toMatchObject({ code: 'invalid-field' });
    await expect(make(long, fields(cents('number')))).rejects.toThrow(/row 1: the amount .* "cents"/);
    const tenth = '1;DE1;2026-03-01T08:00:00Z;0,001;paid;';
    expect((await make(tenth, fields(cents('number'))))?.value).toBe('{"cents":0.1}');
    const row = (digits: string) => `{"account":"a","at":"2026-03-01T08:00:00Z","amount":${digits},"kind":"paid"}`;
    await expect(make(row('12345678901234567890'), {})).rejects.toMatchObject({ code: 'invalid-field' });
    expect((await make(row('12345678901234567890'), { numbers: 'text' }))?.value).toContain('"12345678901234567890"');
  });

  it('makes no number of an id that would not come back the same', async () => {
    await expect(make(csv, fields({ field: 'id', mapped: 'id', as: 'number' }))).rejects.toThrow(/the id/);
    const seven = await make(csv.replace('007', '7'), fields({ field: 'id', mapped: 'id', as: 'number' }));
    expect(seven?.value).toBe('{"id":7}');
  });

  it('is refused where fields take the place of each other', async () => {
    const twice = fields({ field: 'a', constant: 1 }, { field: 'a.b', constant: 2 });
    await expect(make(csv, twice)).rejects.toMatchObject({ code: 'invalid-configuration' });
  });

  it('is refused where the row lacks a column', async () => {
    await expect(make(csv, fields({ field: 'a', column: 'acount' }))).rejects.toThrow(/no column "acount"/);
  });
});
