import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { EventPage } from '../../model/log/event-page.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { AssignOptions } from './assign-order.js';
import type { OrderSpec } from '../../model/order/order-spec.js';
import type { RecordedRanks } from '../../model/order/recorded-ranks.js';

/** Reads the raw order values of the events of a page; NaN where an event has none. */
export interface OrderValues {
  readonly options: AssignOptions;
  /** True when the value's own clock is the order, so that both come out of one computation. */
  readonly isTime: boolean;
  read(page: EventPage, partition: PartitionId): ArrayLike<number>;
}

export function orderValuesFor(spec: OrderSpec, recorded: RecordedRanks | null): OrderValues {
  switch (spec.by) {
    case 'time':
      return {
        options: { maxStep: spec.maxStepMs, nonNegative: true },
        isTime: true,
        read: (page) => page.timestamps,
      };
    case 'field': {
      const readField = fieldReader(spec.path);
      return {
        options: { maxStep: Infinity, nonNegative: false },
        isTime: false,
        read: (page) => {
          const column = new Float64Array(page.count);
          for (let index = 0; index < page.count; index++) column[index] = readField(page.valueWithDigits(index));
          return column;
        },
      };
    }
    case 'recorded': {
      if (recorded === null) {
        throw new RecoveryError('invalid-configuration', 'the order is recorded, but there is no recording', {
          hint: 'name the file of the recorded order in the incident: order: { by: recorded, file: … }',
        });
      }
      return {
        options: { maxStep: Infinity, nonNegative: false },
        isTime: false,
        read: (page, partition) => recorded.ranks(partition, page.offsets),
      };
    }
  }
}

function fieldReader(path: string): (value: unknown) => number {
  const names = path.split('.');
  const only = names.length === 1 ? (names[0] ?? '') : null;
  return (value) => {
    let found = value;
    if (only !== null) {
      found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[only] : undefined;
    } else {
      for (const name of names) {
        if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return NaN;
        found = (found as Record<string, unknown>)[name];
      }
    }
    if (typeof found === 'number') return Number.isFinite(found) ? found : NaN;
    // Digits as text, as large ids travel; beyond 2^53 they would lose their order.
    if (typeof found === 'string' && /^-?\d{1,15}$/.test(found)) return Number(found);
    return NaN;
  };
}
