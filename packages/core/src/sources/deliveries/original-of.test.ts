import { describe, expect, it } from 'vitest';
import type { EventHeaders, HeaderValue } from '../../model/log/event-page.js';
import { knownDeliveryHeaders } from './delivery-topic.js';
import { originalOf } from './original-of.js';

/** A header of bytes as a log gives it: as text where it is UTF-8. */
function header(bytes: Uint8Array): HeaderValue {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') };
  }
}

function int(value: number): HeaderValue {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return header(bytes);
}

function long(value: bigint): HeaderValue {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return header(bytes);
}

const spring = { headers: knownDeliveryHeaders.spring };
const connect = { headers: knownDeliveryHeaders.connect };
const custom = { headers: [{ topic: 't', partition: 'p', offset: 'o' }] };

function springHeaders(partition: HeaderValue, offset: HeaderValue, prefix = 'kafka_dlt-original'): EventHeaders {
  return [
    ['id', 'x1'],
    [`${prefix}-topic`, 'orders'],
    [`${prefix}-partition`, partition],
    [`${prefix}-offset`, offset],
  ];
}

describe('the original of a delivery', () => {
  it.each([
    [0, 0n],
    [3, 17n],
    [11, 255n],
    [200, 65_536n],
    [199_999, 18_204_933n],
    [2 ** 31 - 1, BigInt(Number.MAX_SAFE_INTEGER)],
  ])('is read from what Spring Kafka writes: partition %d, offset %d', (partition, offset) => {
    const original = { topic: 'orders', partition, offset: Number(offset) };
    expect(originalOf(springHeaders(int(partition), long(offset)), spring)).toEqual(original);
    expect(originalOf(springHeaders(int(partition), long(offset), 'kafka_original'), spring)).toEqual(original);
  });

  it('is read from bytes that are no text, and from bytes that are', () => {
    expect(int(200)).toEqual({ base64: 'AAAAyA==' });
    expect(long(17n)).toBe('\0\0\0\0\0\0\0\u0011');
  });

  it('is the last one, where each failure added its headers', () => {
    const headers = [...springHeaders(int(3), long(17n)), ...springHeaders(int(4), long(18n))];
    expect(originalOf(headers, spring)).toEqual({ topic: 'orders', partition: 4, offset: 18 });
  });

  it('is read from what Kafka Connect writes', () => {
    const headers: EventHeaders = [
      ['__connect.errors.topic', 'orders'],
      ['__connect.errors.partition', '7'],
      ['__connect.errors.offset', '12345678'],
    ];
    expect(originalOf(headers, connect)).toEqual({ topic: 'orders', partition: 7, offset: 12_345_678 });
    expect(originalOf(headers, spring)).toBeNull();
  });

  it('is read from headers of any name, as text and as bytes', () => {
    const headers: EventHeaders = [
      ['t', 'orders'],
      ['p', long(2n)],
      ['o', '9007199254740991'],
    ];
    expect(originalOf(headers, custom)).toEqual({ topic: 'orders', partition: 2, offset: Number.MAX_SAFE_INTEGER });
  });

  it('is none without headers, or without one of the three', () => {
    const whole = springHeaders(int(3), long(17n));
    expect(originalOf(null, spring)).toBeNull();
    for (const [absent] of whole.slice(1)) {
      expect(
        originalOf(
          whole.filter(([name]) => name !== absent),
          spring,
        ),
      ).toBeNull();
    }
    expect(originalOf(springHeaders(int(3), null), spring)).toBeNull();
  });

  it.each<[string, HeaderValue, HeaderValue, HeaderValue]>([
    ['t', '', '1', '1'],
    ['t', { base64: '/w==' }, '1', '1'],
    ['p', 'orders', 'one', '1'],
    ['p', 'orders', '-1', '1'],
    ['p', 'orders', int(-1), '1'],
    ['p', 'orders', '2147483648', '1'],
    ['p', 'orders', '', '1'],
    ['o', 'orders', '1', '9007199254740992'],
    ['o', 'orders', '1', '1e3'],
    ['o', 'orders', '1', long(2n ** 53n)],
    ['o', 'orders', '1', long(-1n)],
    ['o', 'orders', '1', { base64: 'AAAAAAE=' }],
  ])('is an error where the header %s is none: %j %j %j', (name, t, p, o) => {
    const headers: EventHeaders = [
      ['t', t],
      ['p', p],
      ['o', o],
    ];
    expect(() => originalOf(headers, custom)).toThrow(
      expect.objectContaining({ code: 'invalid-field', message: expect.stringContaining(`the header ${name} is not`) }),
    );
  });
});
