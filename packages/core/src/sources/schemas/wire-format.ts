/** Bytes before the payload: a zero and the schema's number in four bytes, the highest first. */
export const wireHeaderBytes = 5;

/**
 * The number of the schema that a value in Confluent's wire format was written with; null when the value is in no such
 * format. Only the form is looked at: whether a registry knows the number is another question.
 */
export function schemaIdOf(bytes: Uint8Array): number | null {
  if (bytes.length < wireHeaderBytes || bytes[0] !== 0) return null;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(1);
}
