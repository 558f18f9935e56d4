import { expect, it } from 'vitest';
import { coverPartitions } from './cover-partitions.js';
import { hideOffsets } from './hide-offsets.js';
import type { LogSurvey } from './survey-logs.js';

const id = { source: 's', topic: 't', incarnation: '', partition: 0 };
const held = (log: number, from: number, to: number) => ({
  log,
  holds: { ...id, range: { from, to }, beginning: 0, holes: [] },
});
const survey = {
  logs: [],
  partitions: [{ ...id, beginning: 0, from: 0, end: 20, held: [held(0, 0, 12), held(1, 8, 20)] }],
} as unknown as LogSurvey;

it('takes offsets out of every log that holds them, and leaves the rest where it was', () => {
  const [cover] = coverPartitions(hideOffsets(survey, [{ ...id, from: 5, to: 10 }]), [], []);
  expect(cover?.ranges).toEqual([
    { from: 0, to: 5, log: 0 },
    { from: 5, to: 10, log: null },
    { from: 10, to: 12, log: 0 },
    { from: 12, to: 20, log: 1 },
  ]);
});

it('keeps holes where they are', () => {
  const [partition] = survey.partitions;
  const hole = { from: 15, to: 17, reason: 'missing' as const };
  const holed = partition!.held.map(({ log, holds }) => ({ log, holds: { ...holds, holes: [hole] } }));
  const given = { ...survey, partitions: [{ ...partition!, held: [holed[1]!] }] };
  const [cover] = coverPartitions(hideOffsets(given, [{ ...id, from: 10, to: 12 }]), [], []);
  expect(cover?.ranges.map(({ from, to, log }) => [from, to, log])).toEqual([
    [0, 8, null],
    [8, 10, 1],
    [10, 12, null],
    [12, 15, 1],
    [15, 17, null],
    [17, 20, 1],
  ]);
});

it('can hide all of what a log holds, and touches no other partition', () => {
  const [partition] = hideOffsets(survey, [{ ...id, from: 0, to: 20 }]).partitions;
  expect(partition).toMatchObject({ held: [], beginning: 0, end: 20 });
  expect(hideOffsets(survey, [{ ...id, partition: 1, from: 0, to: 20 }])).toEqual(survey);
});
