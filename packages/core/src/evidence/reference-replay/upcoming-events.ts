import { describePartition } from '../../model/log/partition-id.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { EventPage } from '../../model/log/event-page.js';
import type { LogHole, PageReader } from '../../model/log/event-log.js';
import type { Offset } from '../../model/event/offset.js';
import type { OrderValueOf } from './order-value.js';
import type { PlainPartition } from './plain-partition.js';

/** One event of a partition with what the order needs of it. */
interface UpcomingEvent {
  readonly offset: Offset;
  /** What the event says about its place in the order; NaN for nothing usable. */
  readonly orderValue: number;
  readonly page: EventPage;
  readonly index: number;
}

export interface ReadingLimits {
  /** Reads stop before this offset. */
  readonly until: Offset;
  /** How many events behind the first one are wanted. */
  readonly ahead: number;
  /** Offsets that one read request spans; a range is read in one request where absent. */
  readonly requestOffsets: number;
  /** Told of holes that the log finds while it is read. */
  readonly onHole: (hole: LogHole) => void;
}

/** The events of a partition from some offset on, as far as they have been read. */
export interface UpcomingEvents {
  /** The first event; undefined when there is none left. */
  first(): UpcomingEvent | undefined;
  /** Order values of the events behind the first one. */
  valuesBehind(): readonly number[];
  /** Takes the first event off and reads on where needed; to be awaited when it gives a promise. */
  advance(): Promise<void> | undefined;
  /** Reads the first events. */
  open(): Promise<void>;
  /** Copies of offsets below `partition.end` that had been read before. */
  repeated(): number;
  close(): void;
}

export function readUpcoming(
  partition: PlainPartition,
  orderValueOf: OrderValueOf,
  limits: ReadingLimits,
): UpcomingEvents {
  let list: UpcomingEvent[] = [];
  let at = 0;
  let reader: PageReader | undefined;
  let requestEnd = 0;
  let nextRequest = partition.start;
  let lastOffset = partition.start - 1;
  let repeated = 0;
  let ended = false;

  const openReader = (): void => {
    const range = partition.ranges.find(({ to, log }) => log !== null && to > nextRequest);
    const from = Math.max(nextRequest, range?.from ?? Infinity);
    if (range?.log == null || from >= limits.until) {
      ended = true;
      return;
    }
    requestEnd = Math.min(range.to, limits.until, from + limits.requestOffsets);
    reader = range.log.read({ ...partition.id, from, to: requestEnd, onHole: limits.onHole });
    nextRequest = requestEnd;
  };

  const addPage = (page: EventPage): void => {
    list = list.slice(at);
    at = 0;
    for (let index = 0; index < page.count; index++) {
      const offset = page.offsets[index] as number;
      if (offset >= requestEnd) throw notAskedFor(partition, offset, requestEnd);
      if (offset <= lastOffset) {
        if (offset < partition.end) repeated++;
        continue;
      }
      lastOffset = offset;
      list.push({ offset, orderValue: orderValueOf(page, index, partition.id), page, index });
    }
  };

  const isEnough = (): boolean => ended || list.length - at > limits.ahead;

  const readOn = async (): Promise<void> => {
    while (!isEnough()) {
      if (reader === undefined) openReader();
      const page = await reader?.next();
      if (page) addPage(page);
      else closeReader();
    }
  };

  const closeReader = (): void => {
    reader?.close();
    reader = undefined;
  };

  return {
    first: () => list[at],
    valuesBehind: () => list.slice(at + 1, at + 1 + limits.ahead).map(({ orderValue }) => orderValue),
    advance() {
      at++;
      return isEnough() ? undefined : readOn();
    },
    open: readOn,
    repeated: () => repeated,
    close: closeReader,
  };
}

function notAskedFor(partition: PlainPartition, offset: Offset, end: Offset): RecoveryError {
  return new RecoveryError(
    'offsets-out-of-order',
    `the log gave offset ${offset} of ${describePartition(partition.id)} when it was asked for those before ${end}`,
    { hint: 'the log contradicts itself; check it, for an archive with `eventmend archive verify`' },
  );
}
