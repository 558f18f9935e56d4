import { locationKey, type Scenario, type ScenarioPartition } from './scenario.js';
import { presentEvents } from './naive-order.js';

/**
 * Makes a scenario one that the whole way from an archive to a verified run can carry out: from the beginning of the log
 * to its end, with nothing in the archive but what somebody holds, and partitions that differ in topic or number. Ranks
 * become places in a list, as a recording has them.
 */
export function wholeScenario(scenario: Scenario): Scenario {
  const seen = new Set<string>();
  const partitions = scenario.partitions.flatMap((partition): ScenarioPartition[] => {
    const { topic, partition: number } = partition.id;
    const name = `${topic}|${number}`;
    const fromStart = { ...partition, start: 0, logEnd: Infinity };
    const events = presentEvents(fromStart).map((event) => ({ ...event, time: Math.round(event.time) }));
    if (seen.has(name) || events.length === 0) return [];
    seen.add(name);
    const first = events[0]?.offset ?? 0;
    const tip = (events.at(-1)?.offset ?? -1) + 1;
    return [
      {
        ...partition,
        start: 0,
        end: tip,
        logEnd: tip,
        watermark: -Infinity,
        clock: -Infinity,
        events,
        // A log describes the holes between its events; what is before the first is a gap at the front.
        holes: partition.holes.filter(({ from, to }) => from >= first && to <= tip),
        ranges: [{ from: 0, to: tip, held: true }],
      },
    ];
  });
  return withUsableField({
    ...scenario,
    partitions,
    order: listedOrder(scenario, partitions),
    forced: [],
    initialStates: [],
  });
}

/**
 * A field that cannot order is refused before anything is replayed, so that each event gets a number there. Where one cannot
 * have a field, the order is that of the times.
 */
function withUsableField(scenario: Scenario): Scenario {
  const { order } = scenario;
  if (order.by !== 'field') return scenario;
  let usable = true;
  const partitions = scenario.partitions.map((partition) => ({
    ...partition,
    events: partition.events.map((event) => {
      const value = withNumbers(event.value);
      usable &&= value !== null;
      return value === null ? event : { ...event, value };
    }),
  }));
  return usable ? { ...scenario, partitions } : { ...scenario, order: { by: 'time', maxStepMs: 86_400_000 } };
}

function withNumbers(text: unknown): string | null {
  if (typeof text !== 'string') return null;
  try {
    const value = JSON.parse(text) as { readonly n?: unknown; readonly order?: { readonly seq?: unknown } } | null;
    if (typeof value?.n !== 'number' || Array.isArray(value)) return null;
    const seq = Number(value.order?.seq);
    return JSON.stringify({ ...value, order: { seq: Number.isSafeInteger(seq) && seq < 1e15 ? seq : value.n } });
  } catch {
    return null;
  }
}

function listedOrder(scenario: Scenario, partitions: readonly ScenarioPartition[]): Scenario['order'] {
  const { order } = scenario;
  if (order.by !== 'recorded') return order;
  const places = partitions.flatMap(({ id, events }) => events.map(({ offset }) => locationKey(id, offset)));
  const listed = places
    .flatMap((place) => {
      const rank = order.ranks.get(place);
      return rank === undefined ? [] : [{ place, rank }];
    })
    .sort((a, b) => a.rank - b.rank);
  return { by: 'recorded', ranks: new Map(listed.map(({ place }, index) => [place, index])) };
}

/** The same without gaps and with a worker that remembers no ids: a snapshot of it can be proven. */
export function provableScenario(scenario: Scenario): Scenario {
  const { order } = scenario;
  const ranks = new Map<string, number>();
  const partitions = scenario.partitions.map((partition): ScenarioPartition => {
    const { id, events } = partition;
    events.forEach(({ offset }, index) => {
      const rank = order.by === 'recorded' ? order.ranks.get(locationKey(id, offset)) : undefined;
      if (rank !== undefined) ranks.set(locationKey(id, index), rank);
    });
    const tip = events.length;
    return {
      ...partition,
      end: tip,
      logEnd: tip,
      events: events.map((event, index) => ({ ...event, offset: index })),
      holes: [],
      ranges: [{ from: 0, to: tip, held: true }],
    };
  });
  const worker = { ...scenario.worker, deduplicationWindow: null };
  return { ...scenario, partitions, worker, order: order.by === 'recorded' ? { by: 'recorded', ranks } : order };
}
