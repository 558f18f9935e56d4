import { expect, it } from 'vitest';
import type { EventLog } from '../../model/log/event-log.js';
import { createMemoryLog } from '../../sources/log/memory-log.js';
import { pagesOf } from '../../sources/log/pages-of.js';
import { beginningOf, endOf } from '../coverage/boundary-positions.js';
import { coverPartitions } from '../coverage/cover-partitions.js';
import { surveyLogs } from '../coverage/survey-logs.js';
import { TimeSampler } from './time-sampler.js';

const id = { source: 'bank', topic: 'payments', incarnation: '' };

/** Two partitions of which the second lacks a stretch in the middle; its longest piece has 9,000 offsets. */
async function openLogs() {
  const whole = createMemoryLog({
    ...{ ...id, fingerprint: 'bank', pageSize: 700 },
    partitions: [0, 1].map((partition) => ({ partition, beginning: 0, range: { from: 0, to: 12_000 } })),
    events: [0, 1]
      .flatMap((partition) =>
        Array.from({ length: 12_000 }, (_, offset) => ({ partition, offset, time: offset * 10, key: 'k', value: {} })),
      )
      .filter(({ partition, offset }) => partition === 0 || offset < 2000 || offset >= 3000),
  });
  let reads = 0;
  const log: EventLog = {
    ...whole,
    read(request) {
      reads++;
      return whole.read(request);
    },
  };
  const survey = await surveyLogs({ logs: [{ log, as: 'log' }], declaredGaps: [] }, undefined);
  const cover = coverPartitions(survey, beginningOf(survey), endOf(survey));
  return { log, survey, cover, readsOf: () => reads };
}

const topics = new Set(['payments']);

it('samples the longest known piece of each partition by rising offsets', async () => {
  const { survey, cover } = await openLogs();
  const [first, second] = await new TimeSampler(survey, cover).sampled(topics);
  expect(first).toMatchObject({ stride: 3, to: 12_000 });
  expect(first?.samples.map(({ offset }) => offset)).toEqual(Array.from({ length: 4000 }, (_, at) => at * 3));
  expect(second?.samples[0]).toEqual({ offset: 3000, time: 30_000 });
  expect(second?.samples.at(-1)).toEqual({ offset: 11_997, time: 119_970 });
  expect(await new TimeSampler(survey, cover).sampled(new Set(['other']))).toEqual([]);
});

it('takes the same from what somebody else reads, also twice, and then reads nothing itself', async () => {
  const { log, survey, cover, readsOf } = await openLogs();
  const expected = await new TimeSampler(survey, cover).sampled(topics);
  const sampler = new TimeSampler(survey, cover);
  for (const partition of [0, 1, 0, 1]) {
    for await (const page of pagesOf(log, { ...id, partition, from: 0, to: 12_000 })) {
      sampler.watch({ ...id, partition }, page);
    }
  }
  const before = readsOf();
  expect(await sampler.sampled(topics)).toEqual(expected);
  expect(readsOf()).toBe(before);
  // One that was told of a single partition reads the other.
  const half = new TimeSampler(survey, cover);
  for await (const page of pagesOf(log, { ...id, partition: 1, from: 0, to: 12_000 }))
    half.watch({ ...id, partition: 1 }, page);
  const between = readsOf();
  expect(await half.sampled(topics)).toEqual(expected);
  expect(readsOf()).toBe(between + 1);
});
