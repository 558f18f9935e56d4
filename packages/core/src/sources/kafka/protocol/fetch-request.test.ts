import { expect, test } from 'vitest';
import { fetchRequest } from './fetch-request.js';
import { WireWriter } from './wire-writer.js';

const settings = {
  topicId: '0'.repeat(32),
  partition: 3,
  offset: 7,
  readCommitted: true,
  maxBytes: 1000,
  maxWaitMs: 10,
};

test('an answer without the partition, as a broker gives to clients above their quota, says nothing of the log', () => {
  const answer = new WireWriter()
    .noTags()
    .int32(500)
    .int16(0)
    .int32(0)
    .compactArray([], () => undefined)
    .noTags();
  expect(fetchRequest(settings).read(answer.bytes())).toMatchObject({ answered: false, throttleMs: 500, errorCode: 0 });
});

test('ends, aborted transactions and records of a partition', () => {
  const answer = new WireWriter().noTags().int32(0).int16(0).int32(0);
  answer
    .compactArray([0], () => {
      answer
        .uuid('0'.repeat(32))
        .compactArray([0], () => {
          answer.int32(3).int16(0).int64(90).int64(80).int64(5);
          answer.compactArray([11, 12], (producer) => void answer.int64(producer).int64(40).noTags());
          answer.int32(-1).uvarint(1).noTags();
        })
        .noTags();
    })
    .noTags();
  expect(fetchRequest(settings).read(answer.bytes())).toMatchObject({
    answered: true,
    highWatermark: 90,
    lastStableOffset: 80,
    logStartOffset: 5,
    aborted: [
      { producerId: 11, firstOffset: 40 },
      { producerId: 12, firstOffset: 40 },
    ],
  });
});

test('an answer that is cut short is told, wherever it is cut', () => {
  const whole = new WireWriter()
    .noTags()
    .int32(0)
    .int16(0)
    .int32(0)
    .compactArray([], () => undefined)
    .noTags()
    .bytes();
  for (let length = 0; length < whole.length - 1; length++) {
    expect(() => fetchRequest(settings).read(whole.subarray(0, length))).toThrow(/not understood: cut short/);
  }
});
