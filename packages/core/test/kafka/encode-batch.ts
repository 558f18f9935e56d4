import { crc32c } from '@node-rs/crc32';

/** A batch for tests, as a client could make it or as no client should: nothing is checked. */
export interface BatchDraft {
  readonly baseOffset?: bigint;
  readonly lastOffsetDelta?: number;
  readonly attributes?: number;
  readonly baseTimestamp?: bigint;
  readonly maxTimestamp?: bigint;
  readonly producerId?: bigint;
  /** What the header says; as many as there are records unless told otherwise. */
  readonly count?: number;
  readonly magic?: number;
  /** Each record as it lies in the batch, its length in front. */
  readonly records?: readonly Buffer[];
}

export function encodeBatch(draft: BatchDraft): Buffer {
  const records = draft.records ?? [];
  const batch = Buffer.concat([Buffer.alloc(61), ...records]);
  batch.writeBigInt64BE(draft.baseOffset ?? 0n, 0);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt32BE(7, 12);
  batch.writeInt8(draft.magic ?? 2, 16);
  batch.writeInt16BE(draft.attributes ?? 0, 21);
  batch.writeInt32BE(draft.lastOffsetDelta ?? Math.max(0, records.length - 1), 23);
  batch.writeBigInt64BE(draft.baseTimestamp ?? 1_000n, 27);
  batch.writeBigInt64BE(draft.maxTimestamp ?? 2_000n, 35);
  batch.writeBigInt64BE(draft.producerId ?? -1n, 43);
  batch.writeInt16BE(-1, 51);
  batch.writeInt32BE(-1, 53);
  batch.writeInt32BE(draft.count ?? records.length, 57);
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}

export interface RecordDraft {
  readonly timeDelta?: bigint;
  readonly offsetDelta?: number;
  readonly key?: Buffer | null;
  readonly value?: Buffer | null;
  readonly headers?: readonly (readonly [string, Buffer | null])[];
}

export function encodeRecord(draft: RecordDraft): Buffer {
  const headers = draft.headers ?? [];
  return withLength(
    Buffer.concat([
      Buffer.from([0]),
      varint(draft.timeDelta ?? 0n),
      varint(draft.offsetDelta ?? 0),
      lengthAndBytes(draft.key ?? null),
      lengthAndBytes(draft.value ?? null),
      varint(headers.length),
      ...headers.flatMap(([name, value]) => [lengthAndBytes(Buffer.from(name)), lengthAndBytes(value)]),
    ]),
  );
}

/** A record with its length in front. */
export function withLength(body: Buffer): Buffer {
  return Buffer.concat([varint(body.length), body]);
}

/** A zigzag varint of up to 64 bits. */
export function varint(value: number | bigint): Buffer {
  const signed = BigInt(value);
  let rest = BigInt.asUintN(64, (signed << 1n) ^ (signed >> 63n));
  const bytes: number[] = [];
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

function lengthAndBytes(bytes: Buffer | null): Buffer {
  return bytes === null ? varint(-1) : Buffer.concat([varint(bytes.length), bytes]);
}
