import { confirmationWindow, type OrderCounts, type OrderSpec } from '../../model/order/order-spec.js';
import type { EventPage } from '../../model/log/event-page.js';
import type { Offset } from '../../model/event/offset.js';
import type { PartitionOrderState } from '../../model/position/position.js';
import { createAbsentCounter, type AbsentOffsets } from './absent-offsets.js';
import type { OrderValueOf } from './order-value.js';
import { placeInOrder } from './place-in-order.js';
import type { PlainPartition } from './plain-partition.js';
import { readUpcoming } from './upcoming-events.js';

/** An event on the path, with its place in the order and the clock that the worker gets. */
export interface WalkedEvent {
  readonly offset: Offset;
  readonly page: EventPage;
  readonly index: number;
  /** Effective order value: never falls inside the partition. */
  readonly effective: number;
  readonly now: number;
}

/** One partition, event by event in the order of offsets, from `start` to before `end`. */
export interface PartitionWalk {
  readonly partition: PlainPartition;
  /** The event where the walk stands; null at the end. */
  readonly current: WalkedEvent | null;
  /** Goes on to the next event; to be awaited when it gives a promise. */
  advance(): Promise<void> | undefined;
  /** Offsets without an event so far; all of them once `current` is null. */
  absent(): AbsentOffsets;
  repeated(): number;
  order(): OrderCounts;
  /** State of the order at the current event, or behind the last one. */
  standing(): PartitionOrderState;
  close(): void;
}

/** Opens the walk and stands at the first event. */
export async function walkPartition(
  partition: PlainPartition,
  order: OrderSpec,
  orderValueOf: OrderValueOf,
  requestOffsets: number,
): Promise<PartitionWalk> {
  const largestStep = partition.timesConfirmed === true ? Infinity : order.by === 'time' ? order.maxStepMs : null;
  const maxStep = order.by === 'time' ? largestStep : null;
  const absent = createAbsentCounter(partition.holes);
  const upcoming = readUpcoming(partition, orderValueOf, {
    until: order.by === 'time' ? Math.max(partition.end, partition.logEnd) : partition.end,
    ahead: order.by === 'time' ? confirmationWindow : 0,
    requestOffsets,
    onHole: absent.addHole,
  });
  const counts = { missing: 0, falling: 0, negative: 0, unconfirmed: 0, equal: 0 };
  let nextOffset = partition.start;
  let watermark = partition.watermark;
  let clock = partition.clock;
  let current: WalkedEvent | null = null;

  const stand = (): void => {
    const event = upcoming.first();
    if (event === undefined || event.offset >= partition.end) {
      absent.count(nextOffset, partition.end);
      current = null;
      return;
    }
    const { offset, page, index, orderValue } = event;
    absent.count(nextOffset, offset);
    nextOffset = offset + 1;
    const placing = placeInOrder(orderValue, watermark, maxStep, upcoming.valuesBehind);
    if (placing === 'raises') watermark = orderValue;
    else counts[placing]++;
    const time = page.timestamps[index] as number;
    if (order.by === 'time') clock = watermark;
    else if (time >= 0) clock = time;
    current = { offset, page, index, effective: watermark, now: clock };
  };

  try {
    await upcoming.open();
    stand();
  } catch (error) {
    upcoming.close();
    throw error;
  }

  return {
    partition,
    get current() {
      return current;
    },
    advance() {
      const reading = upcoming.advance();
      if (reading === undefined) {
        stand();
        return undefined;
      }
      return reading.then(stand);
    },
    absent: absent.counts,
    repeated: upcoming.repeated,
    order: () => ({ ...counts }),
    standing: () => ({ watermark, clock }),
    close: upcoming.close,
  };
}
