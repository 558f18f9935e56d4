import { scalarFields, type Scalar } from '../scalar-fields.js';
import type { GatheredEvent } from './gather-events.js';

/** Something that events can have in common. */
export interface EventProperty {
  /** In words: `type = cancelled`. */
  readonly name: string;
  readonly holds: (event: GatheredEvent) => boolean;
  /** How many values its field has among the events at hand: the fewer, the simpler a statement about one of them. */
  readonly values: number;
  /** A number that events happen to share says less of what they are than a text. */
  readonly isNumber: boolean;
}

const maxValues = 12;
const maxFields = 200;

/**
 * Fields of the values that have few distinct values, and the partitions. A field that is nearly different in every event
 * names events, not a property of them.
 * @param describe names a partition by its place
 */
export function eventProperties(
  events: readonly GatheredEvent[],
  describe: (place: number) => string,
): readonly EventProperty[] {
  const fields = new Map<string, { values: Map<Scalar, number>; events: number }>();
  const places = new Map<number, number>();
  for (const event of events) {
    places.set(event.place, (places.get(event.place) ?? 0) + 1);
    for (const [path, value] of scalarFields(event.event.value)) {
      const field = fields.get(path) ?? { values: new Map<Scalar, number>(), events: 0 };
      if (field.events === 0 && fields.size >= maxFields) continue;
      fields.set(path, field);
      field.events++;
      if (field.values.size <= maxValues) field.values.set(value, (field.values.get(value) ?? 0) + 1);
    }
  }
  const properties: EventProperty[] = [];
  for (const [path, { values, events: having }] of fields) {
    if (values.size > maxValues || values.size * 2 > Math.max(having, 4)) continue;
    for (const [value, count] of values) {
      if (count === events.length) continue;
      properties.push({
        name: `${path} = ${typeof value === 'string' ? value : JSON.stringify(value)}`,
        holds: ({ event }) => valueAt(event.value, path) === value,
        values: values.size,
        isNumber: typeof value === 'number',
      });
    }
  }
  if (places.size > 1) {
    for (const place of places.keys()) {
      properties.push({
        name: describe(place),
        holds: (event) => event.place === place,
        values: places.size,
        isNumber: false,
      });
    }
  }
  return properties.sort(
    (a, b) => Number(a.isNumber) - Number(b.isNumber) || a.values - b.values || (a.name < b.name ? -1 : 1),
  );
}

function valueAt(value: unknown, path: string): Scalar | undefined {
  for (const [at, found] of scalarFields(value)) if (at === path) return found;
  return undefined;
}
