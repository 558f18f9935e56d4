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

const incidents = 60;

test(`the truth of ${incidents} incidents lies in the intervals of 80 and 90 % as often as it should`, async () => {
  const held = { cents: { 0.8: 0, 0.9: 0 }, refused: { 0.8: 0, 0.9: 0 } };
  const expected = { 0.8: 0, 0.9: 0 };
  let refused = 0;
  const ofKeys = { all: 0, held: 0 };
  const errors = { live: 0, estimated: 0 };
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
      errors.estimated += Math.abs(measures['cents']!.estimate - cents);
    }
  }
  console.log(JSON.stringify({ held, expected, refused, ofKeys, share: ofKeys.held / ofKeys.all, errors }));
  const estimated = incidents - refused;
  expect(refused).toBeLessThan(0.05 * incidents);
  for (const measure of ['cents'] as const) {
    for (const level of [0.8, 0.9] as const) {
      const share = expected[level] / estimated;
      const standardError = Math.sqrt((share * (1 - share)) / estimated);
      expect(Math.abs(held[measure][level] / estimated - share)).toBeLessThan(3.5 * standardError);
    }
  }
}, 300_000);
