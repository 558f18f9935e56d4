import { describe, expect, it } from 'vitest';
import { createWorkerInstance } from './create-worker-instance.js';
import { defineWorker } from './define-worker.js';
import { decodeStoredValues } from '../model/log/decode-value.js';
import { EventPage } from '../model/log/event-page.js';
import { keepDigits } from '../model/json/keep-digits.js';
import { isDoubleText } from '../model/json/exact-number.js';
import { readAnswer } from './process/read-answer.js';
import { eventOfProcess } from './process/event-of-process.js';
import { somePartition, thrownBy } from '../../test/worker-fixtures.js';
import type { Worker } from './worker.js';

const worker = (numbers?: 'exact' | 'text'): Worker =>
  defineWorker({
    name: 'orders',
    version: '1',
    key: () => 'a',
    evolve: () => 1,
    ...(numbers !== undefined && { numbers }),
  });

function pageOfTexts(...texts: readonly string[]): EventPage {
  return new EventPage({
    offsets: texts.map((_, offset) => offset),
    timestamps: texts.map(() => NaN),
    keys: texts.map(() => null),
    headers: null,
    decodeValues: () => decodeStoredValues(texts),
    valueBytes: (index) => Buffer.from(texts[index] ?? '', 'utf8'),
    keyBytes: () => null,
  });
}

const page = pageOfTexts(
  '{"id":1}',
  '{"order":{"id":1669859068457630241,"n":1.5}}',
  '[1e400]',
  '{"note":"1669859068457630241, 1e400, "}',
  '{"rate":0.1234567890123456789}',
);

describe('an event with a number that a double cannot give back', () => {
  it('is a fault with its path, and no other event is', () => {
    const instance = createWorkerInstance(worker());
    expect(instance.event(page, 0, somePartition).value).toEqual({ id: 1 });
    expect(thrownBy(() => instance.event(page, 1, somePartition))).toMatchObject({
      code: 'inexact-number',
      message: expect.stringContaining('orders[3]@1: $.order.id is a number that a double cannot hold') as string,
      details: { path: '$.order.id', event: { offset: '1' } },
    });
    expect(thrownBy(() => instance.event(page, 2, somePartition))).toMatchObject({ details: { path: '$[0]' } });
    expect(instance.event(page, 3, somePartition).value).toEqual({ note: '1669859068457630241, 1e400, ' });
  });

  it('has texts where the worker says so, and numbers everywhere else', () => {
    const instance = createWorkerInstance(worker('text'));
    expect(instance.event(page, 1, somePartition).value).toEqual({ order: { id: '1669859068457630241', n: 1.5 } });
    expect(instance.event(page, 2, somePartition).value).toEqual(['1e400']);
    expect(instance.event(page, 0, somePartition).value).toEqual({ id: 1 });
  });

  it('goes to a process as it stands where it is an integer, as text where that is asked for, and else not at all', () => {
    const sent = (index: number, numbers?: 'text') =>
      eventOfProcess(worker(numbers), page, index, somePartition, 5).text;
    expect(sent(1)).toContain('"value":{"order":{"id":1669859068457630241,"n":1.5}}');
    expect(sent(1, 'text')).toContain('"value":{"order":{"id":"1669859068457630241","n":1.5}}');
    expect(sent(4, 'text')).toContain('"value":{"rate":"0.1234567890123456789"}');
    expect(thrownBy(() => sent(4))).toMatchObject({ code: 'inexact-number', details: { path: '$.rate' } });
  });

  it('is seen with its digits by whoever only looks', () => {
    expect(page.valueWithDigits(1)).toEqual({ order: { id: '1669859068457630241', n: 1.5 } });
    expect(page.valueWithDigits(0)).toEqual({ id: 1 });
  });
});

describe('the answer of a process', () => {
  it('may have the digits of doubles, and marks what no double has', () => {
    const line = '{"type":"effects","batch":1,"a":0.10000000000000001,"b":12345678901234.5678}';
    const answer = readAnswer(line, 'effects', 1);
    expect(answer['a']).toBe(0.1);
    expect(() => JSON.stringify(answer['b'])).toThrow('no exact JSON value');
    expect(keepDigits(line, isDoubleText)?.path).toBe('$.b');
  });
});

describe('the definition of a worker', () => {
  it('refuses another word than exact and text', () => {
    expect(thrownBy(() => worker('txt' as never))).toMatchObject({ code: 'invalid-worker' });
  });
});
