import type { EventPage } from '../../model/log/event-page.js';
import type { OrderSpec } from '../../model/order/order-spec.js';
import type { Offset } from '../../model/event/offset.js';
import type { PartitionId } from '../../model/log/partition-id.js';

/** The place of an event in a recorded live order; undefined for one that the list does not name. */
export type RecordedRanks = (partition: PartitionId, offset: Offset) => number | undefined;

/** What one event of a page says about its place in the order; NaN where it says nothing usable. */
export type OrderValueOf = (page: EventPage, index: number, partition: PartitionId) => number;

/** Reads order values as the spec says. They are finite or NaN. */
export function orderValueReader(order: OrderSpec, ranks: RecordedRanks | undefined): OrderValueOf {
  switch (order.by) {
    case 'time':
      return (page, index) => finiteOrNone(page.timestamps[index]);
    case 'field': {
      const names = order.path.split('.');
      return (page, index) => fieldValue(page.valueWithDigits(index), names);
    }
    case 'recorded':
      return (page, index, partition) => finiteOrNone(ranks?.(partition, page.offsets[index] as number));
  }
}

/** The number at a path of own properties: a number, or a text of up to 15 digits, which a double holds exactly. */
function fieldValue(value: unknown, names: readonly string[]): number {
  let inner = value;
  for (const name of names) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, name)) return NaN;
    inner = (inner as Record<string, unknown>)[name];
  }
  if (typeof inner === 'string') return /^-?[0-9]{1,15}$/.test(inner) ? Number(inner) : NaN;
  return finiteOrNone(inner);
}

function finiteOrNone(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : NaN;
}
