import { expect, test } from 'vitest';
import { chooseDonors } from './choose-donors.js';
import { donorWindow } from './draw-path.js';
import type { LocatedGap } from './locate-gaps.js';

const hour = 3_600_000;
const day = 24 * hour;
const monday = Date.UTC(2026, 0, 5);

function gapOf(from: number, to: number, partition = 'p'): LocatedGap {
  const offsets = { source: '', topic: 't', incarnation: '', partition: 0, from: 0, to: 9 };
  return { partition, offsets, from, to, events: 9, isBounded: true };
}

function choose(weeks: number, gaps: readonly LocatedGap[], unknown: Parameters<typeof chooseDonors>[1] = new Map()) {
  return chooseDonors(gaps, unknown, { from: monday, to: monday + weeks * 7 * day });
}

test('with enough weeks the donors are of the same hours of the week, on both sides, the nearest first', () => {
  const at = monday + 10 * 7 * day + 9 * hour;
  const [cluster] = choose(24, [gapOf(at, at + 6 * hour)]);
  expect(cluster!.phase).toBe('week');
  expect(cluster!.shifts).toHaveLength(23);
  expect(cluster!.shifts.slice(0, 4)).toEqual([7 * day, -7 * day, 14 * day, -14 * day]);
});

test('with fewer of the same hours of the day, and with fewer still of any', () => {
  const at = monday + 10 * day + 9 * hour;
  expect(choose(4, [gapOf(at, at + 6 * hour)])[0]).toMatchObject({ phase: 'day' });
  expect(choose(1, [gapOf(monday + 3 * day, monday + 3 * day + 6 * hour)])[0]).toMatchObject({ phase: 'any' });
});

test('donors touch neither each other nor the gap, and lie where everything is known of their partition', () => {
  const gap = gapOf(monday + 20 * day, monday + 22 * day + hour);
  const lost = [
    { from: gap.from, to: gap.to },
    { from: monday + 41 * day, to: monday + 42 * day },
  ];
  const [cluster] = choose(30, [gap], new Map([['p', lost]]));
  const windows = [0, ...cluster!.shifts].map((shift) => donorWindow(gap, shift)).sort((a, b) => a.from - b.from);
  windows.slice(1).forEach((window, at) => expect(window.from).toBeGreaterThanOrEqual(windows[at]!.to));
  for (const { from, to } of windows.filter((window) => window.from !== gap.from)) {
    expect(lost.every((span) => to <= span.from || from >= span.to)).toBe(true);
    expect(from).toBeGreaterThanOrEqual(monday);
    expect(to).toBeLessThanOrEqual(monday + 30 * 7 * day);
  }
  const elsewhere = choose(30, [gap], new Map([['q', lost]]));
  expect(elsewhere[0]!.shifts.length).toBeGreaterThan(cluster!.shifts.length);
});

test('gaps of one day share their donors, and gaps far apart have their own', () => {
  const at = monday + 50 * day;
  const near = [gapOf(at, at + hour, 'p'), gapOf(at + 2 * hour, at + 5 * hour, 'q')];
  expect(choose(30, [...near, gapOf(at + 20 * day, at + 20 * day + hour)]).map(({ gaps }) => gaps.length)).toEqual([
    2, 1,
  ]);
});

test('a gap without length has donors too', () => {
  const at = monday + 50 * day;
  expect(choose(30, [gapOf(at, at)])[0]!.shifts.length).toBeGreaterThan(18);
});
