import { describe, expect, it } from 'vitest';
import { shareForVerification } from './share-for-verification.js';

/** Tasks with these lanes, each of as many events as its number says. */
const tasksOf = (lanesOfTasks: readonly (readonly number[] | null)[]) => ({
  tasks: lanesOfTasks.map((lanes, number) => ({
    ...{ number, lanes, events: 0, expectedMs: null, expectedMemoryBytes: null },
    ranges: (lanes ?? []).map((lane) => ({
      ...{ source: 's', topic: 't', incarnation: '', partition: lane, from: '0' },
      to: String(lane + 1),
    })),
  })),
});

describe('what verifying a fleet derives together', () => {
  it.each([
    ['a lane a task', [[0], [1], [2], [3], [4]]],
    ['two tasks of one lane', [[0], [1]]],
    [
      'tasks of several',
      [
        [0, 3, 6],
        [1, 4, 7],
        [2, 5],
      ],
    ],
    ['tasks that differ much', [[0], [1, 2, 3, 4, 5]]],
    ['many', Array.from({ length: 12 }, (_, task) => Array.from({ length: 7 }, (_, at) => at * 12 + task))],
  ])('is every lane once, and in other company (%s)', (_, lanesOfTasks) => {
    const shares = shareForVerification(tasksOf(lanesOfTasks)) ?? [];
    expect(shares).toHaveLength(lanesOfTasks.length);
    const together = shares.flat();
    expect(together.flat().sort((a, b) => a - b)).toEqual(lanesOfTasks.flat().sort((a, b) => a - b));
    const taskOf = new Map(lanesOfTasks.flatMap((lanes, task) => lanes.map((lane) => [lane, task] as const)));
    for (const lanes of together) {
      expect(new Set(lanes.map((lane) => taskOf.get(lane))).size).toBe(lanes.length);
      for (const lane of lanes) {
        if (lanesOfTasks[taskOf.get(lane) ?? 0]?.length === 1) expect(lanes.length).toBeGreaterThan(1);
      }
    }
  });

  it('is all of it where one task did all, and nothing else than before for keys', () => {
    expect(shareForVerification(tasksOf([[0, 1, 2]]))).toEqual([[[0, 1, 2]]]);
    expect(shareForVerification(tasksOf([null, null]))).toBeNull();
  });

  it('keeps many machines at work', () => {
    const lanesOfTasks = Array.from({ length: 16 }, (_, task) => Array.from({ length: 6 }, (_, at) => at * 16 + task));
    const shares = shareForVerification(tasksOf(lanesOfTasks)) ?? [];
    expect(shares.filter((parts) => parts.length === 0)).toEqual([]);
  });
});
