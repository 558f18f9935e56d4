import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Random numbers that depend on a seed and a name alone. */
export interface RandomSource {
  /** In [0, 1). */
  next(): number;
  /** From 0 to below `count`. */
  pick(count: number): number;
}

/** Two names give two sources that have nothing to do with each other. */
export function randomSource(seed: number, ...names: readonly (string | number)[]): RandomSource {
  const start = createHash('sha256')
    .update(JSON.stringify([seed, ...names]))
    .digest()
    .readInt32BE(0);
  const generator = xoroshiro128plus(start);
  return {
    next: () => uniformFloat64(generator),
    pick: (count) => uniformInt(generator, 0, count - 1),
  };
}

/** In place (Fisher & Yates; Durstenfeld 1964). */
export function shuffle<Item>(items: Item[], random: RandomSource): Item[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = random.pick(last + 1);
    [items[last], items[other]] = [items[other]!, items[last]!];
  }
  return items;
}
