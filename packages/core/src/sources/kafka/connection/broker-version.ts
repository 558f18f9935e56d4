/** What a broker says of one kind of request. */
export interface ApiVersionRange {
  readonly key: number;
  readonly min: number;
  readonly max: number;
}

/** The requests that are made here, and the newest version of each that kafkajs 2.2.4 speaks. */
const spoken = [
  { name: 'Fetch', key: 1, newest: 11 },
  { name: 'ListOffsets', key: 2, newest: 3 },
  { name: 'Metadata', key: 3, newest: 6 },
  { name: 'OffsetFetch', key: 9, newest: 4 },
  { name: 'FindCoordinator', key: 10, newest: 2 },
  { name: 'ApiVersions', key: 18, newest: 2 },
  { name: 'DescribeConfigs', key: 32, newest: 2 },
] as const;

/** A broker never says its version; what requests it speaks tells the range. */
export function guessBrokerVersion(versions: readonly ApiVersionRange[]): string {
  const of = (key: number): ApiVersionRange | undefined => versions.find((range) => range.key === key);
  const fetch = of(1);
  // KIP-896 took the oldest versions away with 4.0.
  if ((fetch?.min ?? 0) >= 4) return '4.x';
  if (of(65) !== undefined) return '3.x';
  if ((fetch?.max ?? 0) >= 12) return '2.7 to 2.8';
  if ((fetch?.max ?? 0) >= 8) return '2.0 to 2.6';
  return (fetch?.max ?? 0) >= 4 ? '0.11 to 1.x' : 'before 0.11';
}

/** The requests that this broker and this client have no version of in common; from batches before 0.11 nothing is read. */
export function requestsNotSpoken(versions: readonly ApiVersionRange[]): string[] {
  return spoken
    .filter(({ key, newest }) => {
      const range = versions.find((each) => each.key === key);
      return range === undefined || range.min > newest || (key === 1 && range.max < 4);
    })
    .map(({ name }) => name);
}
