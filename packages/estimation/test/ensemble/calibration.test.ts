import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foldLog } from '@eventmend/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { estimateStates } from '../../src/index.js';
import { balances, simulateIncident } from './simulate-incident.js';

let store: string;
beforeAll(() => {
  store = mkdtempSync(join(tmpdir(), 'eventmend-'));
});
afterAll(() => {
  rmSync(store, { recursive: true, force: true });
});

// Each is a log of its own, some weeks long.
const incidents = process.env['EVENTMEND_FULL'] === undefined ? 60 : 200;

test(`the truth of ${incidents} incidents lies in the intervals of 80 and 90 % as often as it should`, async () => {
  const held = { cents: { 0.8: 0, 0.9: 0 }, refused: { 0.8: 0, 0.9: 0 } };
  const expected = { 0.8: 0, 0.9: 0 };
  let refused = 0;
  const ofKeys = { all: 0, held: 0 };
  for (let seed = 1; seed <= incidents; seed++) {
    const { whole, logWithGap } = simulateIncident(seed);
    const truth = (await foldLog(balances, whole)).states as ReadonlyMap<string, { cents: number; refused: number }>;
    const estimate = await estimateStates({ worker: balances, logs: [logWithGap], store }, { members: 1, seed });
    if (estimate.status === 'refused') {
      refused++;
      continue;
    }
    const { sums, states, gaps } = estimate;
    const donors = Math.min(...gaps.map((gap) => gap.donors));
    // The ranks of that many donors; each place between two of them is as likely as any other.
    expected[0.9] += (donors + 1 - 2 * Math.floor((donors + 1) * 0.05)) / (donors + 1);
    expected[0.8] += (donors + 1 - 2 * Math.floor((donors + 1) * 0.1 + 1e-9)) / (donors + 1);
    for (const measure of ['cents', 'refused'] as const) {
      const sum = [...truth.values()].reduce((all, state) => all + state[measure], 0);
      for (const { level, low, high } of sums[measure]!.intervals) {
        if ((level === 0.8 || level === 0.9) && low <= sum && sum <= high) held[measure][level]++;
      }
    }
    for (const { key, isReached, measures } of states()) {
      if (!isReached) continue;
      const { low, high } = measures['cents']!.intervals.find(({ level }) => level === 0.9)!;
      const { cents } = truth.get(key)!;
      ofKeys.all++;
      if (low <= cents && cents <= high) ofKeys.held++;
    }
  }
  const estimated = incidents - refused;
  expect(refused).toBeLessThan(0.05 * incidents);
  for (const level of [0.8, 0.9] as const) {
    const share = expected[level] / estimated;
    const slack = 3.5 * Math.sqrt((share * (1 - share)) / estimated);
    expect(Math.abs(held.cents[level] / estimated - share)).toBeLessThan(slack);
    // Whole numbers of few refusals are held more often: many members have the very same.
    expect(held.refused[level] / estimated).toBeGreaterThan(share - slack);
  }
  // Keys of one incident go together, so that they count for less than as many by themselves.
  expect(ofKeys.held / ofKeys.all).toBeGreaterThan(0.9 - 3.5 * Math.sqrt((0.9 * 0.1) / estimated));
}, 600_000);
