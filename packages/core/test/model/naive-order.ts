import type { PartitionId } from '../../src/model/log/partition-id.js';
import { locationKey, type Scenario, type ScenarioEvent, type ScenarioPartition } from './scenario.js';

export interface OrderedEvent {
  readonly partition: ScenarioPartition;
  readonly event: ScenarioEvent;
  readonly effective: number;
  readonly now: number;
}

export interface NaiveOrder {
  /** All events that are replayed, lane by lane, each lane in its order. A lane may be empty. */
  readonly lanes: readonly (readonly OrderedEvent[])[];
  readonly counts: Record<'missing' | 'falling' | 'negative' | 'unconfirmed' | 'equal', number>;
}

/** Assigns every event its effective value from the whole log in memory, then sorts. */
export function orderNaively(scenario: Scenario): NaiveOrder {
  const counts = { missing: 0, falling: 0, negative: 0, unconfirmed: 0, equal: 0 };
  const byPartition = sortPartitions(scenario).map((partition) => orderPartition(scenario, partition, counts));
  const lanes = scenario.worker.locality === 'partition' ? byPartition : [byPartition.flat()];
  for (const lane of lanes) lane.sort(compareEvents);
  return { lanes, counts };
}

export function sortPartitions(scenario: Scenario): readonly ScenarioPartition[] {
  return [...scenario.partitions].sort((a, b) => compareIds(a.id, b.id));
}

/** Events that somebody holds and that were there at planning, from the start on. */
export function presentEvents(partition: ScenarioPartition): readonly ScenarioEvent[] {
  const isHeld = (offset: number): boolean =>
    partition.ranges.some(({ from, to, held }) => held && from <= offset && offset < to);
  return partition.events
    .filter(({ offset }) => offset >= partition.start && offset < partition.logEnd && isHeld(offset))
    .sort((a, b) => a.offset - b.offset);
}

function orderPartition(
  scenario: Scenario,
  partition: ScenarioPartition,
  counts: NaiveOrder['counts'],
): OrderedEvent[] {
  const present = presentEvents(partition);
  const values = present.map((event) => rawValue(scenario, partition.id, event));
  const isTime = scenario.order.by === 'time';
  const maxStep = scenario.order.by === 'time' ? scenario.order.maxStepMs : Infinity;
  const ordered: OrderedEvent[] = [];
  let watermark = partition.watermark;
  let clock = partition.clock;
  present.forEach((event, index) => {
    if (event.offset >= partition.end) return;
    const value = values[index] as number;
    if (Number.isNaN(value)) counts.missing++;
    else if (isTime && value < 0) counts.negative++;
    else if (value < watermark) counts.falling++;
    else if (value === watermark) counts.equal++;
    else if (
      value > watermark + maxStep &&
      !confirms(values.slice(index + 1, index + 101), value - maxStep, watermark)
    ) {
      counts.unconfirmed++;
    } else watermark = value;
    if (isTime) clock = watermark;
    else if (event.time >= 0) clock = event.time;
    ordered.push({ partition, event, effective: watermark, now: clock });
  });
  return ordered;
}

function confirms(behind: readonly number[], least: number, watermark: number): boolean {
  let forIt = 0;
  let against = 0;
  for (const value of behind) {
    if (value >= Math.max(0, least)) forIt++;
    else if (value >= 0) against++;
  }
  if (forIt + against === 0) return watermark === -Infinity;
  return forIt > against;
}

function rawValue(scenario: Scenario, id: PartitionId, event: ScenarioEvent): number {
  switch (scenario.order.by) {
    case 'time':
      return event.time;
    case 'recorded':
      return scenario.order.ranks.get(locationKey(id, event.offset)) ?? NaN;
    case 'field':
      return fieldOf(event.value, scenario.order.path);
  }
}

function fieldOf(text: string | null, path: string): number {
  try {
    let value: unknown = JSON.parse(text ?? 'null');
    for (const name of path.split('.')) {
      if (value === null || typeof value !== 'object') return NaN;
      value = Object.getOwnPropertyDescriptor(value, name)?.value;
    }
    if (typeof value === 'number') return value;
    if (typeof value !== 'string') return NaN;
    const digits = value.startsWith('-') ? value.slice(1) : value;
    return digits.length >= 1 && digits.length <= 15 && [...digits].every((c) => c >= '0' && c <= '9')
      ? Number(value)
      : NaN;
  } catch {
    return NaN;
  }
}

const less = (a: string | number, b: string | number): number => (a === b ? 0 : a < b ? -1 : 1);

function compareIds(a: PartitionId, b: PartitionId): number {
  return (
    less(a.topic, b.topic) ||
    less(a.partition, b.partition) ||
    less(a.source, b.source) ||
    less(a.incarnation, b.incarnation)
  );
}

function compareEvents(a: OrderedEvent, b: OrderedEvent): number {
  return (
    less(a.effective, b.effective) || compareIds(a.partition.id, b.partition.id) || less(a.event.offset, b.event.offset)
  );
}
