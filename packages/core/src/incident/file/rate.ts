import type { KafkaLogSettings } from '../../sources/kafka/log/open-kafka-log.js';

type RateLimit = NonNullable<KafkaLogSettings['rate']>;

const factors: Readonly<Record<string, number>> = { '': 1, k: 1000, m: 1_000_000, g: 1_000_000_000 };

/** `20MB/s`, `500kB/s` or `5000 events/s`; null for anything else. */
export function parseRate(text: string): RateLimit | null {
  const [, digits, prefix = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([kmg]?)(b|events?)\/s$/i.exec(text.trim()) ?? [];
  const value = Number(digits) * (factors[prefix.toLowerCase()] ?? NaN);
  if (!(value > 0)) return null;
  return unit.toLowerCase() === 'b' ? { bytesPerSecond: value } : { eventsPerSecond: value };
}
