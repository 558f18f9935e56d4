import {
  adoptReplayInputs,
  createMemoryRunStore,
  defaultTuning,
  lanesOf,
  parseOutputChunk,
  replayHere,
  type RecordedRanks,
  type ReplaySpec,
} from '@eventmend/core/engine';
import type { OrderSpec } from '@eventmend/core';
import type { Incident } from './build-incident.js';

export interface Replayed {
  readonly states: readonly { readonly key: string; readonly state: unknown }[];
  /** By partition, so that lanes need not be put together. */
  readonly outputs: readonly string[];
}

/** The engine over the log of an incident, from its beginning to its end, in the order of the incident. */
export function replayIncident(incident: Incident): Promise<Replayed> {
  return replay(incident, incident.situation.order, null);
}

/** The same in the order in which a service without faults handles the events. */
export function inOrderOfService(incident: Incident): Promise<Replayed> {
  return replay(incident, { by: 'recorded', file: 'as the service did' }, ranksOf(incident));
}

async function replay({ situation }: Incident, order: OrderSpec, ranks: RecordedRanks | null): Promise<Replayed> {
  const [{ log }] = situation.logs as [Incident['situation']['logs'][0]];
  const { partitions } = await log.describe();
  if (situation.worker.kind !== 'definition') throw new Error('incidents have workers in memory');
  const spec: ReplaySpec = {
    partitions: partitions.map(({ source, topic, incarnation, partition, range }) => ({
      id: { source, topic, incarnation, partition },
      next: 0,
      order: { watermark: -Infinity, clock: -Infinity },
      target: range.to,
      ranges: [{ from: 0, to: range.to, log: 0, segment: 0 }],
      holes: [],
    })),
    order,
    locality: situation.worker.worker.locality ?? 'global',
    poison: 'stop',
    acceptGaps: false,
    scope: { kind: 'all' },
    parts: [
      {
        scope: { kind: 'all' },
        cause: { kind: 'baseline', part: 0, basis: 'genesis' },
        starts: partitions.map(() => 0),
      },
    ],
    segmentOrigins: [{ log: 0, source: 'log' }],
  };
  const store = createMemoryRunStore();
  const inputs = await adoptReplayInputs([log], situation.worker, {}, ranks);
  await store.writeBaseline([]);
  await replayHere({ spec, inputs, store, tuning: defaultTuning }, {});
  const outputs = lanesOf(spec).flatMap(({ lane }) =>
    [...store.chunks(lane)].flatMap(({ text }) =>
      parseOutputChunk(text).map(({ partition, offset, output, key, value }) =>
        line(partition, offset, output, key, value),
      ),
    ),
  );
  const states = [...store.states()].flatMap(({ key, text }) =>
    text === null ? [] : [{ key, state: JSON.parse(text) as unknown }],
  );
  return { states: states.sort((a, b) => (a.key < b.key ? -1 : 1)), outputs };
}

const line = (...parts: readonly unknown[]): string => JSON.stringify(parts);

/** What the service did, in the words of the engine. */
export function served({ left, events }: Incident): Replayed {
  return {
    states: left.live ?? [],
    outputs: left.outputs.map(({ event, output, key, value }) => {
      const { partition, offset } = events[event]?.ref ?? { partition: -1, offset: -1 };
      return line(partition, offset, output, key, value);
    }),
  };
}

function ranksOf({ events }: Incident): RecordedRanks {
  const ranks = new Map(events.map(({ ref }, index) => [`${ref.partition}@${ref.offset}`, index]));
  return {
    ranks: ({ partition }, offsets) => Array.from(offsets, (offset) => ranks.get(`${partition}@${offset}`) ?? NaN),
  };
}

/** For where lanes or the order of the service make another sequence of the same outputs. */
export function sorted({ states, outputs }: Replayed): Replayed {
  return { states, outputs: [...outputs].sort() };
}
