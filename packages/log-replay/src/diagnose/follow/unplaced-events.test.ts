import { describe, expect, it } from 'vitest';
import { UnplacedEvents } from './unplaced-events.js';
import type { WalkedEvent } from './walk-log.js';

const event = (...keys: string[]): WalkedEvent =>
  ({ place: 0, offset: 0, rank: 0, now: 0, keys, fault: null }) as unknown as WalkedEvent;

describe('events that left no record', () => {
  it('reach events of their keys, and not themselves', () => {
    const unplaced = new UnplacedEvents();
    const [silent, later, other] = [event('a'), event('a'), event('b')];
    expect(unplaced.any).toBe(false);
    expect(unplaced.reach(later)).toBe(false);
    unplaced.add(silent);
    unplaced.add(silent);
    expect(unplaced.any).toBe(true);
    expect(unplaced.reach(later)).toBe(true);
    expect(unplaced.reach(other)).toBe(false);
    expect(unplaced.reach(silent)).toBe(false);
    unplaced.add(event('a'));
    expect(unplaced.reach(silent)).toBe(true);
  });

  it('reach all keys where events connect keys', () => {
    const unplaced = new UnplacedEvents();
    const silent = event('a');
    unplaced.connect();
    unplaced.add(silent);
    expect(unplaced.reach(event('b'))).toBe(true);
    expect(unplaced.reach(silent)).toBe(false);
    unplaced.add(event('c'));
    expect(unplaced.reach(silent)).toBe(true);
  });
});
