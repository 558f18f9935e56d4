import { headBefore, type ChooseNext } from '../interleaving/choose-next.js';

const longestPoll = 500;

/**
 * One of the orders that a live service was free to choose: the offsets of each partition in order, and no partition
 * further behind the others than the lag. Every second one has partitions that fall behind and catch up, the others a
 * consumer that takes batches of one partition at a time.
 */
export function permittedOrder(seed: number, member: number, lagMs: number): ChooseNext {
  const own = mixSeeds(seed, member);
  return member % 2 === 1 ? laggingPartitions(own, lagMs) : polledBatches(own, lagMs);
}

/** Each partition's time is shifted by a lag of its own that changes from stretch to stretch; ties fall anyhow. */
function laggingPartitions(seed: number, lagMs: number): ChooseNext {
  const stretch = Math.max(1, lagMs);
  const shifted: number[] = [];
  const heads: number[] = [];
  const ties: number[] = [];
  const shift = (place: number, offset: number, effective: number): number => {
    if (heads[place] === offset) return shifted[place] as number;
    heads[place] = offset;
    const number = Number.isFinite(effective) ? Math.floor(effective / stretch) : 0;
    const lag = seededNumbers(mixSeeds(seed, place, number))() * lagMs;
    ties[place] = seededNumbers(mixSeeds(seed, place, offset))();
    // Its own events stay in order: what fell behind is caught up with all at once.
    return (shifted[place] = Math.max(shifted[place] ?? -Infinity, effective + lag));
  };
  return (walks, ends) => {
    let first = -1;
    let value = Infinity;
    for (let place = 0; place < walks.length; place++) {
      const head = headBefore(walks, ends, place);
      if (head === null) continue;
      const at = shift(place, head.offset, head.effective);
      const isFirst = first < 0 || at < value || (at === value && (ties[place] ?? 0) < (ties[first] ?? 0));
      if (!isFirst) continue;
      first = place;
      value = at;
    }
    return first;
  };
}

function polledBatches(seed: number, lagMs: number): ChooseNext {
  const random = seededNumbers(seed);
  let current = -1;
  let left = 0;
  return (walks, ends) => {
    let earliest = Infinity;
    for (let place = 0; place < walks.length; place++) {
      const head = headBefore(walks, ends, place);
      if (head !== null && head.effective < earliest) earliest = head.effective;
    }
    const mayGo = (place: number): boolean => {
      const head = headBefore(walks, ends, place);
      return head !== null && head.effective <= earliest + lagMs;
    };
    if (left > 0 && mayGo(current)) {
      left--;
      return current;
    }
    const ready = walks.flatMap((_, place) => (mayGo(place) ? [place] : []));
    current = ready[Math.floor(random() * ready.length)] ?? -1;
    left = Math.floor(random() * longestPoll);
    return current;
  };
}

/** Numbers in [0, 1) from a seed, the same on every machine (splitmix32, after Steele, Lea and Flood 2014). */
function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    mixed ^= mixed >>> 15;
    return (mixed >>> 0) / 2 ** 32;
  };
}

/** A seed that depends on several numbers. */
function mixSeeds(...parts: readonly number[]): number {
  let seed = 0;
  for (const part of parts) seed = Math.floor(seededNumbers((seed ^ part) >>> 0)() * 2 ** 32);
  return seed;
}
