import type { OutputKind } from '../../model/outputs/output.js';

/** An output's value as it stands in the topic: JSON. No latest value at all is a tombstone, as Kafka knows it. */
export function valueBytes(value: unknown, kind: OutputKind): Uint8Array | null {
  if (value === null && kind === 'latest') return null;
  return Buffer.from(JSON.stringify(value), 'utf8');
}
