import fc from 'fast-check';
import { expect, test } from 'vitest';
import { donorWindow, drawPath, type DonorBlocks } from './draw-path.js';
import type { LocatedGap } from './locate-gaps.js';
import { randomSource } from './random-source.js';

const hour = 3_600_000;
const shifts = [24 * hour, -24 * hour, 48 * hour];

function gapOf(from: number, to: number, events: number): LocatedGap {
  const offsets = { source: '', topic: 't', incarnation: '', partition: 0, from: 0, to: events };
  return { partition: 'p', offsets, from, to, events, isBounded: true };
}

function blocksOf(gap: LocatedGap, counts: readonly number[]): DonorBlocks<string> {
  return counts.map((count, block) => {
    const { from, to } = donorWindow(gap, shifts[block]!);
    return Array.from({ length: count }, (_, at) => ({
      event: `${block}.${at}`,
      time: from + Math.floor(((at + 0.5) / count) * (to - from)),
    }));
  });
}

test('as many events are drawn as the gap holds, in the order of their times and within it', () => {
  const counts = fc.array(fc.nat(8), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(
      counts,
      fc.nat(12),
      fc.nat(2),
      fc.integer({ min: 0, max: 3 * hour }),
      fc.nat(),
      (sizes, events, block, length, seed) => {
        fc.pre(sizes.some((size) => size > 0));
        const gap = gapOf(1e12, 1e12 + length, events);
        const path = drawPath(gap, blocksOf(gap, sizes), shifts, block, randomSource(seed, 'test'))!;
        expect(path).toHaveLength(events);
        path.forEach(({ time }, at) => {
          expect(time).toBeGreaterThanOrEqual(Math.max(gap.from, path[at - 1]?.time ?? 0));
          expect(time).toBeLessThanOrEqual(gap.to);
        });
        // Of one stretch as long as it lasts: none of its events twice, and all of them before any other.
        const own = path.filter(({ event }) => event.startsWith(`${block}.`)).map(({ event }) => event);
        if (events <= sizes[block]!) expect(own).toHaveLength(events);
        else expect(new Set(own).size).toBe(sizes[block]);
        if (events <= sizes[block]!) expect(new Set(own).size).toBe(events);
      },
    ),
  );
});

test('a path of just as many events keeps their times', () => {
  const gap = gapOf(1e12, 1e12 + 6 * hour, 4);
  const blocks = blocksOf(gap, [4, 0, 0]);
  const path = drawPath(gap, blocks, shifts, 0, randomSource(1, 'test'))!;
  expect(path.map(({ event, time }) => [event, time])).toEqual(
    blocks[0]!.map(({ event, time }) => [event, time + 24 * hour]),
  );
});

test('the same names give the same path, and equal times another order by name', () => {
  const gap = gapOf(1e12, 1e12 + 6 * hour, 6);
  const blocks = [Array.from({ length: 6 }, (_, at) => ({ event: `0.${at}`, time: 1e12 - 24 * hour + hour })), [], []];
  const orderOf = (member: number) =>
    drawPath(gap, blocks, shifts, 0, randomSource(1, member))!
      .map(({ event }) => event)
      .join();
  expect(orderOf(1)).toBe(orderOf(1));
  expect(new Set([1, 2, 3, 4, 5].map(orderOf)).size).toBeGreaterThan(1);
});

test('where nothing ever happened nothing is drawn', () => {
  const gap = gapOf(1e12, 1e12 + hour, 1);
  expect(drawPath(gap, [[], [], []], shifts, 0, randomSource(1, 'test'))).toBeNull();
});
