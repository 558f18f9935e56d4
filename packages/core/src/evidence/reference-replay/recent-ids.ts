/** The business ids of the last events of a lane that counted; null stands for an event without one. */
export interface RecentIds {
  has(id: string): boolean;
  add(id: string | null): void;
}

/** Remembers the last `window` entries: a ring, and how often each id stands in it. */
export function createRecentIds(window: number): RecentIds {
  const ring: (string | null)[] = [];
  const times = new Map<string, number>();
  let oldest = 0;

  const forget = (id: string | null): void => {
    if (id === null) return;
    const left = (times.get(id) ?? 0) - 1;
    if (left > 0) times.set(id, left);
    else times.delete(id);
  };

  return {
    has: (id) => times.has(id),
    add(id) {
      if (window <= 0) return;
      if (ring.length < window) ring.push(id);
      else {
        forget(ring[oldest] ?? null);
        ring[oldest] = id;
        oldest = (oldest + 1) % window;
      }
      if (id !== null) times.set(id, (times.get(id) ?? 0) + 1);
    },
  };
}
