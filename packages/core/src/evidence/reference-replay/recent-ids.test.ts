import { describe, expect, it } from 'vitest';
import { createRecentIds } from './recent-ids.js';

describe('recent ids', () => {
  it('forget an id once as many events as the window holds came after it', () => {
    const recent = createRecentIds(2);
    recent.add('a');
    recent.add(null);
    expect(recent.has('a')).toBe(true);
    recent.add('b');
    expect(recent.has('a')).toBe(false);
    expect(recent.has('b')).toBe(true);
  });

  it('remember nothing in a window of nothing', () => {
    const recent = createRecentIds(0);
    recent.add('a');
    expect(recent.has('a')).toBe(false);
  });
});
