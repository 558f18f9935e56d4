import type { OutputKind } from '../../model/outputs/output.js';

/** An output's value as it stands in the topic: JSON. No latest value at all is a tombstone, as Kafka knows it. */
export function valueText(value: unknown, kind: OutputKind): string | null {
  return value === null && kind === 'latest' ? null : JSON.stringify(value);
}
