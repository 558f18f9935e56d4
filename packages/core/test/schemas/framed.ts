/** A value in the wire format: a zero, the schema's number, and then the payload. */
export function framed(id: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(id, 1);
  return Buffer.concat([header, payload]);
}

/** Message indexes as zigzag varints, with their count before them; `[0]` as a single zero. */
export function messageIndexes(...indexes: readonly number[]): Buffer {
  if (indexes.length === 1 && indexes[0] === 0) return Buffer.of(0);
  return Buffer.from([indexes.length, ...indexes].map((index) => index * 2));
}
