import { expect, it } from 'vitest';
import { HolesPassed } from './holes-passed.js';
import type { WalkedEvent } from './walk-log.js';

const at = (place: number, offset: number) => ({ place, offset }) as WalkedEvent;

it('a hole may hold another delivery of an event, before or behind it; of another partition only where events reach so far', () => {
  const local = new HolesPassed({ holes: [[5], []], partitionLocal: true });
  expect([4, 5].map((offset) => local.mayHoldCopyOf(at(0, offset)))).toEqual([true, true]);
  expect(local.mayHoldCopyOf(at(1, 9))).toBe(false);
  const global = new HolesPassed({ holes: [[5], []], partitionLocal: false });
  expect(global.mayHoldCopyOf(at(1, 9))).toBe(true);
});
