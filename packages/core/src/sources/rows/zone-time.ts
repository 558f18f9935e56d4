const formats = new Map<string, Intl.DateTimeFormat>();
/** By zone and quarter of an hour: clocks are changed at no other moments. */
const offsets = new Map<string, number>();

/** True for the name of a zone that this Node knows, such as `Europe/Berlin`. */
export function isTimeZone(name: string): boolean {
  try {
    return formatOf(name) !== null;
  } catch {
    return false;
  }
}

/**
 * The instant at which clocks in a zone show a time; `shown` is that time as if it were UTC. Undefined for one that they
 * skip in spring, and for one that they show twice in autumn: which of the two it was cannot be told.
 */
export function instantInZone(shown: number, zone: string): number | undefined {
  const hour = 3_600_000;
  const candidates = new Set([-26, -13, 0, 13, 26].map((hours) => shown - zoneOffsetAt(shown + hours * hour, zone)));
  const instants = [...candidates].filter((instant) => instant + zoneOffsetAt(instant, zone) === shown);
  return instants.length === 1 ? instants[0] : undefined;
}

/** How far a zone is ahead of UTC at an instant, in milliseconds. @throws RangeError for a zone that this Node does not know */
export function zoneOffsetAt(instant: number, zone: string): number {
  if (zone === 'UTC') return 0;
  const quarter = `${zone} ${Math.floor(instant / 900_000)}`;
  let offset = offsets.get(quarter);
  if (offset === undefined) {
    if (offsets.size > 10_000) offsets.clear();
    offsets.set(quarter, (offset = computeOffset(instant, zone)));
  }
  return offset;
}

function computeOffset(instant: number, zone: string): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}
