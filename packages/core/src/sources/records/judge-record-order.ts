import type { RecordedEventRef, RecordOrder } from '../../model/records/recorded-outputs.js';

/** What the first records show about the order that was stated for all of them. */
export interface OrderJudgement {
  readonly order: RecordOrder;
  /** In words, where it is another than the one that was stated; null otherwise. */
  readonly objection: string | null;
}

const fewRecords = 100;
const toleratedFalls = 0.05;

/**
 * Holds the stated order against the first records. A service that now and then handles an event twice or late makes few
 * falls inside a partition; many show that the records stand in another order than the handling, so that nothing may be
 * concluded from their order. Records that stand partition by partition tell the order inside of each only.
 */
export function judgeRecordOrder(stated: RecordOrder, events: Iterable<RecordedEventRef | null>): OrderJudgement {
  if (stated === 'unknown') return { order: 'unknown', objection: null };
  const last = new Map<string, number>();
  let records = 0;
  let falls = 0;
  let changes = 0;
  let before: string | null = null;
  for (const event of events) {
    if (event === null) continue;
    const partition = `${event.topic}/${event.partition}`;
    const previous = last.get(partition);
    records++;
    if (previous !== undefined && event.offset < previous) falls++;
    if (before !== null && before !== partition) changes++;
    before = partition;
    last.set(partition, event.offset);
  }
  if (records < fewRecords) return { order: stated, objection: null };
  if (falls / records > toleratedFalls) {
    return {
      order: 'unknown',
      objection:
        `offsets fall inside partitions ${count(falls)} times in the first ${count(records)} records, so this is not ` +
        'the order of handling: it counts as unknown',
    };
  }
  if (stated === 'handling' && last.size > 1 && changes === last.size - 1) {
    return {
      order: 'partition',
      objection: `the first ${count(records)} records stand partition by partition, so they tell the order inside of each only`,
    };
  }
  return { order: stated, objection: null };
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
